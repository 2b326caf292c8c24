"""Held-out pictures: every class takes part, the seed decides, nothing is lost and nothing is in two places."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tenfold.errors import DataError, UsageError
from tenfold.images.dataset import Dataset, Split
from tenfold.images.splits import folds, stratified, with_validation


def dataset(labels: list[int]) -> Dataset:
    """Each picture's one pixel is its place in the set."""
    images = np.arange(len(labels), dtype=np.uint8).reshape(-1, 1, 1, 1)
    train = Split(images, np.array(labels))
    return Dataset("own", train, Split(images[:1].copy(), np.array(labels[:1])), ("a", "b", "c"))


@given(
    labels=st.lists(st.integers(0, 4), min_size=10, max_size=200),
    fraction=st.floats(0.05, 0.95),
    seed=st.integers(0, 2**63),
)
def test_a_split_loses_nothing_and_has_every_class_on_both_sides(labels: list[int], fraction: float, seed: int) -> None:
    array = np.array(labels)
    kept, held = stratified(array, fraction, seed)
    assert sorted([*kept, *held]) == list(range(len(labels)))
    for label, count in zip(*np.unique(array, return_counts=True), strict=True):
        assert (array[kept] == label).any()
        assert (array[held] == label).any() or count < 2
        assert abs((array[held] == label).sum() - count * fraction) <= 1


def test_the_held_out_part_is_as_large_as_asked() -> None:
    labels = np.repeat(np.arange(10), 99)
    assert len(stratified(labels, 0.1, 0)[1]) == 99


def test_the_same_seed_draws_the_same_pictures_on_every_machine() -> None:
    kept, held = stratified(np.arange(30) % 3, 0.2, 7)
    assert held.tolist() == HELD_BY_SEED_7
    assert stratified(np.arange(30) % 3, 0.2, 8)[1].tolist() != HELD_BY_SEED_7
    assert len(kept) == 24


HELD_BY_SEED_7 = [4, 6, 10, 20, 23, 24]


def test_the_last_rows_are_not_the_held_out_ones() -> None:
    held = stratified(np.repeat([0, 1], 500), 0.2, 0)[1]
    assert held.min() < 50
    assert held.max() > 950
    assert 80 < (held < 500).sum() < 120


def test_validation_comes_out_of_the_training_pictures() -> None:
    split = with_validation(dataset([0, 1, 2] * 20), 0.25, 3)
    assert split.validation is not None
    places = [*split.train.images.ravel(), *split.validation.images.ravel()]
    assert sorted(places) == list(range(60))
    assert (split.validation.labels == split.validation.images.ravel() % 3).all()
    assert len(split.validation) == 15
    assert split.fingerprint != dataset([0, 1, 2] * 20).fingerprint


def test_validation_pictures_that_came_with_the_set_are_kept() -> None:
    once = dataset([0, 1, 2] * 20).with_validation(0.25, 3)
    assert once.with_validation(0.5, 4) is once
    assert once.with_validation(0) is once


def test_a_fraction_out_of_range_is_refused() -> None:
    with pytest.raises(UsageError, match=r"the fraction to hold out: 1\.5; expected a number between 0 and 1"):
        stratified(np.array([0, 0, 1, 1]), 1.5, 0)


def test_a_negative_seed_is_refused() -> None:
    with pytest.raises(UsageError, match="the seed of a split: -1; expected a whole number from 0"):
        stratified(np.array([0, 0, 1, 1]), 0.5, -1)


def test_too_few_pictures_to_split_are_refused() -> None:
    with pytest.raises(DataError, match="2 pictures of 2 classes; expected at least one class with two pictures"):
        stratified(np.array([0, 1]), 0.5, 0)


def test_folds_have_the_same_size_and_share_every_class() -> None:
    labels = np.repeat([0, 1, 2], [50, 30, 23])
    numbers = folds(labels, 5, seed=0)
    assert sorted(np.bincount(numbers).tolist()) == [20, 20, 21, 21, 21]
    for label, expected in ((0, 10), (1, 6), (2, 4)):
        counts = np.bincount(numbers[labels == label], minlength=5)
        assert set(counts.tolist()) <= {expected, expected + 1}
    assert np.array_equal(numbers, folds(labels, 5, seed=0))
    assert not np.array_equal(numbers, folds(labels, 5, seed=1))


@pytest.mark.parametrize("count", [1, 4])
def test_folds_that_cannot_be(count: int) -> None:
    with pytest.raises(UsageError, match=f"the folds: {count} of 3 pictures; expected from 2 to as many folds"):
        folds(np.zeros(3, np.int64), count, seed=0)
