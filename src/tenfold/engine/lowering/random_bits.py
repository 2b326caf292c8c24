"""The random bits of a dropout: those of JAX's own generator, drawn in one pass."""

from __future__ import annotations

from functools import partial
from math import prod

import jax
import jax.numpy as jnp
from jax import lax

from tenfold.engine.opaque import once

ROTATIONS = ((13, 15, 26, 6), (17, 29, 16, 24))
PARITY = 0x1BD11BDA
FEW = 2**14  # 128 units of a batch of 128: drawn twice in 3 to 14 microseconds, where `once` costs 20


def random_bits(key: jax.Array, *, bit_width: int, shape: tuple[int, ...]) -> jax.Array | None:
    """The very bits that JAX draws for a Dropout, in one pass over them.

    JAX's CPU code for its generator (threefry, 20 rounds) is a loop that goes through memory once a round.
    """
    threefry = jax.random.key_impl(key) == "threefry2x32" and jax.config.jax_threefry_partitionable
    if not threefry or bit_width != 32 or key.ndim or prod(shape) >= 2**32:
        return None
    words = jax.random.key_data(key)
    # XLA takes the rounds for cheap and goes through them again at every use: in the backward pass, and for a mask
    # that is spread over a picture (its shape has ones) at every place of it. For few bits that is still the least.
    if prod(shape) <= FEW and 1 not in shape:
        return _bits(words, shape)
    drawn: jax.Array = once(partial(_bits, shape=shape), words, words[0])
    return drawn


def _bits(words: jax.Array, shape: tuple[int, ...]) -> jax.Array:
    first, second = words
    keys = (first, second, first ^ second ^ jnp.uint32(PARITY))
    count = lax.iota(jnp.uint32, prod(shape)).reshape(shape)
    a, b = jnp.full_like(count, keys[0]), count + jnp.full_like(count, keys[1])
    for group in range(5):
        for rotation in ROTATIONS[group % 2]:
            a = a + b
            b = a ^ (lax.shift_left(b, jnp.uint32(rotation)) | lax.shift_right_logical(b, jnp.uint32(32 - rotation)))
        a = a + jnp.full_like(a, keys[(group + 1) % 3])
        b = b + jnp.full_like(b, keys[(group + 2) % 3] + jnp.uint32(group + 1))
    return a ^ b
