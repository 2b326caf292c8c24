"""A bias added at many places: its gradient, a sum over all of them, as a product with ones.

XLA sums the columns of a tall matrix slower than memory gives it; a matrix product reads it as fast as memory does. A
product adds one after the other, so 256 sums are taken beside each other, which is more exact than XLA's one.
"""

from __future__ import annotations

from math import gcd, prod
from typing import Any

import jax
import jax.numpy as jnp

MANY_PLACES = 4096  # below, the sum is no work
BESIDE = 256  # sums


def added_bias(x: jax.Array, y: jax.Array, **_: Any) -> jax.Array | None:
    """`x + y` where one of them is one number a channel, and the other has them at many places."""
    if not (hasattr(x, "shape") and hasattr(y, "shape")):  # a plain number, such as a loop's counter has
        return None
    value, bias = (x, y) if x.size >= y.size else (y, x)
    per_channel = bias.shape == (1,) * (value.ndim - 1) + value.shape[-1:]
    if not (per_channel and value.dtype == bias.dtype == jnp.float32 and prod(value.shape[:-1]) >= MANY_PLACES):
        return None
    return value + _everywhere(bias, value.shape)


def over_places(x: jax.Array) -> jax.Array:
    """The sum of each channel, which come last, over all places."""
    channels = x.shape[-1]
    places = x.size // channels
    beside = gcd(places, BESIDE)
    if beside < BESIDE // 16:
        return x.reshape(-1, channels).sum(0)
    sums = jnp.ones((places // beside,), x.dtype) @ x.reshape(-1, beside * channels)
    return sums.reshape(beside, channels).sum(0)


def _plain(bias: jax.Array, shape: tuple[int, ...]) -> jax.Array:
    return jnp.broadcast_to(bias, shape)


def _forward(bias: jax.Array, shape: tuple[int, ...]) -> tuple[jax.Array, None]:
    return _plain(bias, shape), None


def _backward(shape: tuple[int, ...], _: None, gradient: jax.Array) -> tuple[jax.Array]:
    return (over_places(gradient).reshape((1,) * (len(shape) - 1) + shape[-1:]),)


_everywhere = jax.custom_vjp(_plain, nondiff_argnums=(1,))
_everywhere.defvjp(_forward, _backward)
