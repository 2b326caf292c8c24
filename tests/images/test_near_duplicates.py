"""Copies that were made so are found, whatever light or place they are in; what only looks alike is not."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from tenfold.images.audit import audit
from tenfold.images.dataset import Dataset, Images, Split
from tenfold.images.load import load
from tenfold.images.near_duplicates import PAIRS, near_pairs, shrunk


@pytest.fixture(scope="module")
def digits() -> Dataset:
    return load("digits")


def shifted(images: Images, down: int, right: int) -> Images:
    return np.roll(images, (down, right), axis=(1, 2))  # the frame is 28×28 and the ink 20×20: nothing is cut off


def noisy(images: Images, deviation: float) -> Images:
    noise = np.random.default_rng(0).normal(0, deviation, images.shape)
    return np.clip(images + noise, 0, 255).astype(np.uint8)


CHANGES = {
    "shifted": lambda images: shifted(images, 2, -3),
    "noisy": lambda images: noisy(images, 8),
    "brighter": lambda images: (images // 2 + 100).astype(np.uint8),
    "darker": lambda images: (images // 2).astype(np.uint8),
    "negative": lambda images: 255 - images,
    "shifted, noisy and darker": lambda images: noisy(shifted(images // 2, -2, 2), 3),
}


@pytest.mark.parametrize("change", CHANGES)
def test_changed_copies_are_found(change: str, digits: Dataset) -> None:
    train = digits.train.images
    originals = np.arange(0, 1400, 35)  # 40 of them
    copies = CHANGES[change](train[originals].copy())
    if change == "negative":
        assert near_pairs(train, copies).pairs == (), "ink and paper exchanged is another picture"
        return
    found = {pair.second: pair.first for pair in near_pairs(train, copies).pairs}
    right = sum(found.get(number) == original for number, original in enumerate(originals))
    assert right >= 39
    assert all(pair.likeness >= 0.99 for pair in near_pairs(train, copies).pairs)


def test_pictures_that_were_never_copied_are_not_found(digits: Dataset) -> None:
    found = near_pairs(digits.train.images, digits.test.images)
    assert found.looked_at == len(digits.test)
    assert len(found.pairs) <= 1


def test_equal_pictures_and_those_of_one_colour_are_left_out(digits: Dataset) -> None:
    flat = np.full((3, 28, 28, 1), 7, np.uint8)
    first = np.concatenate([digits.train.images[:10], flat])
    assert near_pairs(first, first).pairs == ()
    assert near_pairs(first, flat + 20).pairs == ()


@pytest.mark.parametrize("shape", [(1, 1, 1), (2, 9, 3), (100, 60, 3), (3, 3, 1)], ids=str)
def test_pictures_of_any_shape(shape: tuple[int, int, int]) -> None:
    pictures = np.random.default_rng(1).integers(0, 200, (6, *shape), dtype=np.uint8)
    found = near_pairs(pictures, pictures[2:4] + 9).pairs
    if shape[0] * shape[1] > 9:
        assert [(pair.first, pair.second) for pair in sorted(found, key=lambda pair: pair.second)] == [(2, 0), (3, 1)]
    assert near_pairs(pictures[:0], pictures).pairs == near_pairs(pictures, pictures[:0]).pairs == ()


def test_a_large_set_is_looked_at_in_part(digits: Dataset) -> None:
    train = digits.train.images
    found = near_pairs(train, (train[:100] // 2).astype(np.uint8), most=len(train) * 25)
    assert found.looked_at == 25
    assert {pair.second % 4 for pair in found.pairs} == {0}
    assert PAIRS >= 60_000 * 10_000, "MNIST is looked at wholly"


def test_small_pictures_are_means() -> None:
    picture = np.arange(30, dtype=np.float32).reshape(1, 5, 6)
    small = shrunk(picture, 3)
    assert small.shape == (1, 3, 3)
    assert small[0, 0, 0] == picture[0, :1, :2].mean()
    assert small[0, 2, 2] == picture[0, 3:, 4:].mean()
    assert np.array_equal(shrunk(picture, 6), picture)


def test_an_audit_tells_of_them(digits: Dataset) -> None:
    copies = Split((digits.train.images[:3] // 2).astype(np.uint8), digits.train.labels[:3].copy())
    result = audit(replace(digits, test=copies))
    assert result.near == {"train and test": 3}
    assert result.findings[0] == "3 pictures of test are nearly one of train: moved, brighter, or a little noisy."
    assert "Nearly equal pictures:" in result.text()
    assert "train picture 0 (" in result.text()
    told = result.as_json()["near_duplicates"]
    assert (told["across"], told["looked_at"]) == ({"train and test": 3}, {"train and test": 3})
    assert [picture["split"] for picture in told["pairs"][0]["pictures"]] == ["train", "test"]
    in_part = replace(result, near_looked_at={"train and test": 1}).findings[0]
    assert in_part.endswith("or a little noisy (1 of 3 were looked at).")
