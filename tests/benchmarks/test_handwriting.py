"""The handwriting benchmark, smaller: pictures follow from their seed, and what is read of them holds its floors."""

from __future__ import annotations

import sys
from pathlib import Path

import numpy as np
import pytest
from tests.images.handwritten import page

import tenfold

sys.path.insert(0, str(Path(__file__).parents[2] / "benchmarks"))

import handwriting
from drawn import Look, drawn

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


@pytest.mark.mnist
def test_disturbances_hardly_cost_anything(mnist_dir: Path) -> None:
    test = tenfold.load("mnist", data_dir=mnist_dir).test
    images, labels = test.images[:15, :, :, 0], test.labels[:15]
    for name, look in handwriting.LOOKS.items():
        assert handwriting.measured(name, look, images, labels, 0).right >= 14, name
