"""Convolutions of windows of two and three in fewer multiplications are the convolutions that they replace."""

from math import prod

import jax
import jax.numpy as jnp
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from jax import lax
from tests.engine.lowering.same import assert_same, examples, normal
from tests.engine.lowering.test_pooled_convolution import is_fused, layers

from tenfold.engine.lowering import lowered, minimal_filtering, pooled_filtering
from tenfold.engine.lowering.groups import Most

EXACT = 3e-6  # of the largest; float32 counts in steps of 1.2e-7


def convolve(padding="SAME", rank=2, **settings):
    axes = "XYZ"[:rank]
    orders = {"dimension_numbers": (f"N{axes}C", f"{axes}IO", f"N{axes}C"), "window_strides": (1,) * rank}
    return lambda x, kernel: lax.conv_general_dilated(x, kernel, padding=padding, **orders | settings)


def products(function, *arguments):
    """How many matrix products a rewritten program has."""
    return str(jax.make_jaxpr(lowered(function))(*arguments)).count("dot_general[")


def scaled(kernel):
    return kernel / np.sqrt(prod(kernel.shape[:-1]))


@st.composite
def cases(draw):
    rank = draw(st.integers(1, 3))
    window = tuple(draw(st.integers(2, 3 if rank < 3 else 2)) for _ in range(rank))
    size = tuple(draw(st.integers(width, 7 if rank < 3 else 4)) for width in window)
    padding = draw(st.sampled_from(["SAME", "VALID", "explicit"]))
    if padding == "explicit":
        # From twice its window on XLA's own gradient, compiled, reads memory that nobody wrote.
        padding = [(draw(st.integers(-1, width)), draw(st.integers(1, width))) for width in window]
    return (draw(st.integers(1, 3)), *size), window, padding, draw(st.sampled_from([1, 5]))


@examples(few=4)
def test_of_any_window_size_and_padding(examples):
    @examples
    @given(cases())
    def is_the_same(case):
        shape, window, padding, outputs = case
        function = convolve(padding, len(window))
        x, kernel = normal((*shape, 32), 1), scaled(normal((*window, 32, outputs), 2))
        assert products(function, x, kernel) == prod(width + 1 for width in window)
        assert_same(function, (x, kernel), EXACT)

    is_the_same()


@pytest.mark.optimised
@pytest.mark.parametrize("width", [2, 3])
def test_of_a_whole_layer(width):
    x, kernel = normal((32, 14, 14, 32), 1), scaled(normal((width, width, 32, 64), 2))
    assert_same(convolve(), (x, kernel), EXACT)


@examples(few=3)
def test_with_a_bias_a_rectifier_and_pooling(examples):
    @examples
    @given(cases(), st.booleans(), st.booleans(), st.booleans(), st.booleans())
    def is_the_same(case, bias, relu, channels_first, outputs_first):
        shape, window, padding, outputs = case
        size = [max(2 * width, places) for width, places in zip(window, shape[1:], strict=True)]
        padding = padding if isinstance(padding, str) else [(max(0, low), high) for low, high in padding]
        function = layers(
            window, (2,) * len(window), padding=padding, bias=bias, relu=relu, orders=(channels_first, outputs_first)
        )
        x, kernel = normal((shape[0], *size, 32), 1), scaled(normal((*window, 32, outputs), 2))
        x = jnp.moveaxis(x, -1, 1) if channels_first else x
        kernel = jnp.moveaxis(kernel, (-1, -2), (0, 1)) if outputs_first else kernel
        arguments = x, kernel, normal((outputs,), 3)
        assert is_fused(function, *arguments)
        assert products(function, *arguments) == prod(width + 1 for width in window)
        assert_same(function, arguments, EXACT)

    is_the_same()


