"""Other looks at a digit: turned to either side, and its strokes no thicker than usual."""

from __future__ import annotations

import numpy as np
import pytest
from scipy import ndimage
from tests.images.handwritten import page

from tenfold.images.frame import framed
from tenfold.images.ink import read_ink
from tenfold.images.second_look import THICK, TURNS, looks_at, thinned
from tenfold.images.unlike import stroke_in


def image(name: str, pen: int) -> np.ndarray:
    return read_ink(page((name, 50, 40), pen=pen)).digits[0].image


@pytest.mark.parametrize("name", "0237")
def test_a_thick_stroke_becomes_a_usual_one_and_stays_whole(name: str) -> None:
    thick = image(name, 22)
    assert stroke_in(thick) > THICK
    thin = thinned(thick)
    assert 2.5 <= stroke_in(thin) <= 3.9
    assert ndimage.label(thin > 127, np.ones((3, 3)))[1] == 1
    assert np.array_equal(thinned(image(name, 8)), image(name, 8))


def test_the_looks_are_turned_to_either_side_and_none() -> None:
    one = image("1", 8)
    looks = looks_at(one)
    assert (looks.shape, looks.dtype) == ((len(TURNS), 28, 28), np.uint8)
    assert np.array_equal(looks[TURNS.index(0)], framed(one / np.float32(255)))
    leans = [float(np.cov(*np.nonzero(look > 127))[0, 1]) for look in looks]
    assert leans[0] < leans[1] < leans[2], "the first leans to the right: its top has more of the right"
