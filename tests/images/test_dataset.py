"""A dataset is what it holds: immutable, counted, told apart by its fingerprint, shown without trusting its names."""

from __future__ import annotations

import base64
import io
import re
from dataclasses import FrozenInstanceError, replace

import numpy as np
import pytest
from PIL import Image
from tests.images.tiny import pictures

from tenfold.errors import DataError
from tenfold.images.dataset import Dataset, Split


def split(count: int, seed: int = 0, channels: int = 1, side: int = 6) -> Split:
    x, y = pictures(count, seed, side)
    return Split(np.repeat(x[..., np.newaxis], channels, axis=3), y.astype(np.int64))


def dataset(**changes: object) -> Dataset:
    whole = Dataset("own", split(30), split(10, seed=1), ("a", "b", "c"), source="here", notes=("a note",))
    return replace(whole, **changes)  # type: ignore[arg-type]


def shown_pictures(page: str) -> list[Image.Image]:
    return [Image.open(io.BytesIO(base64.b64decode(data))) for data in re.findall(r"base64,([^\"]+)", page)]


def test_it_cannot_be_changed() -> None:
    with pytest.raises(FrozenInstanceError):
        dataset().name = "other"  # type: ignore[misc]
    with pytest.raises(ValueError, match="read-only"):
        dataset().train.images[0] = 0
    with pytest.raises(ValueError, match="read-only"):
        dataset().train.labels[0] = 0


def test_what_is_no_split_is_refused() -> None:
    with pytest.raises(DataError, match=r"an array of float64 with shape .*; expected uint8"):
        Split(np.zeros((3, 2, 2, 1)), np.arange(3))  # type: ignore[arg-type]
    with pytest.raises(DataError, match="3 pictures and 2 labels"):
        Split(np.zeros((3, 2, 2, 1), np.uint8), np.arange(2))


def test_the_fingerprint_is_of_the_pictures_the_labels_the_splits_and_the_classes() -> None:
    relabelled = Split(split(30).images, np.roll(split(30).labels, 1))
    others = [
        dataset(train=split(30, seed=9)),
        dataset(train=relabelled),
        dataset(train=split(10, seed=1), test=split(30)),
        dataset(classes=("a", "b", "d")),
        dataset(validation=split(5)),
    ]
    assert len({dataset().fingerprint, *(other.fingerprint for other in others)}) == 6
    assert dataset(name="x", source="y", notes=()).fingerprint == dataset().fingerprint


def test_text_and_counts() -> None:
    assert str(dataset()) == "own: 30 train, 10 test pictures, 6×6 grey, 3 classes"
    assert "colour" in str(dataset(train=split(3, channels=3)))
    assert dataset().counts() == {"train": {"a": 10, "b": 10, "c": 10}, "test": {"a": 4, "b": 3, "c": 3}}


def test_a_notebook_shows_the_first_pictures_of_each_class_and_the_counts() -> None:
    page = dataset()._repr_html_()
    shown = shown_pictures(page)
    assert [picture.size for picture in shown] == [(60, 6)] * 3
    of_b = dataset().train.images[dataset().train.labels == 1][..., 0]
    assert np.array_equal(np.asarray(shown[1])[:, 6:12], of_b[1])
    assert "<td>b</td><td>10</td><td>3</td>" in page
    assert "a note" in page


def test_a_notebook_trusts_no_name() -> None:
    bad = "<script>alert('1')</script>"
    page = dataset(name=bad, classes=(bad, '"onload="x', "c"), source=bad, licence=bad, notes=(bad,))._repr_html_()
    assert "<script" not in page
    assert 'alt="10 pictures of &quot;onload=&quot;x"' in page


def test_a_notebook_shows_characters_that_hide_or_turn_text_around() -> None:
    bad = "a\u202egpj\x1b[2J\u200b"
    page = dataset(name=bad, classes=(bad, "b", "c"), source=bad, licence=bad, notes=(bad,))._repr_html_()
    assert page.count(r"a\u202egpj\x1b[2J\u200b") == 6  # the picture's description names the class again
    assert page.isprintable()


def test_a_notebook_shows_colour_large_pictures_and_many_classes_within_bounds() -> None:
    assert {picture.mode for picture in shown_pictures(dataset(train=split(9, channels=3))._repr_html_())} == {"RGB"}
    assert len(shown_pictures(dataset(train=split(9, channels=2))._repr_html_())) == 3
    assert shown_pictures(dataset(train=split(9, side=300))._repr_html_())[0].size == (192, 64)
    page = dataset(classes=tuple(map(str, range(50))))._repr_html_()
    assert "… and 10 more classes" in page
    assert len(shown_pictures(page)) == 3  # the others have no pictures
