"""An array in a file, known by what it claims before a byte of memory is taken for it.

A `Stored` array says its shape and type and can be read in pieces, as often as wanted. The readers of IDX and npz files
make them; `arrays.py` turns them into checked pictures and labels. This module also owns the two doubts that every
reader shares: what a file may not be (empty, a web page), and how far it may expand.
"""

from __future__ import annotations

import gzip
import lzma
import math
import zipfile
import zlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any

import numpy as np
import numpy.typing as npt

from tenfold.errors import DataError, DataNotFound, UnsafeData

Array = npt.NDArray[Any]

GIB = 1024**3
FREE_EXPANSION = 1 * GIB  # a compressed file may always expand to this much
MOST_EXPANSION = 100  # and beyond that, to this many times its own size: real pictures stay far below
PIECE = 8 * 1024**2  # bytes read at a time


@dataclass(frozen=True)
class Stored:
    """An array that is still in its file. `pieces()` reads it from the start, some rows of the first axis at a time."""

    thing: str
    shape: tuple[int, ...]
    dtype: np.dtype[Any]
    pieces: Callable[[], Iterator[Array]]

    @property
    def nbytes(self) -> int:
        return math.prod(self.shape) * self.dtype.itemsize

    def read(self) -> Array:
        """The whole array in memory."""
        array = np.empty(self.shape, self.dtype)
        row = 0
        for piece in self.pieces():
            array[row : row + len(piece)] = piece
            row += len(piece)
        return array


def in_memory(array: Array, thing: object) -> Stored:
    """An array that was read already, in the same clothes."""
    step = rows_at_a_time(array.shape, array.dtype)
    return Stored(
        str(thing),
        array.shape,
        array.dtype,
        lambda: (array[start : start + step] for start in range(0, len(array), step)),
    )


def pieces_from(stream: IO[bytes], shape: tuple[int, ...], dtype: np.dtype[Any], thing: object) -> Iterator[Array]:
    """Read an array of C order from a stream that stands at its first number and must end with its last."""
    step = rows_at_a_time(shape, dtype)
    row_bytes = math.prod(shape[1:]) * dtype.itemsize
    for start in range(0, shape[0], step):
        rows = min(step, shape[0] - start)
        data = read_exactly(stream, rows * row_bytes)
        if len(data) < rows * row_bytes:
            held = start + len(data) // max(1, row_bytes)
            raise DataError(
                thing,
                found=f"it declares {shape[0]:,} items, but the file holds {held:,}",
                expected="as many items as it declares",
                do="copy or download the file again",
            )
        yield np.frombuffer(data, dtype).reshape(rows, *shape[1:])
    if stream.read(1):  # also makes gzip and zip compare their checksums, which they do only at the very end
        raise DataError(
            thing, found=f"more data after the {shape[0]:,} items that it declares", expected="the end of the file"
        )


def read_exactly(stream: IO[bytes], size: int) -> bytes:
    """`size` bytes in as many reads as the stream needs, or fewer if it ends."""
    data = bytearray()
    while len(data) < size and (more := stream.read(size - len(data))):
        data += more
    return bytes(data)


@contextmanager
def unpacking(thing: object) -> Iterator[None]:
    """Turn what gzip and zip say about broken files into one line each."""
    again = "copy or download the file again"
    try:
        yield
    except EOFError:
        raise DataError(
            thing, found="the compressed file is truncated", expected="a file that ends properly", do=again
        ) from None
    except (gzip.BadGzipFile, zipfile.BadZipFile, zlib.error) as error:
        raise DataError(
            thing, found=f"the compressed file is damaged ({error})", expected="a sound file", do=again
        ) from None
    except (RuntimeError, NotImplementedError) as error:  # zipfile: encrypted, or packed in a way it does not know
        raise DataError(thing, found=f"it cannot be unpacked ({error})", expected="a plain zip or npz file") from None
    except (OSError, lzma.LZMAError) as error:  # bz2 says OSError about its contents, the disk about itself
        raise DataError(thing, found=f"it cannot be read ({error})", expected="a sound file", do=again) from None


def rows_at_a_time(shape: tuple[int, ...], dtype: np.dtype[Any]) -> int:
    return max(1, PIECE // max(1, math.prod(shape[1:]) * dtype.itemsize))


def refuse_bomb(expanded: int, size: int, thing: object) -> None:
    """Refuse a file of `size` bytes that claims to expand to `expanded` bytes, if no honest file of pictures would."""
    if expanded > max(FREE_EXPANSION, MOST_EXPANSION * size):
        raise UnsafeData(
            thing,
            found=f"{size:,} bytes that claim to expand to {expanded:,}",
            expected=f"at most {FREE_EXPANSION // GIB} GiB, or {MOST_EXPANSION} times the size of the file",
            do="if you trust the file, unpack it yourself and give the unpacked files",
        )


def first_bytes(path: Path, count: int = 512) -> bytes:
    """How `path` begins; one line says so when it is missing, unreadable, empty, or a web page under another name."""
    try:
        if path.exists() and not path.is_file():  # a pipe would be waited for, for ever
            raise DataError(path, found="a folder, a pipe or a device", expected="a file")
        with path.open("rb") as file:
            head = file.read(count)
    except FileNotFoundError:
        raise DataNotFound(path, found="there is no such file", do="check the path") from None
    except OSError as error:
        raise DataError(path, found=f"it cannot be read ({error.strerror})", expected="a readable file") from None
    if not head:
        raise DataError(
            path, found="an empty file", expected="pictures or labels", do="copy or download the file again"
        )
    if looks_like_a_page(head):
        raise DataError(
            path,
            found="a web page (HTML)",
            expected="pictures or labels",
            do="open the address in a browser: it may want a login, or a link to the raw file",
        )
    return head


def looks_like_a_page(head: bytes) -> bool:
    start = head.removeprefix(b"\xef\xbb\xbf").lstrip()[:64].lower()
    return start.startswith((b"<!doctype html", b"<html", b"<head", b"<?xml", b"<!--", b"<body"))
