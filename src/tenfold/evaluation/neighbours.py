"""The pictures that are nearest to one: what a network had seen that was like what it is asked about.

Nearest is by the plain distance between pixels, over all pictures there are, and exact: all sums are of whole numbers
that a float holds without rounding. Pictures are taken in pieces, so that a mapped file is never in memory at once.
"""

from __future__ import annotations

import math
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from tenfold.errors import InputError, check_count

BYTES = 64 * 2**20  # that a piece of the pictures takes as numbers of eight bytes, and so its distances

Pixels = npt.NDArray[np.uint8]


class Neighbours(NamedTuple):
    """For every picture that was asked about, the nearest first."""

    indices: npt.NDArray[np.int64]  # (asked, n)
    distances: npt.NDArray[np.float64]  # (asked, n), with pixels from 0 to 1


def nearest(pictures: Pixels, asked: Pixels, n: int = 5) -> Neighbours:
    """The `n` of `pictures` (N, …) that are nearest to each of `asked` (M, …); of equally near ones the first."""
    if asked.shape[1:] != pictures.shape[1:]:
        raise InputError("pictures", found=f"shape {asked.shape[1:]}", expected=f"shape {pictures.shape[1:]}")
    check_count("n", n)
    wanted = np.asarray(asked.reshape(len(asked), -1), np.float64)  # (M, values)
    squares = np.square(wanted).sum(axis=1)[:, np.newaxis]
    size = max(1, BYTES // (8 * max(1, len(asked), math.prod(pictures.shape[1:]))))
    indices: npt.NDArray[np.int64] = np.empty((len(asked), 0), np.int64)
    found: npt.NDArray[np.float64] = np.empty((len(asked), 0), np.float64)
    for first in range(0, len(pictures), size):
        piece = np.asarray(pictures[first : first + size].reshape(-1, wanted.shape[1]), np.float64)
        distances = squares + np.square(piece).sum(axis=1)[np.newaxis, :] - 2 * (wanted @ piece.T)  # (M, piece)
        found = np.concatenate([found, distances], axis=1)
        here = np.broadcast_to(np.arange(first, first + len(piece)), distances.shape)
        indices = np.concatenate([indices, here], axis=1)
        order = smallest(found, n)
        indices = np.take_along_axis(indices, order, axis=1)
        found = np.take_along_axis(found, order, axis=1)
    return Neighbours(indices, np.sqrt(found) / 255)


def smallest(values: npt.NDArray[np.float64], n: int) -> npt.NDArray[np.int64]:
    """The places of the `n` smallest of each row, the smallest first; of equal ones the first."""
    if values.shape[1] <= n:
        return np.argsort(values, axis=1, kind="stable")
    bounds = np.partition(values, n - 1, axis=1)[:, n - 1]  # (rows,): sorting all of a long row would take far longer
    places = np.empty((len(values), n), np.int64)
    for row, (own, bound) in enumerate(zip(values, bounds, strict=True)):
        few = np.flatnonzero(own <= bound)
        places[row] = few[np.argsort(own[few], kind="stable")[:n]]
    return places
