"""The handwriting benchmark, smaller: pictures follow from their seed, and what is read of them holds its floors."""

from __future__ import annotations

import sys
from pathlib import Path

import numpy as np
import pytest
from tests.images.handwritten import page

import tenfold
from tenfold.images.ink import read_ink

sys.path.insert(0, str(Path(__file__).parents[2] / "benchmarks"))

import handwriting
from drawn import Look, drawn, touching

DIGIT = 255 - page(("3", 6, 4), size=(28, 28), height=20, pen=3, paper=255, ink=0)


def test_a_picture_follows_from_its_digit_look_and_seed() -> None:
    look = handwriting.LOOKS["a soft shadow"]
    assert np.array_equal(drawn(DIGIT, look, 1), drawn(DIGIT, look, 1))
    assert not np.array_equal(drawn(DIGIT, look, 1), drawn(DIGIT, look, 2))


def test_a_digit_is_drawn_as_large_as_its_look_says() -> None:
    small, large = (drawn(DIGIT, Look(height=height, margin=(0, 0)), 0) for height in (80, 160))
    assert large.shape[0] / small.shape[0] == pytest.approx(2, abs=0.05)


def test_the_table_compares_with_the_clean_pictures() -> None:
    clean, turned = handwriting.Row("clean", 198, 0, 0, 200), handwriting.Row("turned", 195, 1, 2, 200)
    text = handwriting.table(clean, [("disturbed", [turned])])
    assert "| clean | 99.0 % | 96.4 to 99.7 % |  | 0 | 0 |" in text
    assert "| turned | 97.5 % | 94.3 to 98.9 % | -1.5 | 1 | 2 |" in text


@pytest.mark.parametrize("shared", [1, 4, 12])
def test_touching_digits_share_so_much_ink(shared: float) -> None:
    look = Look(height=80, margin=(0, 0))
    alone, both = (np.count_nonzero(picture[..., 0] < 128) for picture in (drawn(DIGIT, look, 0), pair(shared)))
    assert (2 * alone - both) / 16 == pytest.approx(shared, abs=1 + shared / 2)  # 16 pixels are one of MNIST's
    assert len(read_ink(np.pad(pair(shared), ((30, 30), (30, 30), (0, 0)), constant_values=255)).digits) == 1


def test_digits_with_a_gap_are_two() -> None:
    found = read_ink(np.pad(pair(0), ((30, 30), (30, 30), (0, 0)), constant_values=255)).digits
    assert len(found) == 2


def pair(shared: float) -> np.ndarray:
    return touching((DIGIT, DIGIT), Look(height=80, margin=(0, 0)), shared, 0)


def test_the_table_of_pairs_tells_warned_from_silent() -> None:
    text = handwriting.table_of_pairs([handwriting.Row("touching", 180, 1, 0, 200, warned=13)])
    assert "| touching | 90.0 % | 85.1 to 93.4 % | 7.0 % | 3.0 % |" in text


@pytest.mark.mnist
def test_disturbances_hardly_cost_anything(mnist_dir: Path) -> None:
    test = tenfold.load("mnist", data_dir=mnist_dir).test
    images, labels = test.images[:15, :, :, 0], test.labels[:15]
    for name, look in handwriting.LOOKS.items():
        assert handwriting.measured(name, look, images, labels, 0).right >= 14, name
