"""Where patches would take much memory pictures are convolved in groups, with the same result."""

import jax
import jax.numpy as jnp
import numpy as np
import pytest
from jax import lax
from tests.engine.lowering.same import assert_same, normal, used

from tenfold.engine.lowering import convolution, lowered
from tenfold.engine.lowering.groups import Most


def convolve(x, kernel, **settings):
    return lax.conv_general_dilated(
        x,
        kernel,
        **{"window_strides": (1, 1), "padding": "SAME"} | settings,
        dimension_numbers=("NHWC", "HWIO", "NHWC"),
    )


SETTINGS = [{}, {"window_strides": (2, 1)}, {"rhs_dilation": (1, 2), "padding": "VALID"}]
CASES = [(groups, settings, batch) for groups in (1, 2, 4) for settings in SETTINGS for batch in (1, 6, 7)]
BY_DEFAULT = [(1, {}, 1), (1, {}, 6), *(case for case in CASES if case[2] == 7)]  # of 7 the last group is not full


@pytest.mark.parametrize(
    ("groups", "settings", "batch"),
    [pytest.param(*case, marks=[] if case in BY_DEFAULT else pytest.mark.slow) for case in CASES],
)
def test_groups_of_pictures(monkeypatch, groups, settings, batch):
    three = 3 * 7 * 6 * 9 * 4 * 4  # bytes of three pictures' patches, of stride 1
    monkeypatch.setattr(convolution, "MOST", Most(whole=0, group=three))
    function = lambda x, kernel: convolve(x, kernel, feature_group_count=groups, **settings)  # noqa: E731
    arguments = normal((batch, 7, 6, 4), 1), normal((3, 3, 4 // groups, 8), 2)
    assert "scan" in used(function, *arguments)
    assert "conv_general_dilated" not in used(function, *arguments)
    assert_same(function, arguments)


def test_groups_under_vmap(monkeypatch):
    monkeypatch.setattr(convolution, "MOST", Most(whole=0, group=3 << 20))
    stack = normal((2, 3, 5, 5, 2), 1), normal((2, 3, 3, 2, 4), 2)
    np.testing.assert_allclose(jax.vmap(lowered(convolve))(*stack), jax.vmap(convolve)(*stack), atol=1e-5)


@pytest.mark.optimised
@pytest.mark.parametrize(("channels", "groups"), [(16, 1), (32, 32)])
def test_memory_is_a_few_times_that_of_the_convolution_itself(channels, groups):
    x, kernel = normal((32, 64, 64, channels), 1), normal((5, 5, channels // groups, channels), 2)

    def bytes_of(convolve):
        step = jax.jit(jax.grad(lambda x, kernel: (convolve(x, kernel) ** 2).sum(), (0, 1)))
        return step.lower(x, kernel).compile().memory_analysis().temp_size_in_bytes

    plain = lambda x, kernel: convolve(x, kernel, feature_group_count=groups)  # noqa: E731
    assert bytes_of(lowered(plain)) < 4 * bytes_of(plain)  # whole, the patches are 25 times the pictures


def test_a_window_of_very_many_places_is_left_to_xla():
    x, kernel = normal((1, 32, 32, 1), 1), normal((9, 9, 1, 2), 2)
    assert "conv_general_dilated" in used(convolve, x, kernel)
    assert_same(convolve, (x, kernel))


def test_very_many_groups_of_channels_are_left_to_xla():
    x, kernel = normal((1, 4, 4, 130), 1), normal((1, 1, 2, 65), 2)
    assert "conv_general_dilated" in used(lambda x, k: convolve(x, k, feature_group_count=65), x, kernel)


@pytest.mark.parametrize("dtype", ["bfloat16", pytest.param("float16", marks=pytest.mark.slow)])
def test_a_depthwise_sum_in_16_bits_is_rounded_once(dtype):
    x, kernel = normal((2, 9, 9, 3), 1, dtype), normal((7, 7, 1, 3), 2, dtype)
    function = lambda x, kernel: convolve(x, kernel, feature_group_count=3)  # noqa: E731
    exact = function(x.astype(jnp.float32), kernel.astype(jnp.float32))
    found = lowered(function)(x, kernel)
    assert found.dtype == dtype
    once = float(jnp.finfo(dtype).eps) / 2
    np.testing.assert_array_less(jnp.abs(found.astype(jnp.float32) - exact), 1.01 * once * jnp.abs(exact) + 1e-4)


@pytest.mark.parametrize("groups", [1, 3])
def test_the_type_that_was_asked_for_comes_out(groups):
    x, kernel = normal((1, 5, 5, 3), 1, "float16"), normal((3, 3, 3 // groups, 3), 2, "float16")
    wide = lambda x, k: convolve(x, k, feature_group_count=groups, preferred_element_type=jnp.float32)  # noqa: E731
    found = lowered(wide)(x, kernel)
    assert found.dtype == jnp.float32
    np.testing.assert_allclose(found, wide(x, kernel), rtol=1e-5, atol=1e-5)
