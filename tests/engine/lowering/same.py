"""What every rewriting rule is held to: the values and gradients of the program that it replaces."""

import jax
import jax.numpy as jnp
import numpy as np

from tenfold.engine.lowering import lowered, primitives_in

DIGITS = {"float32": 1e-4, "float16": 3e-2, "bfloat16": 2e-1}


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
