"""IDX files, the layout that MNIST was first published in: a magic number, the sizes of the axes, the numbers.

Reads one file (gzipped or not, by its contents and not its name) as an array, and a pair or two pairs of files as a
dataset. A file is believed only after its length was compared with what it declares.
"""

from __future__ import annotations

import gzip
import io
import math
import re
import struct
from collections.abc import Iterator
from pathlib import Path
from typing import IO, Any, cast

import numpy as np

from tenfold.errors import DataError, DataNotFound
from tenfold.images.arrays import read_labels
from tenfold.images.assemble import assembled
from tenfold.images.dataset import Dataset
from tenfold.images.stored import Array, Stored, first_bytes, pieces_from, read_exactly, refuse_bomb, unpacking

GZIP = b"\x1f\x8b"
TYPES = {0x08: "u1", 0x09: "i1", 0x0B: ">i2", 0x0C: ">i4", 0x0D: ">f4", 0x0E: ">f8"}
MOST_AXES = 4
KINDS = re.compile("images|labels", re.IGNORECASE)
TEST_NAMES = ("t10k", "test")


def stored_idx(source: Path | bytes) -> Stored:
    """The array in an IDX file, given by its path or its bytes, not yet read.

    Its header was, and was compared with the size of the file.
    """
    thing = str(source) if isinstance(source, Path) else "IDX data"
    start = first_bytes(source) if isinstance(source, Path) else source[:512]
    zipped = start.startswith(GZIP)
    size = source.stat().st_size if isinstance(source, Path) else len(source)

    def opened() -> IO[bytes]:
        file = source if isinstance(source, Path) else io.BytesIO(source)
        if zipped:
            return cast(IO[bytes], gzip.open(file))
        return file.open("rb") if isinstance(file, Path) else file

    with opened() as stream, unpacking(thing):
        shape, dtype = _header(stream, thing)
    header = 4 + 4 * len(shape)
    claimed = math.prod(shape) * dtype.itemsize
    if not claimed:
        raise DataError(thing, found=f"it declares no items (sizes {shape})", expected="at least one")
    if zipped:
        refuse_bomb(claimed, size, thing)
    elif header + claimed > size:
        held = (size - header) // max(1, claimed // max(1, shape[0]))
        raise DataError(
            thing,
            found=f"it declares {shape[0]:,} items, but the file holds {held:,}",
            expected="as many items as it declares",
            do="copy or download the file again",
        )

    def pieces() -> Iterator[Array]:
        with opened() as stream, unpacking(thing):
            read_exactly(stream, header)
            yield from pieces_from(stream, shape, dtype, thing)

    return Stored(thing, shape, dtype, pieces)


def read_pairs(path: Path, *, seed: int = 0, test_fraction: float = 0.2) -> Dataset:
    """A dataset of IDX files: a folder that holds them, or either file of a pair.

    Names say what is what: `images` or `labels`, and `t10k` or `test` for the test split. Pictures that lie beside the
    given pair as its test split are used as such; with no test split, one is drawn.
    """
    folder = path if path.is_dir() else path.parent
    pairs = pairs_in(folder)
    if path.is_file() and path not in pairs.get("train", ()):
        pairs = {"train": _pair_of(path)}
    if "train" not in pairs:
        raise DataNotFound(
            path, found="no pair of IDX files for training", expected="files named …images… and …labels…"
        )
    parts = {split: (stored_idx(images), read_labels(stored_idx(labels))) for split, (images, labels) in pairs.items()}
    own = "" if path.is_dir() else KINDS.split(path.name)[0].strip("-_. ")
    name = folder.resolve().name if own.lower() in ("", "train", *TEST_NAMES) else own
    return assembled(name, parts, source=str(path), seed=seed, test_fraction=test_fraction)


def pairs_in(folder: Path) -> dict[str, tuple[Path, Path]]:
    """The pairs of pictures and labels in a folder, by the split that their names tell."""
    pairs: dict[str, tuple[Path, Path]] = {}
    try:
        inside = sorted(folder.iterdir())
    except OSError as error:
        raise DataError(folder, found=f"it cannot be looked into ({error.strerror})", expected="a folder") from None
    for images in inside:
        if is_named_like_idx(images) and "images" in images.name.lower() and (labels := _partner(images)):
            split = "test" if images.name.lower().startswith(TEST_NAMES) else "train"
            pairs.setdefault(split, (images, labels))
    return pairs


def is_named_like_idx(path: Path) -> bool:
    name = path.name.lower()
    return path.is_file() and ("idx" in name or "ubyte" in name) and KINDS.search(name) is not None


def _pair_of(path: Path) -> tuple[Path, Path]:
    partner = _partner(path)
    if partner is None:
        raise DataNotFound(
            path,
            found="no second file that belongs to it",
            expected="a pair of IDX files beside each other, such as …-images-idx3-ubyte and …-labels-idx1-ubyte",
        )
    return (path, partner) if "images" in path.name.lower() else (partner, path)


def _partner(path: Path) -> Path | None:
    """The labels of these pictures, or the pictures of these labels, gzipped or not."""
    if not KINDS.search(path.name):
        return None
    swaps = {"images": "labels", "labels": "images", "idx3": "idx1", "idx1": "idx3"}
    name = re.sub("|".join(swaps), lambda found: swaps[found.group().lower()], path.name, flags=re.IGNORECASE)
    plain = name.removesuffix(".gz")
    return next((beside for beside in (path.with_name(plain), path.with_name(f"{plain}.gz")) if beside.is_file()), None)


def _header(stream: IO[bytes], thing: str) -> tuple[tuple[int, ...], np.dtype[Any]]:
    magic = read_exactly(stream, 4)
    code, axes = (magic[2], magic[3]) if len(magic) == 4 else (0, 0)
    if magic[:2] != b"\0\0" or code not in TYPES or not 1 <= axes <= MOST_AXES:
        raise DataError(
            thing,
            found=f"it begins with the bytes {magic.hex(' ') or '(none)'}, which is no IDX magic number",
            expected="00 00 08 01 for labels or 00 00 08 03 for pictures",
            do="check that this is the file you meant",
        )
    sizes = read_exactly(stream, 4 * axes)
    if len(sizes) < 4 * axes:
        raise DataError(thing, found="the file ends inside its header", expected=f"the sizes of {axes} axes")
    return struct.unpack(f">{axes}I", sizes), np.dtype(TYPES[code])
