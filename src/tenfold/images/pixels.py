"""Where the pixels of a dataset live: in memory while there is room, in a mapped file of the cache when there is not.

Whoever makes pictures hands them over in pieces (`gathered`), and whoever picks some of them out asks here (`taken`),
so that no reader and no split ever holds a large set twice. A mapped file belongs to the process that made it: it is
removed when the array goes away.
"""

from __future__ import annotations

import math
import os
import tempfile
import weakref
from collections.abc import Iterable
from pathlib import Path

import numpy as np
import numpy.typing as npt

from tenfold.errors import DataError
from tenfold.files import make_folder, storage_errors
from tenfold.images.dataset import Images
from tenfold.places import cache_folder

MEMORY = 1024**3  # bytes of pictures that one array holds in memory; beyond this it is mapped from a file


def gathered(pieces: Iterable[Images], shape: tuple[int, int, int, int], *, budget: int = MEMORY) -> Images:
    """The pieces one after another as one array of `shape`, in memory or mapped from a file, whichever it fits."""
    size = math.prod(shape)
    if size > budget:
        return _mapped(pieces, shape)
    images: Images = np.empty(shape, np.uint8)
    row = 0
    for piece in pieces:
        images[row : row + len(piece)] = piece
        row += len(piece)
    _expect_all(row, shape)
    return images


def taken(images: Images, chosen: npt.NDArray[np.int64], *, budget: int = MEMORY) -> Images:
    """The chosen pictures as an array of their own."""
    step = max(1, 8 * 1024**2 // max(1, math.prod(images.shape[1:])))
    pieces = (images[chosen[start : start + step]] for start in range(0, len(chosen), step))
    _, height, width, channels = images.shape
    return gathered(pieces, (len(chosen), height, width, channels), budget=budget)


def _mapped(pieces: Iterable[Images], shape: tuple[int, int, int, int]) -> Images:
    """Written with ordinary writes, for a full disk must be an error here and not a crash at the first look."""
    folder = cache_folder() / "mapped"
    make_folder(folder)
    with storage_errors(folder):
        descriptor, name = tempfile.mkstemp(prefix="pixels-", dir=folder)
        path = Path(name)
        try:
            row = 0
            with os.fdopen(descriptor, "wb") as file:
                for piece in pieces:
                    file.write(np.ascontiguousarray(piece, np.uint8).data)
                    row += len(piece)
            _expect_all(row, shape)
            images = np.memmap(path, np.uint8, "r", shape=shape)
        except BaseException:
            path.unlink(missing_ok=True)
            raise
    if os.name == "nt":  # a mapped file cannot be removed there before the mapping is gone
        weakref.finalize(images, path.unlink, missing_ok=True)
    else:
        path.unlink()
    return images


def _expect_all(row: int, shape: tuple[int, int, int, int]) -> None:
    if row != shape[0]:
        raise DataError("pictures", found=f"{row:,} pictures", expected=f"{shape[0]:,}")
