"""Max pooling of any window is the pooling that it replaces, down to which of equal values gets the gradient."""

import jax
import jax.numpy as jnp
import numpy as np
from hypothesis import assume, given
from hypothesis import strategies as st
from jax import lax
from tests.engine.lowering.same import DIGITS, assert_same, examples, normal, used

from tenfold.engine.lowering import lowered


@st.composite
def poolings(draw):
    rank = draw(st.integers(1, 3))
    per_axis = lambda values: tuple(draw(st.lists(values, min_size=rank, max_size=rank)))  # noqa: E731
    window = per_axis(st.integers(1, 4 if rank < 3 else 3))
    assume(set(window) != {1})
    strides = window if draw(st.booleans()) else per_axis(st.integers(1, 4))
    dilation = per_axis(st.integers(1, 3)) if draw(st.booleans()) else (1,) * rank
    reach = [(w - 1) * d + 1 for w, d in zip(window, dilation, strict=True)]
    places = tuple(draw(st.integers(least, least + 5)) for least in reach)
    padding = draw(st.sampled_from(["SAME", "VALID", "explicit"]))
    if padding == "explicit":
        padding = [(draw(st.integers(0, w - 1)), draw(st.integers(0, w - 1))) for w in window]
    else:
        padding = lax.padtype_to_pads(places, reach, strides, padding)
    dtype = draw(st.sampled_from(list(DIGITS)))
    channels_first = draw(st.booleans())

    def whole(each, outer):
        return (outer, outer, *each) if channels_first else (outer, *each, outer)

    x = normal((draw(st.integers(1, 4)), *places, draw(st.integers(1, 3))), 1, dtype)
    x = jnp.moveaxis(x, -1, 1) if channels_first else x
    named = {"window_dilation": whole(dilation, 1)} if set(dilation) != {1} else {}
    return x, (whole(window, 1), whole(strides, 1), whole(padding, (0, 0))), named, dtype


def largest_of_slices(x, window, strides, padding, window_dilation):
    """Max pooling in so many words: JAX has no gradient for it with dilation."""
    x = lax.pad(x, jnp.array(-jnp.inf, x.dtype), [(low, high, 0) for low, high in padding])
    reach = [(w - 1) * d for w, d in zip(window, window_dilation, strict=True)]
    slices = []
    for offsets in np.ndindex(*window):
        first = [offset * d for offset, d in zip(offsets, window_dilation, strict=True)]
        last = [at + size - r for at, size, r in zip(first, x.shape, reach, strict=True)]
        slices.append(lax.slice(x, first, last, strides))
    return jnp.stack(slices).max(axis=0)


@examples(few=5)
def test_max_pooling_of_any_window(examples):
    @examples
    @given(poolings())
    def is_the_same(case):
        x, pooling, dilated, dtype = case
        pool = lambda x: lax.reduce_window(x, -jnp.inf, lax.max, *pooling, **dilated)  # noqa: E731
        assert "reduce_window_max" not in used(pool, x)
        if not dilated:
            assert_same(pool, (x,), DIGITS[dtype])
            return
        np.testing.assert_array_equal(jax.jit(lowered(pool))(x), pool(x))
        x = x.astype("float32") + normal(x.shape, 3)  # no two alike, of which `max` would share the gradient out
        slices = lambda x: largest_of_slices(x, *pooling, **dilated)  # noqa: E731
        gradients = [jax.jit(jax.grad(lambda x, f=f: (f(x) ** 2).sum()))(x) for f in (lowered(pool), slices)]
        np.testing.assert_allclose(*gradients, rtol=1e-4, atol=1e-4)

    is_the_same()


def test_of_equal_values_the_first_gets_the_gradient():
    pool = lambda x: lax.reduce_window(x, -jnp.inf, lax.max, (1, 2, 2, 1), (1, 2, 2, 1), "VALID")  # noqa: E731
    x = jnp.asarray([[1.0, 1.0, 0.0, 2.0], [1.0, 0.0, 2.0, 2.0]]).reshape(1, 2, 4, 1)
    gradient = jax.grad(lambda x: lowered(pool)(x).sum())(x)
    np.testing.assert_array_equal(gradient[0, ..., 0], [[1, 0, 0, 1], [0, 0, 0, 0]])
    assert_same(pool, (x,))
