"""A convolution of any shape, as patches times matrix, is the convolution that it replaces."""

import jax
import jax.numpy as jnp
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from jax import lax
from tests.engine.lowering.same import DIGITS, assert_same, normal, used


@st.composite
def convolutions(draw):
    rank = draw(st.integers(1, 3))
    small = st.integers(1, 3)
    per_axis = lambda values: tuple(draw(st.lists(values, min_size=rank, max_size=rank)))  # noqa: E731
    groups, inputs, outputs = draw(small), draw(small), draw(small)
    window, dilation, strides = per_axis(small), per_axis(st.integers(1, 2)), per_axis(small)
    places = per_axis(st.integers(3, 7))
    padding = draw(st.sampled_from(["SAME", "VALID", "explicit"]))
    if padding == "explicit":
        padding = tuple((draw(st.integers(0, 2)), draw(st.integers(-1, 2))) for _ in range(rank))
    else:
        assume(padding == "SAME" or all(p > (w - 1) * d for p, w, d in zip(places, window, dilation, strict=True)))
    dtype = draw(st.sampled_from(list(DIGITS)))
    channels_first = draw(st.booleans())
    x = normal((2, *places, groups * inputs), 1, dtype)
    if channels_first:
        x = jnp.moveaxis(x, -1, 1)
    kernel = normal((*window, inputs, groups * outputs), 2, dtype)
    axes = "XYZ"[:rank]
    order = f"NC{axes}" if channels_first else f"N{axes}C"
    settings_ = {
        "window_strides": strides,
        "padding": padding,
        "rhs_dilation": dilation,
        "dimension_numbers": (order, f"{axes}IO", order),
        "feature_group_count": groups,
    }
    shape = jax.eval_shape(lambda x, k: lax.conv_general_dilated(x, k, **settings_), x, kernel).shape
    assume(all(size > 0 for size in shape))
    return x, kernel, settings_, dtype


def is_the_same(case):
    x, kernel, settings_, dtype = case
    convolve = lambda x, k: lax.conv_general_dilated(x, k, **settings_)  # noqa: E731
    assert "conv_general_dilated" not in used(convolve, x, kernel)
    assert_same(convolve, (x, kernel), DIGITS[dtype])


@settings(max_examples=6, deadline=None, derandomize=True)
@given(convolutions())
def test_convolution_of_any_shape(case):
    is_the_same(case)


@pytest.mark.slow
@settings(max_examples=60, deadline=None, derandomize=True)
@given(convolutions())
def test_convolution_of_many_shapes(case):
    is_the_same(case)


def test_depthwise_convolution():
    convolve = lambda x, k: lax.conv_general_dilated(  # noqa: E731
        x, k, (1, 1), "SAME", dimension_numbers=("NHWC", "HWIO", "NHWC"), feature_group_count=4
    )
    x, kernel = normal((2, 6, 5, 4), 1), normal((3, 3, 1, 8), 2)
    assert "conv_general_dilated" not in used(convolve, x, kernel)
    assert_same(convolve, (x, kernel))
