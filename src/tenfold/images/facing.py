"""Strokes that a pen interrupted: two pieces of ink whose ends face each other across a gap, one going on as the other.

An end has half as much ink around it as the side of a stroke has. Two digits beside one another stand side to side, or
an end of the one meets the side of the other; of a broken stroke both ends point at each other. Which pieces are asked
about, and how large both may be together, is `grouping.py`'s.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
from scipy import ndimage

from tenfold.images.strokes import Mask

AROUND = 2.0  # times a stroke's thickness: how far around the end of a stroke is looked
END = 1.5  # times the ink of a stroke that ends there; a stroke that goes on to both sides has 2
STRAIGHT = 0.75  # the cosine of the angle by which an end may point past the other
NEAREST = 3.0  # pixels: the least that is looked at

Point = npt.NDArray[np.float64]  # (row, column)


def gap_between(one: Mask, other: Mask) -> tuple[float, Point, Point]:
    """How far two pieces are apart, and the places where they are nearest."""
    away, places = ndimage.distance_transform_edt(~other, return_indices=True)
    own = np.where(one, away, np.inf)
    start = np.unravel_index(np.argmin(own), own.shape)
    return float(own[start]), np.array(start, float), np.array([place[start] for place in places], float)


def goes_on(one: Mask, other: Mask, start: Point, end: Point, thickness: float) -> bool:
    """Whether a stroke of the first piece ends at `start` and goes on in the second, at `end`."""
    near, far = middle_of_end(one, start, thickness), middle_of_end(other, end, thickness)
    if near is None or far is None:
        return False
    along = unit(far - near)
    return bool(unit(start - near) @ along >= STRAIGHT and unit(far - end) @ along >= STRAIGHT)


def middle_of_end(piece: Mask, place: Point, thickness: float) -> Point | None:
    """The middle of the ink around `place`, if a stroke ends there."""
    reach = max(NEAREST, AROUND * thickness)
    rows, columns = np.nonzero(piece)
    close = np.hypot(rows - place[0], columns - place[1]) <= reach
    if np.count_nonzero(close) > END * reach * max(thickness, 1):
        return None
    return np.array([rows[close].mean(), columns[close].mean()])


def unit(vector: Point) -> Point:
    return np.asarray(vector / max(float(np.hypot(*vector)), 1e-9))
