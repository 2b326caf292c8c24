"""A convolution with windows of two or three in fewer multiplications: Winograd's minimal filtering.

Two outputs that lie beside each other see mostly the same. Along an axis, three products of sums of inputs with sums of
weights give both outputs of a window of two, where plainly it takes four, and four those of a window of three instead
of six; over two axes that is 9 of 16, and 16 of 36. The sums are passes over memory, but smaller ones than patches.

Sums are rounded where products would be, so results differ from the plain ones as they do when numbers are added in
another order: by less than three millionths of the largest. Tiles of four outputs would save more and be ten times less
exact. What is infinite or NaN spreads to the other outputs of its tile.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from itertools import product
from math import prod
from typing import NamedTuple

import jax
import jax.numpy as jnp
from jax import lax

from tenfold.engine.lowering.groups import Most, in_groups
from tenfold.engine.lowering.windows import Pads, places_of, taps_of
from tenfold.engine.opaque import once

BESIDE = 2  # outputs of a tile along each axis

Matrix = tuple[tuple[float, ...], ...]
Pieces = dict[tuple[int, ...], jax.Array]  # by their place in a tile


class Sums(NamedTuple):
    """What is summed for a window: a row for each product, but in `outputs`, a row for each output."""

    inputs: Matrix
    weights: Matrix
    outputs: Matrix


SUMS = {
    2: Sums(
        inputs=((1, -1, 0), (0, 1, 0), (0, -1, 1)),
        weights=((1, 0), (1, 1), (0, 1)),
        outputs=((1, 1, 0), (0, 1, 1)),
    ),
    3: Sums(
        inputs=((1, 0, -1, 0), (0, 1, 1, 0), (0, -1, 1, 0), (0, 1, 0, -1)),
        weights=((1, 0, 0), (0.5, 0.5, 0.5), (0.5, -0.5, 0.5), (0, 0, 1)),
        outputs=((1, 1, 1, 0), (0, 1, -1, -1)),
    ),
}


MOST_PIECES = 36  # of a tile: every one is three products and as many sums, which have to be compiled
MOST = Most(whole=256 << 20, group=32 << 20)  # of sums and products together; measured with caches of 2 and 32 MiB


def saves(window: Sequence[int], channels: int) -> bool:
    """Whether multiplications are saved that are worth the sums; both ways were timed over many shapes."""
    pieces = prod(_tile(window))
    if not set(window) <= SUMS.keys() or pieces > MOST_PIECES:
        return False
    half = prod(window) * BESIDE ** len(window) >= 2 * pieces
    return channels >= (16 if half else 32)


class Tiles(NamedTuple):
    """Where the tiles of outputs lie: how many along each axis, and the padding before the first of them."""

    counts: tuple[int, ...]
    low: tuple[int, ...]

    def bytes_of_one(self, kernel: jax.Array) -> int:
        """What the sums and the products of one picture take."""
        return int(prod(_tile(kernel.shape[:-2])) * prod(self.counts) * sum(kernel.shape[-2:]) * kernel.dtype.itemsize)


def minimal_filtering(x: jax.Array, kernel: jax.Array, padding: Pads) -> jax.Array:
    """The convolution of x (batch, *places, channels) with a kernel (*window, channels, outputs), in steps of one."""
    sizes = output_sizes(x, kernel, padding)
    tiles = Tiles(tuple(-(-size // BESIDE) for size in sizes), tuple(low for low, _ in padding))
    whole = in_groups(partial(_filtered, tiles), tiles.bytes_of_one(kernel), MOST, x, kernel)
    return lax.slice(whole, (0,) * whole.ndim, (len(x), *sizes, kernel.shape[-1]))  # what the last tiles have too much


def output_sizes(x: jax.Array, kernel: jax.Array, padding: Pads) -> list[int]:
    """How many outputs there are along each axis, in steps of one."""
    ones = (1,) * (kernel.ndim - 2)
    return places_of(x.shape[1:-1], kernel.shape[:-2], ones, padding, ones)


@partial(jax.custom_vjp, nondiff_argnums=(0,))
def _filtered(tiles: Tiles, x: jax.Array, kernel: jax.Array) -> jax.Array:
    """All outputs of whole tiles, in their places."""
    outputs = outputs_of_tiles(tiles, x, kernel)
    pieces = {at: each.reshape(len(x), *tiles.counts, kernel.shape[-1]) for at, each in outputs.items()}
    together: jax.Array = once(_interleaved, pieces, kernel.ravel()[0])
    return together


def _forward(tiles: Tiles, x: jax.Array, kernel: jax.Array) -> tuple[jax.Array, tuple[jax.Array, jax.Array]]:
    return _filtered(tiles, x, kernel), (x, kernel)


def _backward(tiles: Tiles, kept: tuple[jax.Array, jax.Array], gradient: jax.Array) -> tuple[jax.Array, jax.Array]:
    x, kernel = kept
    rank = kernel.ndim - 2
    gradient = once(lambda gradient: gradient, gradient, kernel.ravel()[0])
    return gradients_of_tiles(tiles, x, kernel, _pieces(gradient, (BESIDE,) * rank, [(0, 0)] * rank))


_filtered.defvjp(_forward, _backward)


def outputs_of_tiles(tiles: Tiles, x: jax.Array, kernel: jax.Array) -> Pieces:
    """The outputs by their place in a tile, each (batch × tiles, outputs)."""
    sums, weights = _sums_of_inputs(tiles, x, kernel), _sums_of_weights(kernel)
    return _summed({at: sums[at] @ weights[at] for at in sums}, [SUMS[width].outputs for width in kernel.shape[:-2]])


def gradients_of_tiles(tiles: Tiles, x: jax.Array, kernel: jax.Array, gradient: Pieces) -> tuple[jax.Array, jax.Array]:
    """Those of x and of the kernel: every step of the way there, backwards. The sums of inputs are made again."""
    window, channels = kernel.shape[:-2], x.shape[-1]
    sums = _sums_of_inputs(tiles, x, kernel)
    weights, to_kernel = jax.vjp(_sums_of_weights, kernel)
    products = _rows(_summed(gradient, [_turned(SUMS[width].outputs) for width in window]))
    to_weights = {at: lax.dot_general(sums[at], products[at], (((0,), (0,)), ((), ()))) for at in sums}
    to_sums = {at: lax.dot_general(products[at], weights[at], (((1,), (1,)), ((), ()))) for at in sums}
    in_tiles = {at: each.reshape(len(x), *tiles.counts, channels) for at, each in to_sums.items()}
    to_tiles = _summed(in_tiles, [_turned(SUMS[width].inputs) for width in window])
    whole = _interleaved(_overlapped(to_tiles, len(window)))
    sizes = zip(tiles.low, x.shape[1:-1], whole.shape[1:-1], strict=True)
    cut = [(-low, low + size - full, 0) for low, size, full in sizes]
    return lax.pad(whole, jnp.zeros((), whole.dtype), [(0, 0, 0), *cut, (0, 0, 0)]), to_kernel(to_weights)[0]


def _interleaved(pieces: Pieces) -> jax.Array:
    """What lies in tiles of BESIDE by places there, each (batch, *tiles, channels), put together."""
    batch, *counts, channels = next(iter(pieces.values())).shape
    for axis in reversed(range(len(counts))):
        before = dict.fromkeys(at[:axis] for at in pieces)
        pieces = {at: jnp.stack([pieces[*at, side] for side in range(BESIDE)], axis + 2) for at in before}
    return pieces[()].reshape(batch, *(BESIDE * count for count in counts), channels)


def _overlapped(pieces: Pieces, rank: int) -> Pieces:
    """Tiles that reach into the next one, added up where they do, as tiles of BESIDE, of which there is one more."""
    for axis in range(rank):
        added: Pieces = {}
        for at, piece in pieces.items():
            later, place = divmod(at[axis], BESIDE)
            shifted = [(0, 0)] * piece.ndim
            shifted[1 + axis] = (later, 1 - later)
            to = (*at[:axis], place, *at[axis + 1 :])
            more = jnp.pad(piece, shifted)
            added[to] = added[to] + more if to in added else more
        pieces = added
    return pieces


def _tile(window: Sequence[int]) -> list[int]:
    """How many inputs along each axis a tile of outputs sees."""
    return [width + BESIDE - 1 for width in window]


def _sums_of_inputs(tiles: Tiles, x: jax.Array, kernel: jax.Array) -> Pieces:
    window = kernel.shape[:-2]
    tile = _tile(window)
    reach = [BESIDE * (count - 1) + width for count, width in zip(tiles.counts, tile, strict=True)]
    sizes = zip(tiles.low, reach, x.shape[1:-1], strict=True)
    pieces = _pieces(x, tile, [(low, full - size - low) for low, full, size in sizes])
    return _rows(_summed(pieces, [SUMS[width].inputs for width in window]))


def _pieces(x: jax.Array, tile: Sequence[int], padding: Pads) -> Pieces:
    """For every place in a tile, what stands there in each of them."""
    rank = len(tile)
    taps = taps_of(x, tile, (BESIDE,) * rank, padding, (1,) * rank, jnp.zeros((), x.dtype))
    return dict(zip(product(*map(range, tile)), taps, strict=True))


def _sums_of_weights(kernel: jax.Array) -> Pieces:
    window = kernel.shape[:-2]
    places = {at: kernel[at] for at in product(*map(range, window))}
    return _summed(places, [SUMS[width].weights for width in window])


def _rows(pieces: Pieces) -> Pieces:
    return {at: piece.reshape(-1, piece.shape[-1]) for at, piece in pieces.items()}


def _turned(matrix: Matrix) -> Matrix:
    return tuple(zip(*matrix, strict=True))


def _summed(pieces: Pieces, matrices: Sequence[Matrix]) -> Pieces:
    """The pieces, multiplied along each axis of their tile with that axis' matrix."""
    for axis, matrix in enumerate(matrices):
        around = dict.fromkeys((at[:axis], at[axis + 1 :]) for at in pieces)
        pieces = {
            (*before, row, *after): _weighted(weights, [pieces[*before, at, *after] for at in range(len(weights))])
            for before, after in around
            for row, weights in enumerate(matrix)
        }
    return pieces


def _weighted(weights: Sequence[float], pieces: Sequence[jax.Array]) -> jax.Array:
    """Their sum; with plain signs, and without what counts nothing, for XLA would multiply with one and zero."""
    (first, total), *others = [(weight, piece) for weight, piece in zip(weights, pieces, strict=True) if weight]
    total = total if first == 1 else first * total
    for weight, piece in others:
        total = total + piece if weight == 1 else total - piece if weight == -1 else total + weight * piece
    return total
