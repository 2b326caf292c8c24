"""npz files in every layout that people have, and no more memory or trust than a stranger's file deserves."""

from __future__ import annotations

import io
import pickle
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Literal

import numpy as np
import pytest
from tests.images.tiny import Tiny, pictures

from tenfold.errors import DataError, UnsafeData
from tenfold.images.npz import read_npz, write_npz

Save = Callable[..., Path]


def with_header(path: Path, header: str, data: bytes = b"", declared: int | None = None) -> Path:
    """An npz file whose x_train has a header of one's own making."""
    text = header.encode().ljust(117) + b"\n"
    member = b"\x93NUMPY\x01\x00" + len(text).to_bytes(2, "little") + text + data
    labels = io.BytesIO()
    np.save(labels, np.arange(3))
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("x_train.npy", member)
        archive.writestr("y_train.npy", labels.getvalue())
    return path


@pytest.mark.parametrize("names", ["x_train y_train", "images labels", "x y", "X y", "train_images train_labels"])
def test_pictures_and_labels_by_any_usual_name(names: str, save: Save) -> None:
    dataset = read_npz(save(**dict(zip(names.split(), pictures(30), strict=True))), seed=1)
    assert str(dataset) == "own: 24 train, 6 test pictures, 6×6 grey, 3 classes"


def test_splits_that_are_there_are_kept_as_they_are(tiny: Tiny, save: Save) -> None:
    x, y = pictures(9, seed=5)
    dataset = read_npz(save(**tiny.arrays, x_validation=x, y_validation=y))
    assert list(dataset.splits) == ["train", "validation", "test"]
    assert np.array_equal(dataset.test.images[..., 0], tiny.arrays["x_test"])
    assert dataset.notes == ()


@pytest.mark.parametrize("order", ["C", "F"])
def test_order_compression_and_type_do_not_matter(order: Literal["C", "F"], tmp_path: Path) -> None:
    x, y = pictures(30)
    np.savez_compressed(tmp_path / "own.npz", x_train=np.array(x, np.int64, order=order), y_train=y)
    np.savez(tmp_path / "plain.npz", x_train=x, y_train=y.astype(float))
    assert read_npz(tmp_path / "own.npz").fingerprint == read_npz(tmp_path / "plain.npz").fingerprint


def test_what_is_written_is_read_back_the_same(tiny: Tiny, save: Save, tmp_path: Path) -> None:
    dataset = read_npz(save(**tiny.arrays, classes=np.array(["ant", "bee", "cat"]))).with_validation(0.2)
    write_npz(dataset, tmp_path / "a.npz")
    again = read_npz(tmp_path / "a.npz")
    assert again.classes == ("ant", "bee", "cat")
    assert again.fingerprint == dataset.fingerprint
    write_npz(again, tmp_path / "b.npz")
    assert (tmp_path / "a.npz").read_bytes() == (tmp_path / "b.npz").read_bytes()


def test_arrays_of_other_names_are_named(save: Save) -> None:
    with pytest.raises(DataError, match="arrays named a, b; expected x_train and y_train"):
        read_npz(save(a=np.zeros(3), b=np.zeros(3)))


def test_pictures_without_labels_are_refused(save: Save, tiny: Tiny) -> None:
    with pytest.raises(DataError, match="x_test without y_test; expected both"):
        read_npz(save(x_train=tiny.arrays["x_train"], y_train=tiny.arrays["y_train"], x_test=tiny.arrays["x_test"]))


def test_python_objects_are_refused_and_never_unpickled(tmp_path: Path) -> None:
    class Bomb:
        def __reduce__(self) -> tuple[object, ...]:
            return Path.touch, (tmp_path / "exploded",)

    objects = np.array([Bomb(), Bomb()])
    np.savez(tmp_path / "own.npz", x_train=objects, y_train=np.arange(2))
    with pytest.raises(UnsafeData, match="x_train: an array of Python objects, which only pickle can read"):
        read_npz(tmp_path / "own.npz")
    assert not (tmp_path / "exploded").exists()
    pickle.loads(pickle.dumps(objects))
    assert (tmp_path / "exploded").exists()  # the bomb was a real one


def test_an_object_array_that_nobody_asks_for_is_left_alone(save: Save, tiny: Tiny) -> None:
    assert len(read_npz(save(**tiny.arrays, history=np.array([{}], object))).train) == 60


@pytest.mark.parametrize(
    ("shape", "words"),
    [
        ("(1000000000000, 28, 28)", "it declares 784,000,000,000,000 bytes .* but holds 0"),
        ("(-3, -28, 28)", "an empty array"),
        ("(1000000000000, 0)", "an empty array"),
        ("()", "a single value; expected an array"),
    ],
)
def test_a_header_that_declares_what_is_not_there_takes_no_memory(shape: str, words: str, tmp_path: Path) -> None:
    header = f"{{'descr': '|u1', 'fortran_order': False, 'shape': {shape}}}"
    with pytest.raises(DataError, match=words):
        read_npz(with_header(tmp_path / "own.npz", header))


@pytest.mark.parametrize("header", ["{", "(" * 100, "-" * 100, "{'descr': '|u1'}", "__import__('os')"])
def test_a_header_that_makes_no_sense_is_refused(header: str, tmp_path: Path) -> None:
    with pytest.raises(DataError, match="x_train: its header is damaged"):
        read_npz(with_header(tmp_path / "own.npz", header))


def test_a_file_that_expands_beyond_reason_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tenfold.images.stored.FREE_EXPANSION", 1_000_000)
    np.savez_compressed(tmp_path / "own.npz", x_train=np.zeros((3000, 28, 28), np.uint8), y_train=np.arange(3000) % 2)
    with pytest.raises(UnsafeData, match="bytes that claim to expand to 2,376,256; expected at most"):
        read_npz(tmp_path / "own.npz")


def test_more_labels_than_any_set_has_are_refused_unread(save: Save, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tenfold.images.arrays.MOST_PICTURES", 29)
    with pytest.raises(UnsafeData, match="y_train: 30 labels in 30 bytes; expected at most 29 labels"):
        read_npz(save(**dict(zip(("x_train", "y_train"), pictures(30), strict=True))))


def test_an_empty_file_and_no_archive_and_a_web_page_are_told_apart(tmp_path: Path) -> None:
    path = tmp_path / "own.npz"
    path.write_bytes(b"")
    with pytest.raises(DataError, match=r"own\.npz: an empty file; expected pictures or labels"):
        read_npz(path)
    path.write_bytes(b"something else")
    with pytest.raises(DataError, match=r"own\.npz: not an npz file, or one that is cut off"):
        read_npz(path)
    path.write_text("<html><head><title>404</title>")
    with pytest.raises(DataError, match=r"own\.npz: a web page \(HTML\)"):
        read_npz(path)


def test_a_damaged_member_is_refused(save: Save, tiny: Tiny) -> None:
    path = save(**tiny.arrays)
    data = bytearray(path.read_bytes())
    data[300] ^= 255  # a pixel of x_train
    path.write_bytes(data)
    with pytest.raises(DataError, match=r"the compressed file is damaged \(Bad CRC-32"):
        read_npz(path)


def test_class_names_must_be_names(save: Save, tiny: Tiny) -> None:
    with pytest.raises(DataError, match=r"classes: an array of int64 with shape \(3,\); expected a list"):
        read_npz(save(**tiny.arrays, classes=np.arange(3)))
    with pytest.raises(DataError, match="two classes with the same name"):
        read_npz(save(**tiny.arrays, classes=np.array(["a", "b", "a"])))
