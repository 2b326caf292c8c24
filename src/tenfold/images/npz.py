"""npz files: NumPy's archive of named arrays, read without pickle and without believing what it claims.

Reads the layouts in `LAYOUTS`, and an optional array `classes` of names. `write_npz` writes the first layout, so that
whatever Tenfold imported is read back the same. Each header is compared with the size of its member, and that with the
size of the file, before any memory is taken.
"""

from __future__ import annotations

import math
import warnings
import zipfile
import zlib
from collections.abc import Collection, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import IO, Any

import numpy as np

from tenfold.errors import DataError, UnsafeData
from tenfold.files import replacing
from tenfold.images.arrays import read_labels
from tenfold.images.assemble import assembled
from tenfold.images.dataset import Dataset
from tenfold.images.stored import Array, Stored, first_bytes, pieces_from, read_exactly, refuse_bomb, unpacking

Layout = Mapping[str, tuple[str, str]]  # split → the names of its pictures and its labels

LAYOUTS: tuple[Layout, ...] = (
    {"train": ("x_train", "y_train"), "validation": ("x_validation", "y_validation"), "test": ("x_test", "y_test")},
    {
        "train": ("train_images", "train_labels"),
        "validation": ("val_images", "val_labels"),
        "test": ("test_images", "test_labels"),
    },
    {"train": ("images", "labels")},
    {"train": ("x", "y")},
    {"train": ("X", "y")},
)
EXPECTED = "x_train and y_train (with x_test and y_test), or images and labels, or x and y"
MOST_NAMES = 64 * 1024**2  # bytes of the array of class names


def read_npz(path: Path, *, seed: int = 0, test_fraction: float = 0.2) -> Dataset:
    """The dataset in an npz file; a test split is drawn when it has none."""
    names = names_in(path)
    layout = next((known for known in LAYOUTS if names >= set(known["train"])), None)
    if layout is None:
        named = ", ".join(sorted(names)[:8])
        raise DataError(
            path,
            found=f"arrays named {named}" if named else "no arrays",
            expected=EXPECTED,
            do="write it again: numpy.savez(path, x_train=…, y_train=…)",
        )
    pairs = {split: pair for split, pair in layout.items() if names & set(pair)}
    for images, labels in pairs.values():
        if not names >= {images, labels}:
            present, absent = (images, labels) if images in names else (labels, images)
            raise DataError(path, found=f"{present} without {absent}", expected="both")
    arrays = stored_npz(path, {"classes", *(name for pair in pairs.values() for name in pair)})
    parts = {split: (arrays[images], read_labels(arrays[labels])) for split, (images, labels) in pairs.items()}
    classes = _names(arrays["classes"]) if "classes" in arrays else None
    return assembled(path.stem, parts, classes=classes, source=str(path), seed=seed, test_fraction=test_fraction)


def names_in(path: Path) -> set[str]:
    """The names of the arrays in an npz file."""
    with _opened(path) as archive:
        return {member.filename.removesuffix(".npy") for member in _arrays_of(archive)}


def stored_npz(path: Path, wanted: Collection[str]) -> dict[str, Stored]:
    """Those of the wanted arrays that the file has, not yet read; their headers were, and compared with the file."""
    with _opened(path) as archive:
        refuse_bomb(sum(member.file_size for member in _arrays_of(archive)), path.stat().st_size, path)
        named = {member.filename.removesuffix(".npy"): member for member in _arrays_of(archive)}
        return {name: _stored(archive, member, path) for name, member in named.items() if name in wanted}


def write_npz(dataset: Dataset, to: Path) -> None:
    """Write a dataset in the first of `LAYOUTS`, with its class names; the same dataset gives the same bytes."""
    arrays: dict[str, Array] = {"classes": np.array(dataset.classes, dtype=np.str_)}
    for split, part in dataset.splits.items():
        images, labels = LAYOUTS[0][split]
        arrays[images], arrays[labels] = part.images, part.labels
    with replacing(to) as file, zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED, allowZip64=True) as archive:
        for name, array in arrays.items():
            member = zipfile.ZipInfo(f"{name}.npy")  # dated 1980, as all of them
            member.compress_type = zipfile.ZIP_DEFLATED
            with archive.open(member, "w", force_zip64=True) as stream:
                np.lib.format.write_array(stream, array, allow_pickle=False)


@contextmanager
def _opened(path: Path) -> Iterator[zipfile.ZipFile]:
    first_bytes(path)
    if not zipfile.is_zipfile(path):
        raise DataError(
            path,
            found="not an npz file, or one that is cut off",
            expected="a file written by numpy.savez",
            do="copy or download the file again",
        )
    with unpacking(path), zipfile.ZipFile(path) as archive:
        yield archive


def _arrays_of(archive: zipfile.ZipFile) -> list[zipfile.ZipInfo]:
    return [member for member in archive.infolist() if member.filename.endswith(".npy")]


def _stored(archive: zipfile.ZipFile, member: zipfile.ZipInfo, path: Path) -> Stored:
    thing = f"{path}: {member.filename.removesuffix('.npy')}"
    with archive.open(member) as stream:
        shape, dtype, fortran, header = _header(stream, thing)
    claimed = math.prod(shape) * dtype.itemsize
    if min(shape) < 1 or not claimed:
        raise DataError(thing, found=f"an empty array (shape {shape}, {dtype})", expected="at least one number")
    if header + claimed != member.file_size:
        raise DataError(
            thing,
            found=f"it declares {claimed:,} bytes (shape {shape}, {dtype}), but holds {member.file_size - header:,}",
            expected="as many bytes as it declares",
            do="copy or download the file again",
        )

    def pieces() -> Iterator[Array]:
        with unpacking(path), zipfile.ZipFile(path) as again, again.open(member) as stream:
            read_exactly(stream, header)
            if fortran:  # the first axis varies fastest: no way to have the first rows without the last
                yield np.concatenate(list(pieces_from(stream, shape[::-1], dtype, thing))).T
            else:
                yield from pieces_from(stream, shape, dtype, thing)

    return Stored(thing, shape, dtype, pieces)


def _header(stream: IO[bytes], thing: str) -> tuple[tuple[int, ...], np.dtype[Any], bool, int]:
    """Shape, type, whether in Fortran order, and how many bytes the header has."""
    try:
        version = np.lib.format.read_magic(stream)
        read = {(1, 0): np.lib.format.read_array_header_1_0, (2, 0): np.lib.format.read_array_header_2_0}[version]
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # about files that Python 2 wrote; they are read well
            shape, fortran, dtype = read(stream)
    except (EOFError, zipfile.BadZipFile, zlib.error, RuntimeError):
        raise  # the archive's fault, not the header's
    except Exception as error:  # NumPy parses the header as Python literals; a hostile one can fail in any way
        raise DataError(
            thing, found=f"its header is damaged ({error})", expected="an array written by numpy.savez"
        ) from None
    if dtype.hasobject:
        raise UnsafeData(
            thing,
            found="an array of Python objects, which only pickle can read, and pickle can run any program",
            expected="an array of numbers",
            do="save the pictures as one array of one size and type, such as uint8",
        )
    if not shape:
        raise DataError(thing, found="a single value", expected="an array")
    return shape, dtype, fortran, stream.tell()


def _names(stored: Stored) -> tuple[str, ...]:
    if stored.dtype.kind != "U" or len(stored.shape) != 1 or stored.nbytes > MOST_NAMES:
        raise DataError(
            stored.thing,
            found=f"an array of {stored.dtype} with shape {stored.shape}",
            expected="a list of class names",
        )
    return tuple(str(name) for name in stored.read())
