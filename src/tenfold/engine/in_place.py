"""Gradients that are all there before the first weight changes, so that the compiled loop updates weights in place.

A matrix is read twice in a step, forward and for the gradient of what came in, and then written. Nothing in the program
says that the write comes last: the update needs this matrix' own gradient, and the second reading is for the gradients
of the layers below. So XLA copies every such matrix before it writes, once a step. Here the updates are made to wait
for all gradients, by which time all reading is done.
"""

from __future__ import annotations

import functools
import operator

import jax
import jax.numpy as jnp
from jax import lax

from tenfold.engine.opaque import always


def all_known(gradients: list[jax.Array]) -> list[jax.Array]:
    """The gradients, to the last bit, none of which can be used before every one of them is computed."""
    looked_at = [_bits(gradient.ravel()[0]) for gradient in gradients if gradient.size]
    if not looked_at:
        return gradients
    known = always(functools.reduce(operator.xor, looked_at))
    return [jnp.where(known, gradient, jnp.zeros_like(gradient)) for gradient in gradients]


def _bits(number: jax.Array) -> jax.Array:
    return lax.bitcast_convert_type(number.astype(jnp.float32), jnp.uint32)
