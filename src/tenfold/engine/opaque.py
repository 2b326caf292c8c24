"""A condition that always holds, which XLA cannot know: it must compute what depends on it where it is asked to."""

from __future__ import annotations

import jax
import jax.numpy as jnp
from jax import lax


def always(word: jax.Array) -> jax.Array:
    """True, whatever the 32 bits of `word` are: no more of them than 32 are set."""
    return lax.population_count(word) <= jnp.uint32(32)
