"""Which pictures of one split are nearly those of another: moved by some pixels, brighter, a little noisy.

Every picture is made grey, moved so that what stands out from its edge is in the middle, and freed of its brightness
and contrast. Then it is made small (8×8) and held against all small pictures of the other split, as one matrix product
in pieces; the likest few are compared at full size. Likeness is the correlation of the two: 1 for the same picture
under other light. Exactly equal pictures are `duplicates.py`'s business and left out here.

Time and memory are bounded: of a set whose pairs would take longer than half a minute, every second, third, … picture
of the smaller split is looked at, and how many is told.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from tenfold.images.dataset import Images

Floats = npt.NDArray[np.float32]

SMALL = 8  # pixels along a side of the small pictures
BLOCK = 4096  # pictures of the larger split at a time: the likest of each block is looked at closer
ROWS = 1024  # pictures of the smaller split at a time
CLOSER = 3  # blocks' likest that are compared at full size
COARSE = 0.85  # likeness of the small pictures from which it is worth while
LIKE = 0.99  # likeness at full size that is called nearly the same: of MNIST's digits two "1" reach it, just
PAIRS = 15 * 10**8  # that are compared at most, small: 9 s for MNIST's 6 * 10**8
FULL = 48  # pixels along a side of what is called full size
BYTES = 32 * 2**20  # of pictures in memory at a time


@dataclass(frozen=True)
class NearPair:
    """A picture of the second split that is nearly one of the first, by their places there."""

    first: int
    second: int
    likeness: float


@dataclass(frozen=True)
class NearPairs:
    """The likest pair for every picture of the second split that has one, the likest first; how many were looked at."""

    pairs: tuple[NearPair, ...]
    looked_at: int


def near_pairs(first: Images, second: Images, *, like: float = LIKE, most: int = PAIRS) -> NearPairs:
    """The pictures of `second` that are nearly, and not exactly, one of `first`."""
    every = max(1, math.ceil(len(first) * len(second) / most))
    chosen = np.arange(0, len(second), every)
    if not len(first) or not len(chosen):
        return NearPairs((), len(chosen))
    at_once = max(1, min(ROWS, BYTES // math.prod(first.shape[1:])))
    small = np.concatenate([small_of(aligned(piece)) for piece in pieces(first, at_once)])
    found = []
    for start in range(0, len(chosen), at_once):
        rows = chosen[start : start + at_once]
        full = aligned(second[rows])
        likest = candidates(small, small_of(full))  # (rows, CLOSER)
        for column in range(likest.shape[1]):
            others = likest[:, column]
            with_one = np.flatnonzero(others >= 0)
            if len(with_one):
                likeness = compared(full[with_one], aligned(first[others[with_one]]))
                equal = (first[others[with_one]] == second[rows[with_one]]).all(axis=(1, 2, 3))
                near = (likeness >= like) & ~equal
                found += [
                    NearPair(int(others[row]), int(rows[row]), round(float(value), 4))
                    for row, value in zip(with_one[near], likeness[near], strict=True)
                ]
    return NearPairs(best_of_each(found), len(chosen))


def best_of_each(found: list[NearPair]) -> tuple[NearPair, ...]:
    found = sorted(found, key=lambda pair: (-pair.likeness, pair.second, pair.first))
    best: dict[int, NearPair] = {}
    for pair in found:
        best.setdefault(pair.second, pair)
    return tuple(best.values())


def pieces(images: Images, size: int) -> Iterator[Images]:
    for start in range(0, len(images), size):
        yield images[start : start + size]


def candidates(small: Floats, rows: Floats) -> npt.NDArray[np.int64]:
    """For each of `rows` the likest of every block of `small`, the best few of them: (rows, CLOSER), -1 for none."""
    places, values = [], []
    for start in range(0, len(small), BLOCK):
        likeness = rows @ small[start : start + BLOCK].T  # (rows, block)
        best = likeness.argmax(axis=1)
        values.append(likeness[np.arange(len(rows)), best])
        places.append(start + best)
    place, value = np.stack(places, axis=1), np.stack(values, axis=1)  # (rows, blocks)
    place[value < COARSE] = -1
    order = np.argsort(-value, axis=1, kind="stable")[:, :CLOSER]
    return np.asarray(np.take_along_axis(place, order, axis=1), np.int64)


def aligned(images: Images) -> Floats:
    """Grey pictures (N, height, width) that are 0 where they are as their edge, what differs in the middle."""
    grey = shrunk(images.mean(axis=3, dtype=np.float32), FULL)
    edge = np.concatenate([grey[:, 0], grey[:, -1], grey[:, :, 0], grey[:, :, -1]], axis=1)
    ink = grey - np.median(edge, axis=1)[:, np.newaxis, np.newaxis]
    rows, columns = np.abs(ink).sum(axis=2), np.abs(ink).sum(axis=1)  # (N, height), (N, width)
    down, right = offset(rows), offset(columns)  # (N, 1)
    height, width = ink.shape[1:]
    row, column = np.arange(height) + down, np.arange(width) + right  # where each pixel comes from
    inside = ((row >= 0) & (row < height))[:, :, np.newaxis] & ((column >= 0) & (column < width))[:, np.newaxis, :]
    taken = ink[
        np.arange(len(ink))[:, np.newaxis, np.newaxis],
        row.clip(0, height - 1)[:, :, np.newaxis],
        column.clip(0, width - 1)[:, np.newaxis, :],
    ]
    return np.where(inside, taken, np.float32(0))


def offset(profile: Floats) -> npt.NDArray[np.int64]:
    """How far the centre of mass along one axis is from the middle, in whole pixels: (N, 1)."""
    length = profile.shape[1]
    mass = profile.sum(axis=1)
    centre = np.divide(profile @ np.arange(length), mass, out=np.full(len(mass), (length - 1) / 2), where=mass > 0)
    return np.asarray(np.rint(centre - (length - 1) / 2), np.int64)[:, np.newaxis]


def small_of(full: Floats) -> Floats:
    """The pictures as unit vectors of at most SMALL × SMALL means; all zeros where nothing differs."""
    return unit(shrunk(full, SMALL).reshape(len(full), -1))


def shrunk(pictures: Floats, side: int) -> Floats:
    """Means over cells of equal size, or as good as, so that no side is longer than `side`."""
    for axis in (1, 2):
        length = pictures.shape[axis]
        if length > side:
            edges = np.linspace(0, length, side + 1).astype(np.int64)
            sums = np.add.reduceat(pictures, edges[:-1], axis=axis)
            pictures = np.asarray(sums / np.expand_dims(np.diff(edges), (0, 3 - axis)), np.float32)
    return pictures


def unit(vectors: Floats) -> Floats:
    """Each vector with mean 0 and length 1, or all zeros."""
    centred = vectors - vectors.mean(axis=1, keepdims=True)
    length = np.sqrt(np.square(centred).sum(axis=1, keepdims=True))
    return np.asarray(np.divide(centred, length, out=np.zeros_like(centred), where=length > 1e-3), np.float32)


def compared(ones: Floats, others: Floats) -> Floats:
    """The correlation of each of `ones` with its partner, at the best of nine places: centres are rounded to pixels."""
    height, width = ones.shape[1:]
    inner = unit(ones[:, 1 : height - 1, 1 : width - 1].reshape(len(ones), -1)) if min(height, width) > 2 else None
    if inner is None:
        return np.asarray((unit(ones.reshape(len(ones), -1)) * unit(others.reshape(len(others), -1))).sum(axis=1))
    best = np.full(len(ones), -1, np.float32)
    for down in range(3):
        for right in range(3):
            moved = others[:, down : down + height - 2, right : right + width - 2]
            best = np.maximum(best, (inner * unit(moved.reshape(len(others), -1))).sum(axis=1))
    return best
