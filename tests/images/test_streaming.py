"""More pictures than fit: mapped from the cache, written once, and the same to the last pixel."""

from __future__ import annotations

import io
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pytest
from tests.images.picture_files import colour, grey, tree

from tenfold.errors import StorageError, UnsafeData
from tenfold.files import PARTIAL
from tenfold.images import streaming
from tenfold.images.dataset import Dataset
from tenfold.images.folder import read_folder

SMALL = 1000  # bytes of pixels: a picture and a bit


@pytest.fixture
def cache(home: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("TENFOLD_CACHE", str(home / "cache"))
    return home / "cache" / "pictures"


@dataclass
class Counted:
    """How many pictures were decoded."""

    count: int = 0


@pytest.fixture
def decodings(monkeypatch: pytest.MonkeyPatch) -> Counted:
    counted, decode = Counted(), streaming.decode

    def counting(*given: object, **named: object) -> object:
        counted.count += 1
        return decode(*given, **named)  # type: ignore[arg-type]

    monkeypatch.setattr(streaming, "decode", counting)
    return counted


def test_mapped_pictures_are_the_ones_in_memory(tmp_path: Path, cache: Path) -> None:
    tree(tmp_path, a=10, b=10)
    (tmp_path / "a" / "bad.png").write_bytes(b"<html>")
    (tmp_path / "b" / "wide.png").write_bytes(grey(50))
    memory, mapped = read_folder(tmp_path), read_folder(tmp_path, budget=SMALL)
    assert not isinstance(memory.train.images.base, np.memmap)
    for split in mapped.splits.values():
        assert isinstance(split.images, np.memmap)
        assert not split.images.flags.writeable
    assert mapped.fingerprint == memory.fingerprint
    assert mapped.notes == memory.notes
    assert mapped.reading == memory.reading


def test_the_second_load_decodes_nothing(tmp_path: Path, cache: Path, decodings: Counted) -> None:
    first = read_folder(tree(tmp_path, a=5, b=5), budget=SMALL)
    assert decodings.count == 10
    again = read_folder(tmp_path, budget=SMALL)
    assert decodings.count == 10
    assert again.fingerprint == first.fingerprint
    assert len(list(cache.glob("*.npy"))) == 1


def test_a_changed_picture_is_decoded_anew(tmp_path: Path, cache: Path) -> None:
    first = read_folder(tree(tmp_path, a=5, b=5), budget=SMALL)
    (tmp_path / "a" / "0.png").write_bytes(grey(99))
    assert read_folder(tmp_path, budget=SMALL).fingerprint != first.fingerprint


def test_another_size_or_seed_is_another_file(tmp_path: Path, cache: Path) -> None:
    tree(tmp_path, a=5, b=5)
    for size, seed in ((28, 0), (20, 0), (28, 1)):
        read_folder(tmp_path, size=size, seed=seed, budget=SMALL)
    assert len(list(cache.glob("*.npy"))) == 3


def test_colour_that_comes_late_is_kept(tmp_path: Path, cache: Path) -> None:
    tree(tmp_path, a=5, b=5)
    (tmp_path / "b" / "z.png").write_bytes(colour(3))
    memory, mapped = read_folder(tmp_path), read_folder(tmp_path, budget=SMALL)
    assert memory.shape == mapped.shape == (28, 28, 3)
    assert memory.fingerprint == mapped.fingerprint
    assert not list(cache.glob(f"*{PARTIAL}"))


def saved(array: np.ndarray) -> bytes:
    file = io.BytesIO()
    np.save(file, array)
    return file.getvalue()


OTHERS = [saved(np.zeros((3, 28, 28, 1), np.uint8)), saved(np.zeros((10, 28, 28, 1), np.int8))]


@pytest.mark.parametrize("damage", [b"", b"\x93NUMPY\1\0", b"x" * 300, b"{}", *OTHERS])
def test_a_damaged_cache_is_made_again(tmp_path: Path, cache: Path, damage: bytes) -> None:
    first = read_folder(tree(tmp_path, a=5, b=5), budget=SMALL).fingerprint
    for file in cache.iterdir():
        kept = file.read_bytes()
        file.write_bytes(damage)
        assert read_folder(tmp_path, budget=SMALL).fingerprint == first
        assert file.read_bytes() == kept


def test_a_cut_off_file_of_pixels_is_made_again(tmp_path: Path, cache: Path) -> None:
    first = read_folder(tree(tmp_path, a=5, b=5), budget=SMALL).fingerprint
    pixels = next(cache.glob("*.npy"))
    pixels.write_bytes(pixels.read_bytes()[:-1])
    assert read_folder(tmp_path, budget=SMALL).fingerprint == first


def test_a_reading_that_fails_leaves_nothing(tmp_path: Path, cache: Path) -> None:
    tree(tmp_path, a=5, b=2)
    (tmp_path / "b" / "z.gif").write_bytes(b"GIF89a\xff\xff\xff\xff\0\0\0" + b",\0\0\0\0\xff\xff\xff\xff\0\x08")
    with pytest.raises(UnsafeData):
        read_folder(tmp_path, budget=SMALL)
    assert list(cache.iterdir()) == []


def test_a_disk_without_room_is_told_before_the_work(
    tmp_path: Path, cache: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    usage = type("Usage", (), {"free": 100})
    monkeypatch.setattr(streaming.shutil, "disk_usage", lambda folder: usage)
    with pytest.raises(StorageError, match=r"100 bytes free; expected 7,840 for the decoded pictures .* TENFOLD_CACHE"):
        read_folder(tree(tmp_path, a=5, b=5), budget=SMALL)


def test_progress_is_told(tmp_path: Path, cache: Path) -> None:
    said: list[str] = []
    read_folder(tree(tmp_path, a=5, b=5), budget=SMALL, say=said.append)
    assert said == ["Decoding 10 pictures into the cache, once: 100 %"]


def test_memory_is_the_default_and_the_cache_is_left_alone(tmp_path: Path, cache: Path) -> None:
    data: Dataset = read_folder(tree(tmp_path, a=5, b=5))
    assert not cache.exists()
    assert not data.train.images.flags.writeable
