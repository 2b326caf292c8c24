"""Max pooling of any window is the pooling that it replaces, down to which of equal values gets the gradient."""

import jax
import jax.numpy as jnp
import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from jax import lax
from tests.engine.lowering.same import DIGITS, assert_same, normal, used

from tenfold.engine.lowering import lowered


@st.composite
def poolings(draw):
    window = (draw(st.integers(1, 4)), draw(st.integers(1, 4)))
    assume(window != (1, 1))
    strides = draw(st.one_of(st.just(window), st.tuples(st.integers(1, 3), st.integers(1, 3))))
    size = (draw(st.integers(4, 9)), draw(st.integers(4, 9)))
    padding = draw(st.sampled_from(["SAME", "VALID"]))
    return size, (1, *window, 1), (1, *strides, 1), padding, draw(st.sampled_from(list(DIGITS)))


def is_the_same(case):
    size, window, strides, padding, dtype = case
    pool = lambda x: lax.reduce_window(x, -jnp.inf, lax.max, window, strides, padding)  # noqa: E731
    x = normal((2, *size, 3), 1, dtype)
    assert "reduce_window_max" not in used(pool, x)
    assert_same(pool, (x,), DIGITS[dtype])


@settings(max_examples=5, deadline=None, derandomize=True)
@given(poolings())
def test_max_pooling_of_any_window(case):
    is_the_same(case)


@pytest.mark.slow
@settings(max_examples=50, deadline=None, derandomize=True)
@given(poolings())
def test_max_pooling_of_many_windows(case):
    is_the_same(case)


def test_of_equal_values_the_first_gets_the_gradient():
    pool = lambda x: lax.reduce_window(x, -jnp.inf, lax.max, (1, 2, 2, 1), (1, 2, 2, 1), "VALID")  # noqa: E731
    x = jnp.asarray([[1.0, 1.0, 0.0, 2.0], [1.0, 0.0, 2.0, 2.0]]).reshape(1, 2, 4, 1)
    gradient = jax.grad(lambda x: lowered(pool)(x).sum())(x)
    np.testing.assert_array_equal(gradient[0, ..., 0], [[1, 0, 0, 1], [0, 0, 0, 0]])
    assert_same(pool, (x,))
