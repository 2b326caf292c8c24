"""Which arrays are pictures and labels, what becomes of them, and what each refusal says."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from tests.images.tiny import pictures

from tenfold.errors import DataError
from tenfold.images.arrays import checked
from tenfold.images.npz import read_npz
from tenfold.images.stored import Array

Save = Callable[..., Path]
ABC = ("a", "b", "c")
x, y = pictures(30)


@pytest.mark.parametrize(
    "same",
    [
        x.astype(np.int64),
        x.astype(">u2"),
        x / 255,
        (x / 255).astype(np.float32),
        np.minimum(x + 0.2, 255),
        x[..., np.newaxis],
        x.reshape(30, 36),
    ],
    ids=["int64", "big endian", "fractions", "float32", "rounded", "channels", "flat"],
)
def test_the_same_pictures_however_they_are_stored(same: Array) -> None:
    assert np.array_equal(checked(same, y, ABC, "own").images[..., 0], x)


def test_true_is_white() -> None:
    assert set(np.unique(checked(x > 127, y, ABC, "own").images)) == {0, 255}


@pytest.mark.parametrize("same", [y.astype(float), y[:, np.newaxis], np.eye(3)[y]], ids=["float", "column", "one-hot"])
def test_the_same_labels_however_they_are_stored(same: Array) -> None:
    split = checked(x, same, ABC, "own")
    assert split.labels.dtype == np.int64
    assert np.array_equal(split.labels, y)


def test_a_split_does_not_change_when_the_array_that_it_came_from_does() -> None:
    own = x.copy()
    split = checked(own, y, ABC, "own")
    own[:] = 0
    assert np.array_equal(split.images[..., 0], x)
    with pytest.raises(ValueError, match="read-only"):
        split.images[0] = 0


@pytest.mark.parametrize("value", [np.nan, np.inf, -np.inf])
def test_nan_and_infinity_are_refused_by_picture(value: float) -> None:
    bad = x / 255
    bad[7, 2, 3] = value
    with pytest.raises(DataError, match="own: picture 7 holds NaN or infinity; expected finite pixels"):
        checked(bad, y, ABC, "own")


@pytest.mark.parametrize(
    ("bad", "words"),
    [
        (x.astype(int) - 5, "pixels from -5 to"),
        (x / 127.5 - 1, "pixels from -1 to 1; expected 0 to 255, or fractions from 0 to 1"),
        (x.astype(int) * 256, "pixels from 0 to 65280"),
        (np.full((30, 6, 6), "x"), "pixels of type <U1; expected numbers"),
        (x.reshape(30, 3, 12), None),
        (x.reshape(30, 36)[:, :35], r"an array of shape \(30, 35\)"),
        (np.zeros((30, 3, 6, 6), np.uint8), "channels first; expected channels last"),
        (np.zeros((30, 6, 6, 7), np.uint8), "7 channels; expected 1 to 4 channels"),
    ],
)
def test_what_is_no_picture_is_refused(bad: Array, words: str | None) -> None:
    if words is None:
        assert checked(bad, y, ABC, "own").images.shape == (30, 3, 12, 1)
        return
    with pytest.raises(DataError, match=words):
        checked(bad, y, ABC, "own")


@pytest.mark.parametrize(
    ("bad", "words"),
    [
        (y[:29], "30 pictures and 29 labels; expected as many labels as pictures"),
        (np.where(np.arange(30) == 4, 3, y), "label 3 of picture 4 is out of range; expected labels from 0 to 2"),
        (np.where(np.arange(30) == 4, -1, y.astype(int)), "label -1 of picture 4 is out of range"),
        (np.where(np.arange(30) == 4, 0.5, y), "label 0.5 of picture 4 is not a whole number"),
        (np.where(np.arange(30) == 4, np.nan, y), "label nan of picture 4 is not a whole number"),
        (np.where(np.arange(30) == 4, np.inf, y), "label inf of picture 4 is out of range"),
        (np.where(np.arange(30) == 4, 2**64 - 1, y.astype(np.uint64)), "label 18446744073709551615 of picture 4"),
        (np.array(["a"] * 30), "labels of type <U1; expected whole numbers"),
        (np.eye(3)[y] / 2, r"labels of shape \(30, 3\); expected one label a picture, or one-hot rows"),
        (np.zeros((30, 2, 2)), r"labels of shape \(30, 2, 2\)"),
        (np.array([], int), r"labels of shape \(0,\)"),
    ],
)
def test_what_is_no_label_is_refused(bad: Array, words: str) -> None:
    with pytest.raises(DataError, match=words):
        checked(x, bad, ABC, "own")


def test_classes_without_names_are_called_by_their_numbers(save: Save) -> None:
    dataset = read_npz(save(x=x, y=y + 1))  # as EMNIST's letters are numbered
    assert dataset.classes == ("1", "2", "3")
    assert dataset.counts()["test"] == {"1": 2, "2": 2, "3": 2}


@pytest.mark.parametrize(
    ("labels", "words"),
    [
        (np.zeros(30, int), r"only one class \(label 0\); expected pictures of at least two classes"),
        (np.where(np.arange(30) == 4, 57, y), "label 57 of picture 4 is out of range, for there is no 56"),
        (y.astype(int) - 1, "label -1 of picture 0 is out of range; expected labels from 0"),
        (y + 2, "label 2 of picture 0 is out of range, for there is no 1"),
    ],
)
def test_labels_without_names_that_make_no_classes_are_refused(labels: Array, words: str, save: Save) -> None:
    with pytest.raises(DataError, match=words):
        read_npz(save(x=x, y=labels))


def test_a_label_that_only_the_test_pictures_have_is_refused(save: Save) -> None:
    with pytest.raises(DataError, match="test: label 3 of picture 0 is out of range; expected labels from 0 to 2"):
        read_npz(save(x_train=x, y_train=y, x_test=x, y_test=y[::-1] + 1))


def test_one_class_of_several_names_is_refused(save: Save) -> None:
    with pytest.raises(DataError, match="only one class"):
        read_npz(save(x=x, y=np.ones(30, int), classes=np.array(ABC)))


def test_splits_of_different_sizes_are_refused(save: Save) -> None:
    with pytest.raises(
        DataError, match=r"different sizes \(train 6×6×1, test 3×12×1\); expected one size in all splits"
    ):
        read_npz(save(x_train=x, y_train=y, x_test=x.reshape(30, 3, 12), y_test=y))
