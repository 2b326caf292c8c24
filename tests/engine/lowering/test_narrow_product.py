"""A product with a narrow matrix has the values and gradients of any product."""

import jax
import jax.numpy as jnp
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.engine.lowering.same import DIGITS, assert_same, examples, normal

from tenfold.engine.lowering import lowered
from tenfold.engine.lowering.narrow_product import NARROW


def turned_round(function, *arguments):
    """Whether the gradient is computed the other way round."""
    pulled = jax.make_jaxpr(lambda *inputs: jax.vjp(lowered(function), *inputs)[1](function(*inputs)))(*arguments)
    return "optimization_barrier" in str(pulled)


@pytest.mark.parametrize("dtype", [kind for kind in DIGITS if kind != "bfloat16"])
@pytest.mark.parametrize(("inputs", "outputs"), [(50, 10), (784, 10), (9, 1), (129, 32)])
def test_narrow(inputs, outputs, dtype):
    arguments = normal((6, inputs), 1, dtype), normal((inputs, outputs), 2, dtype)
    assert turned_round(jnp.matmul, *arguments)
    assert_same(jnp.matmul, arguments, DIGITS[dtype])


@st.composite
def products(draw):
    rows, outputs = draw(st.integers(1, 40)), draw(st.integers(1, 40))
    inputs = draw(st.one_of(st.integers(1, 200), st.integers(4 * outputs - 1, 4 * outputs + 2)))
    dtype = draw(st.sampled_from(list(DIGITS)))
    return normal((rows, inputs), 1, dtype), normal((inputs, outputs), 2, dtype), dtype


@examples(few=5)
def test_of_any_shape(examples):
    @examples
    @given(products())
    def is_the_same(case):
        x, matrix, dtype = case
        inputs, outputs = matrix.shape
        narrow = outputs <= NARROW and inputs > 4 * outputs and dtype != "bfloat16"
        assert turned_round(jnp.matmul, x, matrix) == narrow
        assert_same(jnp.matmul, (x, matrix), DIGITS[dtype])

    is_the_same()


@pytest.mark.parametrize("shapes", [((6, 40), (40, 33)), ((6, 12), (12, 10)), ((2, 6, 50), (2, 50, 10))], ids=str)
def test_what_is_not_narrow_passes_through(shapes):
    arguments = tuple(normal(shape, number) for number, shape in enumerate(shapes))
    assert not turned_round(jnp.matmul, *arguments)
    assert_same(jnp.matmul, arguments)


def test_a_precision_that_was_asked_for_is_kept():
    function = lambda x, matrix: jnp.matmul(x, matrix, precision="highest")  # noqa: E731
    assert not turned_round(function, normal((6, 50), 1), normal((50, 10), 2))


def test_under_vmap():
    stack = normal((3, 6, 50), 1), normal((3, 50, 10), 2)
    assert_same(jax.vmap(jnp.matmul), stack)
    np.testing.assert_allclose(jax.vmap(lowered(jnp.matmul))(*stack), jax.vmap(jnp.matmul)(*stack), atol=1e-4)
