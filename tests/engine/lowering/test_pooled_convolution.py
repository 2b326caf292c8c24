"""A first convolution and its pooling, computed as one, are what they are one after the other."""

from math import prod

import jax
import jax.numpy as jnp
import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st
from jax import lax
from tests.engine.lowering.same import assert_same, examples, normal

from tenfold.engine.lowering import lowered
from tenfold.engine.lowering.fused_poolings import fused_poolings
from tenfold.engine.lowering.pooled_convolution import Form, _group_size
from tenfold.engine.lowering.pooling import LARGEST_WINDOW


def layers(window, pool, *, padding="SAME", bias=True, relu=True, orders=(False, False)):
    """`orders`: whether the channels come first, of the pictures and of the kernel."""
    spread, axes = (1, *pool, 1), "XYZ"[: len(window)]
    specs = f"NC{axes}" if orders[0] else f"N{axes}C", f"OI{axes}" if orders[1] else f"{axes}IO", f"N{axes}C"

    def function(x, kernel, bias_):
        y = lax.conv_general_dilated(x, kernel, (1,) * len(window), padding, dimension_numbers=specs)
        y = y + bias_.reshape((1,) * (y.ndim - 1) + (-1,)) if bias else y
        y = jax.nn.relu(y) if relu else y
        return lax.reduce_window(y, -jnp.inf, lax.max, spread, spread, "VALID")

    return function


def is_fused(function, *arguments):
    return len(fused_poolings(jax.make_jaxpr(function)(*arguments).jaxpr)) == 1


@st.composite
def cases(draw):
    rank = draw(st.integers(1, 3))
    window, pool = (tuple(draw(st.integers(1, 4)) for _ in range(rank)) for _ in range(2))
    assume(1 < prod(pool) <= LARGEST_WINDOW)
    size = tuple(draw(st.integers(width + step - 1, 9)) for width, step in zip(window, pool, strict=True))
    padding = draw(st.sampled_from(["SAME", "VALID", "explicit"]))
    if padding == "explicit":
        padding = [(draw(st.integers(0, 3)), draw(st.integers(0, 3))) for _ in range(rank)]
    named = {"padding": padding, "bias": draw(st.booleans()), "relu": draw(st.booleans())}
    orders = draw(st.booleans()), draw(st.booleans())
    return (draw(st.integers(1, 6)), *size, draw(st.integers(1, 4))), window, pool, orders, named


@pytest.mark.parametrize(
    ("bias", "relu"),
    [(True, True), (False, False), *(pytest.param(one, not one, marks=pytest.mark.slow) for one in (True, False))],
)
def test_of_a_window_and_a_pool(bias, relu):
    function = layers((3, 2), (2, 3), bias=bias, relu=relu)
    arguments = normal((6, 8, 7, 3), 1), normal((3, 2, 3, 4), 2), normal((4,), 3)
    assert is_fused(function, *arguments)
    assert_same(function, arguments)


@examples(few=3)
def test_of_any_window_and_pool(examples):
    @examples
    @given(cases())
    def is_the_same(case):
        shape, window, pool, orders, named = case
        function = layers(window, pool, orders=orders, **named)
        x, kernel = normal(shape, 1), normal((*window, shape[-1], 3), 2)
        x = jnp.moveaxis(x, -1, 1) if orders[0] else x
        kernel = jnp.moveaxis(kernel, (-1, -2), (0, 1)) if orders[1] else kernel
        arguments = x, kernel, normal((3,), 3)
        assert is_fused(function, *arguments)
        assert_same(function, arguments)

    is_the_same()


@pytest.mark.parametrize("batch", [64, *(pytest.param(batch, marks=pytest.mark.slow) for batch in (1, 97, 128))])
def test_in_groups_of_pictures(batch):
    arguments = normal((batch, 20, 20, 1), 1), normal((5, 5, 1, 32), 2), normal((32,), 3)
    groups = batch // _group_size(*arguments[:2], Form(((2, 2), (2, 2)), (2, 2), rectified=True))
    assert (groups > 1) == (batch in (64, 128))
    assert_same(layers((5, 5), (2, 2)), arguments, 3e-4)


def test_under_vmap():
    function = layers((3, 3), (2, 2))
    stack = normal((2, 4, 8, 8, 1), 1), normal((2, 3, 3, 1, 5), 2), normal((2, 5), 3)
    assert_same(jax.vmap(function), stack)
    np.testing.assert_allclose(jax.vmap(lowered(function))(*stack), jax.vmap(function)(*stack), atol=1e-5)


def test_of_equal_places_the_first_gets_the_gradient_and_at_zero_none():
    function, x = layers((1, 1), (2, 2), bias=False), jnp.asarray([[3.0, 3.0, -1.0, 0.0], [3.0, 1.0, -2.0, -1.0]])
    to_x = jax.grad(lambda x: lowered(function)(x, jnp.ones((1, 1, 1, 1)), jnp.zeros(1)).sum())(x.reshape(1, 2, 4, 1))
    np.testing.assert_array_equal(to_x[0, ..., 0], [[1, 0, 0, 0], [0, 0, 0, 0]])


def seen_twice(x, kernel, bias):
    y = jax.nn.relu(lax.conv_general_dilated(x, kernel, (1, 1), "SAME", dimension_numbers=("NHWC", "HWIO", "NHWC")))
    return lax.reduce_window(y, -jnp.inf, lax.max, (1, 2, 2, 1), (1, 2, 2, 1), "VALID").sum() + y.sum()


@pytest.mark.parametrize("function", [seen_twice, layers((3, 3), (1, 1)), lambda *a: -layers((3, 3), (2, 2))(*a)])
def test_what_else_reads_a_result_is_given_it(function):
    arguments = normal((2, 6, 6, 2), 1), normal((3, 3, 2, 4), 2), normal((4,), 3)
    assert_same(function, arguments)


@jax.custom_jvp
def relu(x):
    return jnp.maximum(x, 0.0)


relu.defjvps(lambda tangent, _, x: tangent * jnp.where(x > 0, 1.0, 0.5))


def test_a_relu_that_is_not_that_of_jax_keeps_its_gradient(monkeypatch):
    monkeypatch.setattr(jax.nn, "relu", relu)
    function = layers((3, 3), (2, 2))
    arguments = normal((2, 6, 6, 2), 1), normal((3, 3, 2, 4), 2), normal((4,), 3) - 3
    assert not is_fused(function, *arguments)
    assert_same(function, arguments)


@pytest.mark.parametrize(
    ("channels", "window", "pool"), [(8, (3, 3), (2, 2)), (32, (5, 3), (2, 2)), (32, (3, 3), (3, 2))]
)
def test_what_neither_way_is_made_for_is_left_to_the_other_rules(channels, window, pool):
    arguments = normal((2, 6, 6, channels), 1), normal((*window, channels, 4), 2), normal((4,), 3)
    assert not is_fused(layers(window, pool), *arguments)
    assert_same(layers(window, pool), arguments)


def test_a_window_of_too_many_places_to_count_is_pooled_apart():
    function = layers((3, 3), (16, 16))
    arguments = normal((2, 32, 32, 1), 1), normal((3, 3, 1, 4), 2), normal((4,), 3)
    assert not is_fused(function, *arguments)
    assert_same(function, arguments)
