"""What layers answer, as pictures: how many units, on which scale, and what is left out."""

from __future__ import annotations

import numpy as np
import pytest

from tenfold.evaluation.inspection.activations import Activation
from tenfold.report.answers import MAPS, UNITS, drawn, strip, tells, tiled, words


def given(values: object, kind: str = "Conv2D", *, prepares: bool = False) -> Activation:
    return Activation("<conv>", kind, prepares, np.asarray(values, np.float32))


def test_maps_lie_beside_one_another_on_one_scale() -> None:
    maps = np.zeros((2, 3, 2), np.float32)
    maps[..., 0], maps[..., 1] = 1, -5
    shown = tiled(maps, 2.0)
    assert shown.shape == (2, 3 + 1 + 3)
    assert shown[0].tolist() == [128, 128, 128, 128, 0, 0, 0]


def test_units_are_a_strip() -> None:
    assert strip(np.array([0, 1, 2, -1], np.float32)).tolist() == [[0, 128, 255, 0]]


def test_of_many_the_first_are_shown_and_that_is_said() -> None:
    assert words(given(np.ones((2, 2, 32)))).endswith(f": the first {MAPS} of 32 units, white is 1")
    assert words(given(np.ones(1000), "Dense")).endswith(f": the first {UNITS} of 1,000 units, white is 1")
    assert words(given([-1.0, -2.0], "Dense")).endswith(": 2 units, white is 0")
    assert f'width="{MAPS * 3 - 1}" height="2"' in drawn(given(np.ones((2, 2, 32))))


def test_names_stay_text_and_what_is_no_number_is_black() -> None:
    one = given([np.nan, 1.0], "Dense")
    assert "<conv>" not in words(one) + drawn(one)
    assert strip(one.values).tolist() == [[0, 255]]


@pytest.mark.parametrize(
    "silent",
    [given(np.ones(3), "Dropout"), given(np.ones(3), prepares=True), given(np.ones((2, 3))), given(np.ones(0))],
)
def test_what_says_nothing_or_cannot_be_drawn_is_left_out(silent: Activation) -> None:
    assert not tells(silent)
    assert tells(given(np.ones(3), "Dense"))
