"""A condition that always holds, which XLA cannot know: it must compute what depends on it where it is asked to."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import jax
import jax.numpy as jnp
from jax import lax


def always(number: jax.Array) -> jax.Array:
    """True, whatever the 32 bits of `number` are: no more of them than 32 are set."""
    return lax.population_count(lax.bitcast_convert_type(number, jnp.uint32)) <= jnp.uint32(32)


def once(function: Callable[[Any], Any], inputs: Any, number: jax.Array) -> Any:
    """`function(inputs)`, computed here and nowhere else; `number` is any of 32 bits.

    XLA takes for cheap what is computed number by number, and does it again at every use. What comes out of a branch
    is computed once, and this is always the same branch. A branch costs 20 microseconds. (Under a `vmap` over `number`
    it is no branch any more: right, but computed again.)
    """
    results = jax.eval_shape(function, inputs)

    def never(_: Any) -> Any:
        return jax.tree.map(lambda result: jnp.zeros(result.shape, result.dtype), results)

    return lax.cond(always(number), function, never, inputs)
