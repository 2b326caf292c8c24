"""A convolution by minimal filtering, a bias, a rectifier and the largest of 2×2 places as one.

Minimal filtering computes tiles of two outputs along each axis, and such a tile is just what a pooling window sees. So
the outputs need not be put together: the largest is taken of the places of a tile, and the gradient goes back to the
place that it came from.
"""

from __future__ import annotations

from functools import partial
from itertools import product
from typing import Any, NamedTuple

import jax
import jax.numpy as jnp

from tenfold.engine.lowering.bias import over_places
from tenfold.engine.lowering.groups import in_groups
from tenfold.engine.lowering.minimal_filtering import (
    BESIDE,
    MOST,
    Tiles,
    gradients_of_tiles,
    output_sizes,
    outputs_of_tiles,
)
from tenfold.engine.lowering.pooling import largest_of
from tenfold.engine.lowering.windows import Pads
from tenfold.engine.opaque import once


class _Form(NamedTuple):
    tiles: Tiles
    rectified: bool


def pooled_filtering(x: jax.Array, kernel: jax.Array, bias: jax.Array, padding: Pads, rectified: bool) -> jax.Array:
    """x (batch, *places, channels), kernel (*window, channels, outputs), bias (outputs); `padding` is that of x."""
    counts = tuple(size // BESIDE for size in output_sizes(x, kernel, padding))
    tiles = Tiles(counts, tuple(low for low, _ in padding))  # the rest is in no window
    return in_groups(partial(_pooled, _Form(tiles, rectified)), tiles.bytes_of_one(kernel), MOST, x, kernel, bias)


@partial(jax.custom_vjp, nondiff_argnums=(0,))
def _pooled(form: _Form, x: jax.Array, kernel: jax.Array, bias: jax.Array) -> jax.Array:
    return _forward(form, x, kernel, bias)[0]


def _forward(form: _Form, x: jax.Array, kernel: jax.Array, bias: jax.Array) -> tuple[jax.Array, Any]:
    def largest(outputs: list[jax.Array]) -> tuple[jax.Array, jax.Array]:
        return largest_of([output + bias[None] for output in outputs], form.rectified)

    outputs = outputs_of_tiles(form.tiles, x, kernel)
    rows, where = once(largest, [outputs[at] for at in _places(kernel)], bias[0])
    return rows.reshape(len(x), *form.tiles.counts, kernel.shape[-1]), (x, kernel, bias, where)


def _backward(form: _Form, kept: Any, gradient: jax.Array) -> tuple[jax.Array, jax.Array, jax.Array]:
    x, kernel, bias, where = kept
    rows = once(lambda rows: rows, gradient.reshape(where.shape), bias[0])
    nothing = jnp.zeros((), rows.dtype)
    to_outputs = {at: jnp.where(where == place, rows, nothing) for place, at in enumerate(_places(kernel))}
    to_x, to_kernel = gradients_of_tiles(form.tiles, x, kernel, to_outputs)
    return to_x, to_kernel, over_places(jnp.where(where < len(to_outputs), rows, nothing))


_pooled.defvjp(_forward, _backward)


def _places(kernel: jax.Array) -> list[tuple[int, ...]]:
    """Those of a tile, in the order in which a pooling window counts them."""
    return [*product(range(BESIDE), repeat=kernel.ndim - 2)]
