"""A window that slides over pictures: what stands at each of its positions, wherever it is placed.

Convolution and pooling are built on it; what they do with it is theirs.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import product

import jax
from jax import lax

Pads = Sequence[tuple[int, int]]


def taps_of(
    x: jax.Array, window: Sequence[int], strides: Sequence[int], padding: Pads, dilation: Sequence[int], fill: jax.Array
) -> list[jax.Array]:
    """For every place in the window, what stands there at each position of the window: (batch, *places, channels)."""
    padded = lax.pad(x, fill, [(0, 0, 0), *((low, high, 0) for low, high in padding), (0, 0, 0)])
    places = places_of(x.shape[1:-1], window, strides, padding, dilation)
    taps = []
    for offsets in product(*map(range, window)):
        first = [offset * spread for offset, spread in zip(offsets, dilation, strict=True)]
        last = [at + (count - 1) * stride + 1 for at, count, stride in zip(first, places, strides, strict=True)]
        taps.append(lax.slice(padded, (0, *first, 0), (padded.shape[0], *last, padded.shape[-1]), (1, *strides, 1)))
    return taps


def places_of(
    sizes: Sequence[int], window: Sequence[int], strides: Sequence[int], padding: Pads, dilation: Sequence[int]
) -> list[int]:
    """How many positions the window has along each axis."""
    return [
        (low + size + high - (width - 1) * spread - 1) // stride + 1
        for size, width, stride, (low, high), spread in zip(sizes, window, strides, padding, dilation, strict=True)
    ]