def test_of_equal_places_the_first_gets_the_gradient_and_at_zero_none():
    function = layers((2, 2), (2, 2), padding="VALID", bias=False)
    seen = np.zeros((1, 3, 5, 32), np.float32)
    seen[0, ..., 0] = [[3, 3, 3, -1, -1], [3, 3, 3, -1, -1], [3, 3, 3, -1, -1]]
    kernel = np.zeros((2, 2, 32, 1), np.float32)
    kernel[0, 0, 0] = 1  # an output is the pixel at its upper left
    to_x = jax.grad(lambda x: lowered(function)(x, jnp.asarray(kernel), jnp.zeros(1)).sum())(jnp.asarray(seen))
    np.testing.assert_array_equal(to_x[0, ..., 0], [[1, 0, 1, 0, 0], [0] * 5, [0] * 5])


@pytest.mark.parametrize("batch", [7, *(pytest.param(batch, marks=pytest.mark.slow) for batch in (1, 6))])
def test_in_groups_of_pictures(monkeypatch, batch):
    three = 3 * 16 * 4 * 3 * (16 + 5) * 4  # pictures, pieces, tiles, channels, bytes
    for module in (minimal_filtering, pooled_filtering):
        monkeypatch.setattr(module, "MOST", Most(whole=0, group=three))
    x, kernel = normal((batch, 7, 6, 16), 1), scaled(normal((3, 3, 16, 5), 2))
    for function, more in ((convolve(), ()), (layers((3, 3), (2, 2)), (normal((5,), 3),))):
        assert "scan" in str(jax.make_jaxpr(lowered(function))(x, kernel, *more))
        assert_same(function, (x, kernel, *more), EXACT)


@pytest.mark.parametrize("pooling", [False, True])
def test_under_vmap(pooling):
    function = (
        layers((3, 3), (2, 2)) if pooling else lambda x, kernel, bias: convolve()(x, kernel) + bias[None, None, None]
    )
    stack = normal((2, 3, 6, 6, 16), 1), normal((2, 3, 3, 16, 4), 2) / 12, normal((2, 4), 3)
    assert products(function, *(each[0] for each in stack)) == 16

    def gradients(function):
        return jax.vmap(jax.grad(lambda *given: (function(*given) ** 2).sum(), (0, 1, 2)))(*stack)

    for found, wanted in zip(gradients(lowered(function)), gradients(function), strict=True):
        np.testing.assert_allclose(found, wanted, atol=1e-5 * float(jnp.abs(wanted).max()))


@pytest.mark.parametrize("function", [convolve([(-1, 0), (0, 0)]), layers((3, 3), (2, 2), padding=[(-1, 0), (0, 0)])])
def test_where_nothing_comes_out(function):
    arguments = (
        normal((2, 3, 5, 32), 1),
        normal((3, 3, 32, 4), 2),
        *([normal((4,), 3)] * (function.__name__ != "<lambda>")),
    )
    assert lowered(function)(*arguments).shape == function(*arguments).shape == (2, 0, *function(*arguments).shape[2:])


OTHERWISE = {
    "strided": ({"window_strides": (2, 2)}, 32, "float32"),
    "dilated": ({"rhs_dilation": (2, 1)}, 32, "float32"),
    "grouped": ({"feature_group_count": 2}, 64, "float32"),
    "of few channels": ({}, 8, "float32"),
    "of 16 bits": ({}, 32, "bfloat16"),
    "of too many places": ({"rank": 3}, 32, "float32"),
    "more precise": ({"precision": lax.Precision.HIGHEST}, 32, "float32"),
}


@pytest.mark.parametrize("name", OTHERWISE)
def test_what_it_is_not_made_for_stays_patches(name):
    settings, channels, dtype = OTHERWISE[name]
    groups, rank = settings.get("feature_group_count", 1), settings.get("rank", 2)
    x = normal((2, *[6] * rank, channels), 1, dtype)
    kernel = normal((*[3] * rank, channels // groups, 4), 2, dtype)
    assert products(convolve(**settings), x, kernel) == groups
