"""Digits that touch can be cut: between them, into pieces that look as each does alone."""

from __future__ import annotations

import numpy as np
import pytest
from tests.images.handwritten import Picture, page

from tenfold.images.ink import Ink, read_ink
from tenfold.images.touching import CUTS, LEANS, TALL, halves, may_be_two, thinnest

TOUCHING = page(("7", 40, 60), ("3", 88, 60), size=(200, 220))  # the 3 begins where the bar of the 7 ends


def only(picture: Picture) -> tuple[Ink, float]:
    found = read_ink(picture)
    (ink,) = found.digits
    return ink, found.scale


def like(one: Ink, other: Ink) -> float:
    return float(np.abs(one.image.astype(int) - other.image).mean())


@pytest.mark.parametrize("times", [1, 8], ids=["small", "larger than is looked at"])
def test_one_of_the_ways_gives_both_digits_with_their_boxes(times: int) -> None:
    picture = np.repeat(np.repeat(TOUCHING, times, axis=0), times, axis=1)
    ink, scale = only(picture)
    assert may_be_two(ink)
    seven, three = (only(page((name, 80, 60), size=(200, 220)))[0] for name in "73")
    ways = halves(ink, scale)
    assert 0 < len(ways) <= CUTS * len(LEANS)
    assert all(half.box.height >= TALL * ink.box.height for pair in ways for half in pair)
    left, right = min(ways, key=lambda pair: like(pair[0], seven) + like(pair[1], three))
    assert like(left, seven) < 10 > like(right, three)
    assert (left.box.left, left.box.top) == pytest.approx((ink.box.left, ink.box.top), abs=8 * times)
    assert left.box.right == pytest.approx(92 * times, abs=8 * times)
    assert (right.box.right, right.box.bottom) == pytest.approx((ink.box.right, ink.box.bottom), abs=4 * times)
    assert left.stages["mask"] is ink.stages["mask"]
    assert left.stages["seen"] is left.image


def test_a_piece_at_the_border_keeps_its_place() -> None:
    ink, scale = only(TOUCHING[57:, 42:])
    assert ink.box.left == ink.box.top == 0
    for left, right in halves(ink, scale):
        assert left.box.left <= 2
        assert min(left.box.top, right.box.top) <= 2


@pytest.mark.parametrize("name", ["0", "1", "3", "4", "7"])
def test_what_is_taller_than_wide_is_one(name: str) -> None:
    assert not may_be_two(only(page((name, 50, 40)))[0])


def test_cuts_are_where_the_ink_is_thinnest_and_apart() -> None:
    profile = np.full(100, 9.0)
    profile[[5, 30, 31, 60, 95]] = (0, 1, 1, 2, 0)
    columns = thinnest(profile)
    assert len(columns) == CUTS
    assert min(abs(columns[0] - 30), abs(columns[0] - 31)) <= 2
    assert any(abs(column - 60) <= 2 for column in columns)
    assert all(20 <= column <= 80 for column in columns)
    assert min(abs(a - b) for a in columns for b in columns if a != b) >= 6
