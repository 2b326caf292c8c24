"""Arrays in a file: an npz that anything can read, and that can be read from anyone.

What is written here is a plain npz (a zip of .npy members, not compressed), so `numpy.load` opens it everywhere. What
is read here may come from a stranger: there is no pickle, and every member's declared shape is held against the bytes
that are really there before memory is taken, so a file never asks for more than its own size.

Types that NumPy does not know by itself (bfloat16, float8) are stored as unsigned integers of their width; who needs
them back keeps their names (`dtype_named`) and says them when reading.
"""

from __future__ import annotations

import errno
import math
import os
import zipfile
from collections.abc import Mapping
from pathlib import Path
from typing import IO, Any

import numpy as np
import numpy.typing as npt

from tenfold.errors import RunError
from tenfold.files import replacing

Array = npt.NDArray[Any]

PLAIN_KINDS = "biufU"  # booleans, integers, floats and text; never objects, records or dates


class Unreadable(RunError):
    """An array file that is damaged, or that is not one."""


def write_arrays(path: Path, arrays: Mapping[str, Array]) -> None:
    """Write `arrays` under their names at `path`, whole or not at all."""
    with replacing(path) as file, zipfile.ZipFile(file, "w", zipfile.ZIP_STORED) as archive:
        for name, array in arrays.items():
            with archive.open(f"{name}.npy", "w", force_zip64=True) as member:
                np.lib.format.write_array(member, plain(array), version=(1, 0), allow_pickle=False)


def read_arrays(path: Path, limit: int) -> dict[str, Array]:
    """Every array in the file at `path`, which must not be larger than `limit` bytes."""
    damaged = "it is damaged, or it was not written by Tenfold"
    try:
        if not path.is_file():  # to open a pipe is to wait for it
            raise FileNotFoundError(errno.ENOENT, "there is no such file")
        with path.open("rb") as file:
            size = os.fstat(file.fileno()).st_size
            if size > limit:
                raise Unreadable(path, found=f"{size:,} bytes", expected=f"at most {limit:,} bytes", do=damaged)
            with zipfile.ZipFile(file) as archive:
                if sum(info.file_size for info in archive.infolist()) > size:
                    raise ValueError("its members declare more bytes than it has")  # they may overlap
                return {name.removesuffix(".npy"): read_member(archive, name) for name in archive.namelist()}
    except (OSError, ValueError, EOFError, zipfile.BadZipFile, NotImplementedError, RuntimeError) as error:
        raise Unreadable(path, found=f"no readable arrays ({error})", do=damaged) from error


def read_member(archive: zipfile.ZipFile, name: str) -> Array:
    info = archive.getinfo(name)
    if info.compress_type != zipfile.ZIP_STORED or info.file_size != info.compress_size:
        raise ValueError(f"{name} is compressed")
    with archive.open(info) as member:
        if np.lib.format.read_magic(member) != (1, 0):
            raise ValueError(f"{name} is of an unknown version")
        shape, fortran_order, dtype = np.lib.format.read_array_header_1_0(member, max_header_size=10_000)
        if fortran_order or dtype.kind not in PLAIN_KINDS or any(side < 0 for side in shape):
            raise ValueError(f"{name} holds {dtype} in an order or of a type that is not stored here")
        return filled(member, shape, dtype, left=info.file_size - member.tell(), name=name)


def filled(member: IO[bytes], shape: tuple[int, ...], dtype: np.dtype[Any], left: int, name: str) -> Array:
    """The rest of `member` as an array; its declared size must be exactly what is `left` in the file."""
    declared = math.prod(shape) * dtype.itemsize
    if declared != left:
        raise ValueError(f"{name} declares {declared:,} bytes and has {left:,}")
    array = np.frombuffer(bytearray(member.read()), dtype)
    if array.nbytes != declared:
        raise ValueError(f"{name} ends early")
    return array.reshape(shape)


def plain(array: Array) -> Array:
    """`array` in C order, in a type that NumPy knows without help."""
    array = np.ascontiguousarray(array).reshape(array.shape)  # the first of these makes a scalar one-dimensional
    return array if array.dtype.kind in PLAIN_KINDS else array.view(f"u{array.dtype.itemsize}")


def dtype_named(name: str) -> np.dtype[Any]:
    """The type called `name`, those of JAX (bfloat16 and its like) included."""
    import ml_dtypes  # comes with JAX; teaches NumPy the types that it lacks

    try:
        dtype = np.dtype(getattr(ml_dtypes, name, name))
    except TypeError as error:
        raise ValueError(f"no type is called {name!r}") from error
    if dtype.kind not in PLAIN_KINDS and not hasattr(ml_dtypes, name):
        raise ValueError(f"{name!r} is not a type of numbers")
    return dtype
