"""IDX files are read whatever wraps them, and believed only as far as they are long."""

from __future__ import annotations

import gzip
import struct
from pathlib import Path

import numpy as np
import pytest
from tests.images.tiny import Tiny, idx_bytes, pictures

from tenfold.errors import DataError, DataNotFound, UnsafeData
from tenfold.images.idx import read_pairs, stored_idx
from tenfold.images.stored import Array


def read_idx(source: Path | bytes) -> Array:
    return stored_idx(source).read()


def pair(folder: Path, name: str = "", count: int = 30) -> Path:
    x, y = pictures(count)
    (folder / f"{name}labels-idx1-ubyte").write_bytes(idx_bytes(y))
    (folder / f"{name}images-idx3-ubyte.gz").write_bytes(gzip.compress(idx_bytes(x)))
    return folder / f"{name}images-idx3-ubyte.gz"


@pytest.mark.parametrize("wrap", [bytes, gzip.compress])
def test_an_array_comes_back_from_bytes_and_from_a_file(wrap: object, tmp_path: Path) -> None:
    assert callable(wrap)
    x, _ = pictures(5)
    data = wrap(idx_bytes(x))
    (tmp_path / "no telling name").write_bytes(data)
    assert np.array_equal(read_idx(data), x)
    assert np.array_equal(read_idx(tmp_path / "no telling name"), x)


def test_numbers_wider_than_a_byte_are_big_endian() -> None:
    assert read_idx(struct.pack(">4BI2i", 0, 0, 0x0C, 1, 2, -5, 70_000)).tolist() == [-5, 70_000]


def test_a_pair_becomes_a_dataset_with_a_drawn_test_split(tmp_path: Path) -> None:
    dataset = read_pairs(pair(tmp_path, "own-"), seed=3)
    assert str(dataset) == "own: 24 train, 6 test pictures, 6×6 grey, 3 classes"
    assert "stratified, seed 3" in dataset.notes[0]


def test_either_file_of_a_pair_will_do(tmp_path: Path) -> None:
    images = pair(tmp_path)
    assert read_pairs(tmp_path / "labels-idx1-ubyte").fingerprint == read_pairs(images).fingerprint


def test_the_test_pair_beside_it_is_the_test_split(tiny: Tiny, tmp_path: Path) -> None:
    folder = tiny.save_idx(tmp_path / "four")
    dataset = read_pairs(folder)
    assert np.array_equal(dataset.test.images[..., 0], tiny.arrays["x_test"])
    assert read_pairs(folder / "train-images-idx3-ubyte.gz").fingerprint == dataset.fingerprint
    assert len(read_pairs(folder / "t10k-images-idx3-ubyte.gz").train) == 16  # asked for alone, it is all there is


def test_a_file_without_its_partner_is_refused(tmp_path: Path) -> None:
    images = pair(tmp_path)
    (tmp_path / "labels-idx1-ubyte").unlink()
    with pytest.raises(DataNotFound, match="no second file that belongs to it; expected a pair of IDX files"):
        read_pairs(images)


def test_a_wrong_magic_number_is_refused() -> None:
    with pytest.raises(DataError, match="begins with the bytes 50 4b 03 04, which is no IDX magic number"):
        read_idx(b"PK\x03\x04 and more")


def test_more_items_than_the_file_holds_are_refused() -> None:
    data = idx_bytes(pictures(30)[0])
    with pytest.raises(DataError, match="it declares 30 items, but the file holds 29"):
        read_idx(data[:-1])
    with pytest.raises(DataError, match="it declares 30 items, but the file holds 29"):
        read_idx(gzip.compress(data[:-1]))


def test_a_huge_declaration_takes_no_memory() -> None:
    claim = struct.pack(">4BIII", 0, 0, 8, 3, 4_000_000_000, 28, 28)
    with pytest.raises(DataError, match="it declares 4,000,000,000 items, but the file holds 0"):
        read_idx(claim)
    with pytest.raises(UnsafeData, match="claim to expand to 3,136,000,000,000; expected at most 1 GiB, or 100 times"):
        read_idx(gzip.compress(claim))


def test_data_after_the_last_item_is_refused() -> None:
    data = idx_bytes(pictures(30)[0])
    with pytest.raises(DataError, match="more data after the 30 items that it declares"):
        read_idx(data + b"!")


def test_a_truncated_gzip_is_refused() -> None:
    with pytest.raises(DataError, match="the compressed file is truncated"):
        read_idx(gzip.compress(idx_bytes(pictures(30)[0]))[:-9])


def test_a_damaged_gzip_is_refused() -> None:
    data = bytearray(gzip.compress(idx_bytes(pictures(30)[0])))
    data[-5] ^= 1  # within the checksum
    with pytest.raises(DataError, match="the compressed file is damaged"):
        read_idx(bytes(data))


def test_a_header_cut_short_and_no_items_are_refused() -> None:
    with pytest.raises(DataError, match="the file ends inside its header"):
        read_idx(b"\0\0\x08\x03\0\0")
    with pytest.raises(DataError, match="it declares no items"):
        read_idx(struct.pack(">4BI", 0, 0, 8, 1, 0))


def test_a_web_page_under_the_name_of_a_gzip_is_refused(tmp_path: Path) -> None:
    page = tmp_path / "train-images-idx3-ubyte.gz"
    page.write_text("\n <!DOCTYPE html><html>Sign in</html>")
    with pytest.raises(DataError, match=r"train-images-idx3-ubyte.gz: a web page \(HTML\)"):
        read_idx(page)


def test_pictures_and_labels_of_different_number_are_refused(tmp_path: Path) -> None:
    images = pair(tmp_path)
    (tmp_path / "labels-idx1-ubyte").write_bytes(idx_bytes(np.arange(29) % 3))
    with pytest.raises(DataError, match="30 pictures and 29 labels; expected as many labels as pictures"):
        read_pairs(images)
