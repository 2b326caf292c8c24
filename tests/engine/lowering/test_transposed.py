"""A transposed convolution of any shape, as a product and a sum over places, is the one that it replaces."""

import jax
import jax.numpy as jnp
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st
from jax import lax
from tests.engine.lowering.same import DIGITS, assert_same, examples, normal, used


@st.composite
def transposed_convolutions(draw):
    rank = draw(st.integers(1, 3))
    per_axis = lambda values: tuple(draw(st.lists(values, min_size=rank, max_size=rank)))  # noqa: E731
    strides = per_axis(st.integers(1, 3))
    assume(any(stride > 1 for stride in strides))
    window, dilation, places = per_axis(st.integers(1, 4)), per_axis(st.integers(1, 3)), per_axis(st.integers(1, 5))
    padding = draw(st.sampled_from(["SAME", "VALID", "explicit"]))
    if padding == "explicit":
        padding = tuple((draw(st.integers(-2, 4)), draw(st.integers(-2, 4))) for _ in range(rank))
    axes = "XYZ"[:rank]
    order = draw(st.sampled_from([f"N{axes}C", f"NC{axes}"]))
    dtype = draw(st.sampled_from(list(DIGITS)))
    inputs, outputs = draw(st.integers(1, 3)), draw(st.integers(1, 3))
    x = normal((draw(st.integers(1, 3)), *places, inputs), 1, dtype)
    if order[1] == "C":
        x = jnp.moveaxis(x, -1, 1)
    kernel = normal((*window, inputs, outputs), 2, dtype)
    convolve = lambda x, k: lax.conv_transpose(  # noqa: E731
        x, k, strides, padding, dilation, dimension_numbers=(order, f"{axes}IO", order)
    )
    try:
        shape = jax.eval_shape(convolve, x, kernel).shape
    except ValueError:  # more is cut off than there is
        assume(False)
    assume(all(size > 0 for size in shape))
    return x, kernel, convolve, dtype


@examples(few=5)
def test_transposed_convolution_of_any_shape(examples):
    @examples
    @given(transposed_convolutions())
    def is_the_same(case):
        x, kernel, convolve, dtype = case
        assert "conv_general_dilated" not in used(convolve, x, kernel)
        assert_same(convolve, (x, kernel), DIGITS[dtype])

    is_the_same()


def test_sixteen_bits_are_added_up_in_thirty_two():
    """As XLA does it: rounding after each place of the window would cost most of the digits there are."""
    x, kernel = normal((1, 9, 9, 8), 1, "bfloat16"), normal((9, 9, 8, 4), 2, "bfloat16")
    convolve = lambda x, k: lax.conv_transpose(x, k, (2, 2), "SAME")  # noqa: E731
    assert_same(convolve, (x, kernel), tolerance=2**-8)


@pytest.mark.parametrize("kernel", [1, 2])
def test_places_that_no_window_reaches_are_zero(kernel):
    convolve = lambda x, k: lax.conv_transpose(x, k, (3, 3), "VALID")  # noqa: E731
    x, weights = normal((1, 3, 3, 2), 1), normal((kernel, kernel, 2, 2), 2)
    assert convolve(x, weights)[0, 2, 2, 0] == 0
    assert_same(convolve, (x, weights))
