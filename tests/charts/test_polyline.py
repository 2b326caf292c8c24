"""Lines are cut to what is shown and thinned to what can be seen, and not by a point more."""

from __future__ import annotations

from typing import Any

import numpy as np
from tests.charts.staircase import staircase

from tenfold.charts.polyline import MOST_POINTS, pieces_within, shortened, thinned

HALF_A_PIXEL = 0.5 / 280
ALL = ((0.0, 1.0), (0.0, 1.0))


def distance(points: np.ndarray[Any, Any], line: np.ndarray[Any, Any]) -> float:
    """How far the farthest of `points` is from the polyline `line`."""
    start, along = line[:-1], np.diff(line, axis=0)  # (segments, 2)
    length = np.maximum((along**2).sum(axis=1), 1e-30)
    share = np.clip(((points[:, None] - start) * along).sum(axis=2) / length, 0, 1)  # (points, segments)
    return float(np.hypot(*np.moveaxis(points[:, None] - start - share[..., None] * along, 2, 0)).min(axis=1).max())


def test_ten_thousand_points_become_few_that_show_the_same_line() -> None:
    whole = staircase(5000)
    thin = thinned(whole, HALF_A_PIXEL)
    assert len(thin) < 400
    assert distance(whole[::7], thin) <= HALF_A_PIXEL * 1.001
    assert (thin[0] == whole[0]).all()
    assert (thin[-1] == whole[-1]).all()


def test_a_corner_stays_where_it_is() -> None:
    corner = np.array(
        [[0, 0], *[[0, y] for y in np.linspace(0, 0.97, 50)], *[[x, 0.97] for x in np.linspace(0, 1, 50)], [1, 1]]
    )
    assert thinned(corner, HALF_A_PIXEL).tolist() == [[0, 0], [0, 0.97], [1, 0.97], [1, 1]]


def test_many_lines_are_bounded_together() -> None:
    short = shortened([staircase(300, seed) for seed in range(100)], ALL, HALF_A_PIXEL)
    assert 1000 < sum(len(piece) for pieces in short for piece in pieces) <= MOST_POINTS


def test_a_line_is_cut_where_it_leaves_and_where_it_comes_back() -> None:
    zigzag = np.array([[0.0, 0.0], [1.0, 2.0], [2.0, 0.0], [3.0, 0.0]])
    first, second = pieces_within(zigzag, np.array([0.0, 0.0]), np.array([2.5, 1.0]))
    assert first.tolist() == [[0, 0], [0.5, 1]]
    assert second.tolist() == [[1.5, 1], [2, 0], [2.5, 0]]
    assert pieces_within(zigzag, np.array([5.0, 5.0]), np.array([6.0, 6.0])) == []


def test_within_an_enlarged_corner_the_line_is_as_faithful_as_in_the_whole() -> None:
    whole = staircase(5000)
    ((corner,),) = shortened([whole], ((0.0, 0.1), (0.0, 0.1)), HALF_A_PIXEL)
    inside = whole[(whole <= 0.1).all(axis=1)]
    assert len(inside)
    assert distance(inside, corner) <= 0.1 * HALF_A_PIXEL * 1.5
