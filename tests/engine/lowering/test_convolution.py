"""A convolution of any shape, as patches times matrix, is the convolution that it replaces."""

import jax.numpy as jnp
from hypothesis import given
from hypothesis import strategies as st
from jax import lax
from tests.engine.lowering.same import DIGITS, assert_same, examples, normal, used


@st.composite
def convolutions(draw):
    rank = draw(st.integers(1, 3))
    small = st.integers(1, 3)
    per_axis = lambda values: tuple(draw(st.lists(values, min_size=rank, max_size=rank)))  # noqa: E731
    batch, groups, inputs, outputs = draw(st.integers(1, 4)), draw(small), draw(small), draw(small)
    window = per_axis(st.integers(1, 5 if rank < 3 else 3))
    dilation, strides = per_axis(small), per_axis(st.integers(1, 4))
    padding = draw(st.sampled_from(["SAME", "VALID", "explicit"]))
    around = [0] * rank  # places that are added
    if padding == "explicit":
        padding = per_axis(st.tuples(st.integers(-1, 3), st.integers(-1, 3)))
        around = [sum(pads) for pads in padding]
    reach = [1 if padding == "SAME" else (w - 1) * d + 1 for w, d in zip(window, dilation, strict=True)]
    least = [max(2, r - added) for r, added in zip(reach, around, strict=True)]
    places = tuple(draw(st.integers(size, size + 5)) for size in least)
    dtype = draw(st.sampled_from(list(DIGITS)))
    axes = "XYZ"[:rank]
    orders = [f"N{axes}C", f"NC{axes}"]
    order, kernel_order, order_out = (
        draw(st.sampled_from(each)) for each in (orders, [f"{axes}IO", f"OI{axes}"], orders)
    )
    x = normal((batch, *places, groups * inputs), 1, dtype)
    kernel = normal((*window, inputs, groups * outputs), 2, dtype)
    settings_ = {
        "window_strides": strides,
        "padding": padding,
        "rhs_dilation": dilation,
        "dimension_numbers": (order, kernel_order, order_out),
        "feature_group_count": groups,
    }
    x = jnp.moveaxis(x, -1, 1) if order[1] == "C" else x
    kernel = jnp.moveaxis(kernel, (-1, -2), (0, 1)) if kernel_order[0] == "O" else kernel
    return x, kernel, settings_, dtype


@examples(few=5)
def test_convolution_of_any_shape(examples):
    @examples
    @given(convolutions())
    def is_the_same(case):
        x, kernel, settings_, dtype = case
        convolve = lambda x, k: lax.conv_general_dilated(x, k, **settings_)  # noqa: E731
        assert "conv_general_dilated" not in used(convolve, x, kernel)
        assert_same(convolve, (x, kernel), DIGITS[dtype])

    is_the_same()


def test_depthwise_convolution():
    convolve = lambda x, k: lax.conv_general_dilated(  # noqa: E731
        x, k, (1, 1), "SAME", dimension_numbers=("NHWC", "HWIO", "NHWC"), feature_group_count=4
    )
    x, kernel = normal((2, 6, 5, 4), 1), normal((3, 3, 1, 8), 2)
    assert "conv_general_dilated" not in used(convolve, x, kernel)
    assert_same(convolve, (x, kernel))
