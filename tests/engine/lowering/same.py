"""What every rewriting rule is held to: the values and gradients of the program that it replaces."""

import jax
import jax.numpy as jnp
import numpy as np
import pytest
from hypothesis import settings

from tenfold.engine.lowering import lowered, primitives_in

DIGITS = {"float32": 1e-4, "float16": 3e-2, "bfloat16": 2e-1}


def examples(few):
    """A test's `examples`: a few of what it draws, and 200 where slow tests run."""
    number = lambda most: settings(max_examples=most, deadline=None, derandomize=True)  # noqa: E731
    many = pytest.param(number(200), marks=[pytest.mark.slow, pytest.mark.timeout(1800)])
    return pytest.mark.parametrize("examples", [number(few), many], ids=["few", "many"])


def normal(shape, seed, dtype="float32"):
    return jnp.asarray(np.random.default_rng(seed).normal(size=shape), dtype)


def assert_same(plain, arguments, tolerance=1e-4):
    """`lowered(plain)` and `plain` agree in value and in the gradient of every argument."""
    weights = normal(jax.eval_shape(plain, *arguments).shape, seed=9)

    def value_and_gradients(function, *arguments):
        value, pull_back = jax.vjp(function, *arguments)
        return value, *pull_back(weights.astype(value.dtype))

    both = jax.jit(value_and_gradients, static_argnums=0)
    results = (both(function, *arguments) for function in (lowered(plain), plain))
    for found, wanted in zip(*results, strict=True):
        found, wanted = np.asarray(found, np.float64), np.asarray(wanted, np.float64)
        np.testing.assert_allclose(found, wanted, rtol=tolerance, atol=tolerance * max(1.0, np.abs(wanted).max()))


def used(function, *arguments):
    return primitives_in(jax.make_jaxpr(lowered(function))(*arguments).jaxpr)
