"""Digits that touch are taken apart where the network is sure of both halves, and left together where it is not."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import pytest
from tests.images.handwritten import page

from tenfold.images.ink import Page, read_ink
from tenfold.images.load import load
from tenfold.images.unlike import warnings_about_frame
from tenfold.run.reading import Reading
from tenfold.run.shipped import reader
from tenfold.run.touching import APART, PERHAPS, SURE, UNSURE, Seen, apart, seen_on

TOUCHING = page(("7", 40, 60), ("3", 88, 60), ("4", 200, 60), size=(200, 300))
Rows = np.ndarray


@pytest.fixture(scope="module")
def two_and_one() -> Page:
    found = read_ink(TOUCHING)
    assert len(found.digits) == 2
    return found


def sure_of(*chances: float) -> Rows:
    """What a network says that gives the first of three classes these chances, picture after picture."""
    return np.array([(chance, (1 - chance) / 2, (1 - chance) / 2) for chance in chances], np.float32)


def test_the_surest_pair_replaces_the_whole(two_and_one: Page) -> None:
    asked: list[int] = []

    def ask(frames: Rows) -> Rows:
        asked.append(len(frames))
        chances = np.full(len(frames), 0.6)
        if len(asked) == 3:
            chances[4:6] = 0.95, 0.93  # the third pair
        return sure_of(*chances)

    ((left, right, alone),) = seen_on([two_and_one], ask)
    assert asked[:2] == [2, 6]  # the second time three looks at each
    assert len(asked) == 3
    assert (left.sure, right.sure, alone.sure) == pytest.approx((0.95, 0.93, 0.6))
    assert left.ink.box.left < right.ink.box.left < alone.ink.box.left
    assert left.ink.warnings == (APART, *warnings_about_frame(left.ink.image))
    assert right.ink.warnings == (APART, *warnings_about_frame(right.ink.image))
    assert alone.ink is two_and_one.digits[1]


@pytest.mark.parametrize(
    ("whole", "halves"),
    [(0.5, (SURE - 0.01, 0.99)), (0.99, (0.98, 0.98)), (float("nan"), (float("nan"), float("nan")))],
    ids=["a half is not sure", "the whole is surer", "a network that has diverged"],
)
def test_otherwise_it_stays_whole(whole: float, halves: tuple[float, float], two_and_one: Page) -> None:
    ink = two_and_one.digits[0]
    one, left, right = (Seen(ink, row) for row in sure_of(whole, *halves))
    assert apart(one, [(left, right)]) == (one,)
    assert apart(one, []) == (one,)


@pytest.mark.parametrize(
    ("whole", "half", "said"), [(0.7, 0.95, (PERHAPS,)), (0.96, 0.95, ()), (0.9995, 0.9999, ())], ids=str
)
def test_a_narrow_piece_stays_whole_and_is_doubted(whole: float, half: float, said: tuple[str, ...]) -> None:
    narrow = read_ink(page(("1", 60, 60), ("3", 90, 60), size=(200, 220)))
    assert len(narrow.digits) == 1
    chances = iter((whole, whole, half) if whole < UNSURE else (whole, half))

    def ask(frames: Rows) -> Rows:
        return sure_of(*[next(chances)] * len(frames))

    ((one,),) = seen_on([narrow], ask)
    assert one.ink.warnings == (*narrow.digits[0].warnings, *said)
    assert one.ink.image is narrow.digits[0].image


def test_what_the_network_is_not_sure_of_is_looked_at_again(two_and_one: Page) -> None:
    """The mean counts; a wide piece that one look is surer of than the halves are stays whole, and is doubted."""
    looks = sure_of(0.3, 0.97, 0.8)
    halves = {"surer than one look": 0.98, "less sure": 0.95}
    found = {}
    for name, half in halves.items():
        answers = iter((sure_of(0.4, 0.995), looks))

        def ask(frames: Rows, answers: Iterator[Rows] = answers, half: float = half) -> Rows:
            return next(answers, sure_of(*[half] * len(frames)))

        (found[name],) = seen_on([two_and_one], ask)
    assert len(found["surer than one look"]) == 3
    whole, sure = found["less sure"]
    assert whole.row == pytest.approx(looks.mean(axis=0))
    assert PERHAPS in whole.ink.warnings
    assert sure.row == pytest.approx(sure_of(0.995)[0])


def test_a_picture_that_came_in_the_frame_is_looked_at_once() -> None:
    asked = []

    def ask(frames: Rows) -> Rows:
        asked.append(len(frames))
        return sure_of(*[0.4] * len(frames))

    picture = np.asarray(load("digits").test.images[5])
    ((one,),) = seen_on([read_ink(picture)], ask)
    assert one.row == pytest.approx(sure_of(0.4)[0])
    assert 3 not in asked, "no other looks at it"


def test_the_model_that_ships_reads_touching_digits() -> None:
    reading = reader().predict(TOUCHING)
    assert isinstance(reading, Reading)
    assert reading.label == "734"
    assert len(reading.page.digits) == len(reading.as_json()["boxes"]) == 3
    assert f"digit 1 (7): {APART}" in reading.warnings
    assert not any("perhaps two digits" in warning for warning in reading.warnings)
