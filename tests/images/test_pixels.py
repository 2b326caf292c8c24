"""Pictures beyond the budget live in a mapped file, which nobody notices and which goes away by itself."""

from __future__ import annotations

import errno
import gc
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

from tenfold.errors import DataError, StorageError
from tenfold.images.dataset import Images
from tenfold.images.pixels import gathered, taken


@pytest.fixture
def cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("TENFOLD_CACHE", str(tmp_path))
    return tmp_path


def pieces(count: int = 10) -> Iterator[Images]:
    for number in range(count):
        yield np.full((7, 2, 3, 1), number, np.uint8)


def test_small_sets_are_in_memory_and_large_ones_mapped(cache: Path) -> None:
    shape = (70, 2, 3, 1)
    inside, outside = gathered(pieces(), shape), gathered(pieces(), shape, budget=419)
    assert not isinstance(inside, np.memmap)
    assert isinstance(outside, np.memmap)
    assert np.array_equal(inside, outside)
    assert isinstance(gathered(pieces(), shape, budget=420), np.ndarray)


def test_the_mapped_file_goes_with_the_array(cache: Path) -> None:
    images = gathered(pieces(), (70, 2, 3, 1), budget=0)
    assert images[69, 1, 2, 0] == 9
    del images
    gc.collect()
    assert [path for path in cache.rglob("*") if path.is_file()] == []


def test_chosen_pictures_of_a_mapped_set_are_mapped_again(cache: Path) -> None:
    images = gathered(pieces(), (70, 2, 3, 1), budget=0)
    chosen = np.array([0, 7, 69, 7])
    some = taken(images, chosen, budget=0)
    assert isinstance(some, np.memmap)
    assert some[:, 0, 0, 0].tolist() == [0, 1, 9, 1]


@pytest.mark.parametrize("budget", [0, 10_000])
def test_pictures_that_do_not_come_are_missed(budget: int, cache: Path) -> None:
    with pytest.raises(DataError, match="pictures: 63 pictures; expected 70"):
        gathered(pieces(9), (70, 2, 3, 1), budget=budget)
    assert [path for path in cache.rglob("*") if path.is_file()] == []


def test_a_full_disk_is_one_line_and_leaves_nothing(cache: Path) -> None:
    def until_full() -> Iterator[Images]:
        yield from pieces(3)
        raise OSError(errno.ENOSPC, "No space left on device")

    with pytest.raises(StorageError, match="the disk is full"):
        gathered(until_full(), (70, 2, 3, 1), budget=0)
    assert [path for path in cache.rglob("*") if path.is_file()] == []
