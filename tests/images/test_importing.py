"""Any source becomes one npz that reads back the same; what cannot be imported leaves nothing behind."""

from __future__ import annotations

import errno
import os
from pathlib import Path

import numpy as np
import pytest
from tests.images.picture_files import tree

from tenfold.errors import DataError, StorageError, UsageError
from tenfold.images import importing
from tenfold.images.dataset import Dataset
from tenfold.images.importing import import_pictures
from tenfold.images.load import load


def test_a_folder_becomes_one_file_that_reads_back_the_same(tmp_path: Path) -> None:
    names = [
        f"{split}/{kind}/{i}.png" for split in ("train", "val", "test") for kind in ("<b>", "ünï") for i in range(3)
    ]
    source = tree(tmp_path / "pets", *names)
    said: list[str] = []
    data = import_pictures(source, tmp_path / "new" / "pets.npz", size=16, say=said.append)
    again = load(tmp_path / "new" / "pets.npz")
    assert data.fingerprint == again.fingerprint == load(source, size=16).fingerprint
    assert again.classes == ("<b>", "ünï")
    assert set(again.splits) == {"train", "validation", "test"}
    assert (data.name, data.source) == ("pets", str(tmp_path / "new" / "pets.npz"))
    assert [path.name for path in (tmp_path / "new").iterdir()] == ["pets.npz"]
    assert said[-1].startswith("Wrote ")


def test_anything_with_numpy_reads_it(tmp_path: Path) -> None:
    import_pictures("digits", tmp_path / "digits.npz")
    with np.load(tmp_path / "digits.npz", allow_pickle=False) as arrays:
        assert arrays["x_train"].shape[1:] == (28, 28, 1)
        assert arrays["classes"].tolist() == [str(digit) for digit in range(10)]


def test_the_same_pictures_give_the_same_bytes(tmp_path: Path) -> None:
    source = tree(tmp_path / "pets", a=5, b=5)
    for name in ("one", "two"):
        import_pictures(source, tmp_path / f"{name}.npz")
    assert (tmp_path / "one.npz").read_bytes() == (tmp_path / "two.npz").read_bytes()


def test_nothing_is_overwritten(tmp_path: Path) -> None:
    (tmp_path / "old.npz").write_bytes(b"precious")
    with pytest.raises(UsageError, match=r"old\.npz: it exists; expected a new file\. Choose another name"):
        import_pictures("digits", tmp_path / "old.npz")
    assert (tmp_path / "old.npz").read_bytes() == b"precious"


def test_only_npz_is_written(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match=r"a file name that ends in '\.csv'; expected one that ends in \.npz"):
        import_pictures("digits", tmp_path / "x.csv")


def test_a_bad_source_leaves_nothing(tmp_path: Path) -> None:
    source = tree(tmp_path / "pets", a=5)
    with pytest.raises(DataError, match="only one class"):
        import_pictures(source, tmp_path / "new" / "x.npz")
    assert not (tmp_path / "new").exists()


def test_a_file_that_reads_back_differently_is_not_kept(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    other: Dataset = load(tree(tmp_path / "other", c=3, d=3))
    monkeypatch.setattr(importing, "read_npz", lambda path: other)
    with pytest.raises(StorageError, match="what was written reads back differently"):
        import_pictures(tree(tmp_path / "pets", a=5, b=5), tmp_path / "new" / "x.npz")
    assert list((tmp_path / "new").iterdir()) == []


def test_a_file_that_cannot_be_written_is_told_by_its_own_name(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*names: object) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(os, "replace", refuse)
    with pytest.raises(StorageError, match=r"new/x\.npz: the disk is full"):
        import_pictures(tree(tmp_path / "pets", a=5, b=5), tmp_path / "new" / "x.npz")
    assert list((tmp_path / "new").iterdir()) == []


def test_a_disk_that_refuses_even_to_tidy_up_is_told_as_what_it_is(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*given: object, **named: object) -> None:
        raise OSError(errno.EROFS, "Read-only file system")

    monkeypatch.setattr(os, "replace", refuse)
    monkeypatch.setattr(Path, "unlink", refuse)
    with pytest.raises(StorageError, match=r"x\.npz: the disk is read-only"):
        import_pictures(tree(tmp_path / "pets", a=5, b=5), tmp_path / "x.npz")
