"""A bias that is added at many places, whose gradient is a product with ones."""

import jax
import jax.numpy as jnp
import numpy as np
import pytest
from tests.engine.lowering.same import assert_same, normal

from tenfold.engine.lowering import lowered
from tenfold.engine.lowering.bias import MANY_PLACES, over_places

ADDITIONS = {
    "value and bias": lambda x, bias: x + bias.reshape(1, 1, -1),
    "bias and value": lambda x, bias: bias.reshape(1, 1, -1) + x,
    "twice the same bias": lambda x, bias: (x + bias.reshape(1, 1, -1)) * 2 + bias.reshape(1, 1, -1),
}


def gradient_of(function, *arguments):
    return str(jax.make_jaxpr(jax.grad(lambda *given: (lowered(function)(*given) ** 2).sum(), 1))(*arguments))


@pytest.mark.parametrize("name", ADDITIONS)
def test_a_bias_at_many_places(name):
    arguments = normal((64, MANY_PLACES // 64, 5), 1), normal((5,), 2)
    assert "dot_general" in gradient_of(ADDITIONS[name], *arguments)
    assert_same(ADDITIONS[name], arguments, 1e-5)


def test_under_vmap():
    stack = normal((2, 64, MANY_PLACES // 64, 3), 1), normal((2, 3), 2)
    assert "dot_general" in gradient_of(ADDITIONS["value and bias"], *(each[0] for each in stack))
    apart = [
        jax.grad(_squares(lowered(ADDITIONS["value and bias"])), 1)(x, bias) for x, bias in zip(*stack, strict=True)
    ]
    together = jax.vmap(jax.grad(_squares(lowered(ADDITIONS["value and bias"])), 1))(*stack)
    np.testing.assert_allclose(together, jnp.stack(apart), rtol=1e-5)


def _squares(function):
    return lambda x, bias: (function(x, bias) ** 2).sum()


@pytest.mark.optimised
@pytest.mark.parametrize("places", [128 * 28 * 28, 97 * 49])
def test_the_sum_is_at_least_as_exact_as_that_of_xla(places):
    x = normal((places, 8), 1) + 1
    exact = np.asarray(x, np.float64).sum(0)
    ours, plain = (np.abs(np.asarray(jax.jit(way)(x)) - exact).max() for way in (over_places, lambda x: x.sum(0)))
    assert ours <= plain


OTHERS = {
    "at few places": ((63, 64, 5), lambda x, bias: x + bias.reshape(1, 1, -1)),
    "two of a kind": ((64, 64, 5), lambda x, bias: x + jnp.broadcast_to(bias, x.shape)),
    "along another axis": ((64, 64, 5), lambda x, bias: x + jnp.resize(bias, (1, 64, 1))),
}


@pytest.mark.parametrize("name", OTHERS)
def test_other_sums_stay_as_they_are(name):
    shape, function = OTHERS[name]
    arguments = normal(shape, 1), normal((5,), 2)
    assert "dot_general" not in gradient_of(function, *arguments)
    assert_same(function, arguments, 1e-5)
