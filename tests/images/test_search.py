"""Copies of a named set are found wherever people keep them, and taken only for what is in them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from tests.images.tiny import Tiny

from tenfold.errors import ChecksumError, DataError, DataNotFound
from tenfold.images.assemble import ignore
from tenfold.images.named import IDX_FILES, NAMED_SETS
from tenfold.images.search import find, places, seen

CONTAINERS: dict[str, Callable[[Tiny, Path], Path]] = {
    "npz": lambda tiny, folder: tiny.save_npz(folder / "tiny.npz"),
    "npz in its folder": lambda tiny, folder: tiny.save_npz(folder / "tiny" / "tiny.npz"),
    "idx": lambda tiny, folder: tiny.save_idx(folder, zipped=False),
    "idx, gzipped, in its folder": lambda tiny, folder: tiny.save_idx(folder / "tiny"),
}


def changed(tiny: Tiny, array: str) -> Tiny:
    """The same set with one pixel or label more than it should be."""
    contents = tiny.arrays[array].copy()
    contents.flat[3] = (contents.flat[3] + 1) % 3
    return replace(tiny, arrays={**tiny.arrays, array: contents})


@pytest.mark.parametrize("container", CONTAINERS)
def test_every_container_gives_the_same_set(container: str, tiny: Tiny, tmp_path: Path) -> None:
    where = CONTAINERS[container](tiny, tmp_path)
    found = find(tiny.named, tmp_path, ignore)
    assert found is not None
    assert found.source == str(where)
    assert (found.name, found.licence, found.classes) == ("tiny", "none", ("a", "b", "c"))
    assert np.array_equal(found.train.images[..., 0], tiny.arrays["x_train"])
    assert np.array_equal(found.test.labels, tiny.arrays["y_test"])
    assert seen(tiny.named, tmp_path) == where


def test_names_with_a_dot_and_labels_of_another_type_are_the_same_set(tiny: Tiny, tmp_path: Path) -> None:
    for path in tiny.save_idx(tmp_path / "dotted", zipped=False).iterdir():
        path.rename(path.with_name(path.name.replace("-idx", ".idx")))
    assert find(tiny.named, tmp_path / "dotted", ignore) is not None
    wide = {name: array.astype(np.int64) for name, array in tiny.arrays.items()}
    replace(tiny, arrays=wide).save_npz(tmp_path / "wide" / "tiny.npz")
    assert find(tiny.named, tmp_path / "wide", ignore) is not None
    assert seen(tiny.named, tmp_path / "wide") is not None


def test_the_folders_are_looked_at_in_order(tiny: Tiny, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for variable in ("TENFOLD_CACHE", "KERAS_HOME", "TENFOLD_DATA"):
        monkeypatch.setenv(variable, str(tmp_path / variable))
    (tmp_path / "TENFOLD_DATA").mkdir()
    keras, cache, data = (tmp_path / name for name in ("KERAS_HOME/datasets", "TENFOLD_CACHE/data", "TENFOLD_DATA"))
    assert places(None) == [data, cache, keras]
    assert places(tmp_path) == [tmp_path, cache, keras]
    assert find(tiny.named, None, ignore) is None
    for place in (keras, cache, data, tmp_path):
        where = tiny.save_npz(place / "tiny.npz")
        found = find(tiny.named, tmp_path if place == tmp_path else None, ignore)
        assert found is not None
        assert found.source == str(where)


def test_without_settings_the_systems_places_are_looked_at(home: Path) -> None:
    cache, keras = places(None)
    assert home in cache.parents
    assert keras == home / "keras" / "datasets"


@pytest.mark.parametrize("array", IDX_FILES)
@pytest.mark.parametrize("container", ["npz", "idx"])
def test_one_wrong_number_is_noticed(array: str, container: str, tiny: Tiny, tmp_path: Path) -> None:
    CONTAINERS[container](changed(tiny, array), tmp_path)
    words = rf"its {array} is not that of tiny \(SHA-256 .*; expected SHA-256 .*data fetch tiny"
    with pytest.raises(ChecksumError, match=words):
        find(tiny.named, tmp_path, ignore)


def test_a_wrong_copy_in_a_cache_is_passed_over_with_a_word(tiny: Tiny, home: Path) -> None:
    changed(tiny, "x_train").save_npz(home / "keras" / "datasets" / "tiny.npz")
    said: list[str] = []
    assert find(tiny.named, None, said.append) is None
    assert "Passed over a copy of tiny:" in said[0]
    assert "its x_train is not that of tiny" in said[0]
    tiny.save_idx(home / "keras" / "datasets" / "tiny")
    assert find(tiny.named, None, ignore) is not None


def test_a_damaged_copy_is_not_seen(tiny: Tiny, tmp_path: Path) -> None:
    (tmp_path / "tiny.npz").write_bytes(tiny.save_npz(tmp_path / "whole" / "tiny.npz").read_bytes()[:-100])
    assert seen(tiny.named, tmp_path) is None
    with pytest.raises(DataError, match="not an npz file, or one that is cut off"):
        find(tiny.named, tmp_path, ignore)


def test_files_of_the_same_names_may_be_another_set(
    tiny: Tiny, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    other = replace(tiny.named, name="other")
    monkeypatch.setitem(NAMED_SETS, "other", other)
    tiny.save_idx(tmp_path)
    wanted = replace(tiny.named, hashes=dict.fromkeys(IDX_FILES, "0" * 64))
    assert find(wanted, tmp_path, ignore) is None
    assert find(other, tmp_path, ignore) is not None


def test_an_npz_without_the_keys_is_refused(tiny: Tiny, tmp_path: Path) -> None:
    np.savez(tmp_path / "tiny.npz", x_train=tiny.arrays["x_train"])
    with pytest.raises(DataError, match=r"tiny\.npz: no array y_train; expected x_train, y_train, x_test, y_test"):
        find(tiny.named, tmp_path, ignore)


def test_a_data_folder_that_is_not_there_is_an_error(tiny: Tiny, tmp_path: Path) -> None:
    with pytest.raises(DataNotFound, match=r"nowhere: there is no such folder\. Correct --data-dir or TENFOLD_DATA"):
        find(tiny.named, tmp_path / "nowhere", ignore)
