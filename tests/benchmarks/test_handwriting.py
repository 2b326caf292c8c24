"""The handwriting benchmark, smaller: pictures follow from their seed, and what is read of them holds its floors."""

from __future__ import annotations

import json
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
from handwriting_table import Row, table, table_of_pairs, verdict

DIGIT = 255 - page(("3", 6, 4), size=(28, 28), height=20, pen=3, paper=255, ink=0)


def test_a_picture_follows_from_its_digit_look_and_seed() -> None:
    look = handwriting.LOOKS["a soft shadow"]
    assert np.array_equal(drawn(DIGIT, look, 1), drawn(DIGIT, look, 1))
    assert not np.array_equal(drawn(DIGIT, look, 1), drawn(DIGIT, look, 2))


def test_a_digit_is_drawn_as_large_as_its_look_says() -> None:
    small, large = (drawn(DIGIT, Look(height=height, margin=(0, 0)), 0) for height in (80, 160))
    assert large.shape[0] / small.shape[0] == pytest.approx(2, abs=0.05)


def rights(*wrong: int) -> tuple[bool, ...]:
    return tuple(place not in wrong for place in range(1000))


def test_the_table_compares_the_same_digits_with_the_clean_pictures() -> None:
    clean = Row("clean", rights(1, 2, 3))
    turned = Row("turned", rights(1, 2, 4, 5, 6), none=1, several=2)
    text = table(clean, [("disturbed", [turned])]).splitlines()
    assert text[2] == "| clean | 99.7 % | 99.1 to 99.9 % |  |  |  | 0 | 0 |"
    assert text[4] == "| turned | 99.5 % | 98.8 to 99.8 % | -0.2 | -0.6 to +0.2 | yes | 1 | 2 |"


@pytest.mark.parametrize(
    ("wrong", "said"),
    [(range(3), "yes"), (range(8), "not shown"), (range(14), "not shown"), (range(40), "no")],
    ids=str,
)
def test_a_loss_of_one_percent_is_ruled_out_or_shown_or_neither(wrong: range, said: str) -> None:
    assert verdict(*Row("disturbed", rights(*wrong)).beside(Row("clean", rights()))[1]) == said


def test_what_was_read_is_kept_and_measuring_goes_on_from_there(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As far as every row has been measured; what another seed gave is no part of it."""
    monkeypatch.setattr(handwriting, "PART", 2)
    every = [
        {"row": name, "seed": 0, "first": 0, "read": [["12", 2, True], [None, 0, False]]} for name in handwriting.ROWS
    ]
    more = [{**every[0], "first": 2}, {**every[1], "seed": 1, "first": 2}]
    (tmp_path / "read.jsonl").write_text("".join(json.dumps(part) + "\n" for part in every + more), encoding="utf-8")
    rows = handwriting.joined(handwriting.kept_in(tmp_path / "read.jsonl", 0))
    assert list(rows.values()) == [[("12", 2, True), (None, 0, False)]] * len(handwriting.ROWS)
    assert handwriting.row_of("just touching", rows["just touching"], ["1", "2"]) == Row(
        "just touching", (True, False), none=1, several=0, warned=0
    )
    assert handwriting.row_of("a red pen", rows["a red pen"], ["1", "2"]).several == 1


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
    text = table_of_pairs([Row("touching", (True,) * 180 + (False,) * 20, none=1, warned=13)])
    assert "| touching | 90.0 % | 85.1 to 93.4 % | 7.0 % | 3.0 % |" in text


@pytest.mark.mnist
def test_disturbances_hardly_cost_anything(mnist_dir: Path) -> None:
    test = tenfold.load("mnist", data_dir=mnist_dir).test
    images, labels = test.images[:15, :, :, 0], [str(label) for label in test.labels[:15]]
    for name, look in handwriting.LOOKS.items():
        row = handwriting.row_of(name, handwriting.measured(look, images, 0), labels)
        assert sum(row.right) >= 14, name
