"""A line of very many points, cut to the part of the plane that is shown and made of as few points as can be seen.

Left out is only what moves the line by less than half a pixel (Ramer, Douglas and Peucker): ends and corners stay.
Lines are cut here and not by the chart, where every line to cut costs as much time as a whole picture.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

Part = tuple[tuple[float, float], tuple[float, float]]  # from left to right, from bottom to top
Points = npt.NDArray[np.float64]  # (points, 2)

MOST_POINTS = 4000  # of all lines together; beyond that, coarser
COARSEST = 0.1  # of the part's side


def shortened(lines: Sequence[Points], part: Part, tolerance: float) -> list[list[Points]]:
    """The pieces of each line within `part`, faithful to `tolerance`, which is a share of the part's sides."""
    low, high = np.array(part, np.float64).T  # (2,) each
    pieces = [[(piece - low) / (high - low) for piece in pieces_within(line, low, high)] for line in lines]
    while True:
        thin = [[thinned(piece, tolerance) for piece in of_line] for of_line in pieces]
        if sum(len(piece) for of_line in thin for piece in of_line) <= MOST_POINTS or tolerance > COARSEST:
            return [[piece * (high - low) + low for piece in of_line] for of_line in thin]
        tolerance *= 2


def pieces_within(line: Points, low: Points, high: Points) -> list[Points]:
    """What is left of the line in the box from `low` to `high`: one piece for each time that it comes in."""
    start, along = line[:-1], np.diff(line, axis=0)  # (segments, 2)
    with np.errstate(divide="ignore", invalid="ignore"):
        ends = np.stack([(low - start) / along, (high - start) / along])
    stands, inside = along == 0, (start >= low) & (start <= high)
    enter = np.where(stands, np.where(inside, 0.0, np.inf), ends.min(axis=0)).max(axis=1).clip(min=0.0)  # (segments,)
    leave = np.where(stands, np.where(inside, 1.0, -np.inf), ends.max(axis=0)).min(axis=1).clip(max=1.0)
    pieces: list[list[Points]] = []
    following = -1  # the segment with which the last piece goes on, if that begins inside
    for place in np.flatnonzero(enter <= leave).tolist():
        if place != following or enter[place] > 0:
            pieces.append([start[place] + enter[place] * along[place]])
        pieces[-1].append(start[place] + leave[place] * along[place])
        following = place + 1
    return [np.array(piece) for piece in pieces]


def thinned(points: Points, tolerance: float) -> Points:
    """As few of the points as keep every other within `tolerance` of the line: ends and corners stay."""
    keep = np.zeros(len(points), bool)
    keep[[0, -1]] = True
    open_parts = [(0, len(points) - 1)]
    while open_parts:
        first, last = open_parts.pop()
        if last - first < 2:
            continue
        start, along = points[first], points[last] - points[first]
        between = points[first + 1 : last] - start
        length = float(np.hypot(*along))
        if length:
            share = np.clip(between @ along / length**2, 0, 1)[:, None]
            between = between - share * along
        distance = np.hypot(between[:, 0], between[:, 1])
        farthest = int(np.argmax(distance))
        if distance[farthest] > tolerance:
            middle = first + 1 + farthest
            keep[middle] = True
            open_parts += [(first, middle), (middle, last)]
    return points[keep]
