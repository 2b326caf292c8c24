"""Decoding many picture files into one array: in memory while they fit, in a file of the cache when they do not.

Pictures are decoded in chunks, several at a time, in the order they are given. Beyond the memory budget they go into
an .npy file in the cache and come back mapped and read-only, so that a folder larger than memory can be trained on. The
file is named by everything that decides its contents (names, sizes and times of the pictures, the size they are brought
to, the rules of decoding), is written beside and renamed, and is used again the next time. Anything in that folder of
the cache may be deleted while Tenfold is not running.

Everything is tried as grey first; the first picture in colour starts it again in colour. In a folder of colour pictures
that is the first picture, and a folder of grey ones, however stored, becomes a third of the size.

Which pictures these are, and what unreadable ones mean, is `collecting.py`'s affair.
"""

from __future__ import annotations

import hashlib
import io
import json
import math
import os
import shutil
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from tenfold.errors import DataError, StorageError, UnsafeData
from tenfold.files import make_folder, replacing, write_json
from tenfold.images.assemble import Say, ignore
from tenfold.images.dataset import Images
from tenfold.images.limits import LIMITS, Limits
from tenfold.images.listing import PictureFile
from tenfold.images.picture import Picture, decode, without_remarks
from tenfold.images.pixels import MEMORY
from tenfold.images.stored import rows_at_a_time
from tenfold.places import cache_folder

RULES = 1  # goes up whenever the same file would decode to other pixels, so that no old cache is believed
CHUNK = 64  # pictures at a time; few enough that Ctrl-C in a folder of large photographs is answered soon
WORKERS = min(4, os.cpu_count() or 1)  # Pillow decodes outside Python's lock; more would only take more memory


@dataclass(frozen=True)
class Decoded:
    """The readable pictures in order, what the others were refused for, and the (height, width) each one came in."""

    images: Images
    refused: dict[int, str]  # place among the files → why
    own_sizes: tuple[tuple[int, int], ...]  # of the readable ones


@dataclass(frozen=True)
class Piece:
    """One decoded chunk."""

    images: Images  # (readable pictures of the chunk, height, width, channels)
    own_sizes: list[tuple[int, int]]
    refused: dict[int, str]


class ColourFoundError(Exception):
    """A picture in colour was met while everything so far was grey."""


def decoded(
    files: Sequence[PictureFile],
    size: tuple[int, int],
    *,
    thing: str,
    budget: int = MEMORY,
    limits: Limits = LIMITS,
    say: Say = ignore,
) -> Decoded:
    """All pictures in `files` as one array. Those that cannot be read are left out and told; a bomb ends everything."""
    for channels in (1, 3):
        shape = (len(files), *size, channels)
        try:
            with without_remarks():
                if math.prod(shape) > budget:
                    return from_cache(files, shape, thing, limits, say)
                return into_memory(files, shape, thing, limits)
        except ColourFoundError:
            continue
    raise AssertionError("colour cannot be found twice")


def into_memory(files: Sequence[PictureFile], shape: tuple[int, int, int, int], thing: str, limits: Limits) -> Decoded:
    images: Images = np.empty(shape, np.uint8)
    sizes: list[tuple[int, int]] = []
    refused: dict[int, str] = {}
    for piece in pieces(files, shape, thing, limits):
        images[len(sizes) : len(sizes) + len(piece.images)] = piece.images
        sizes += piece.own_sizes
        refused |= piece.refused
    return Decoded(images[: len(sizes)], refused, tuple(sizes))


def pieces(
    files: Sequence[PictureFile], shape: tuple[int, int, int, int], thing: str, limits: Limits
) -> Iterator[Piece]:
    """The files chunk by chunk, in their order, each chunk decoded by several threads."""
    _, height, width, channels = shape

    def one(file: PictureFile) -> tuple[Picture, tuple[int, int]] | str:
        try:
            known = None if channels == 1 else channels
            return decode(
                file.read(), channels=known, size=(height, width), thing=f"{thing}: {file.name}", limits=limits
            )
        except UnsafeData:
            raise
        except DataError as error:
            return error.found

    step = min(CHUNK, rows_at_a_time(shape, np.dtype(np.uint8)))
    pool = ThreadPoolExecutor(WORKERS)
    try:
        for start in range(0, len(files), step):
            images, sizes, refused = [], [], {}
            for place, outcome in enumerate(pool.map(one, files[start : start + step]), start):
                if isinstance(outcome, str):
                    refused[place] = outcome
                elif outcome[0].shape[2] != channels:
                    raise ColourFoundError
                else:
                    images.append(outcome[0])
                    sizes.append(outcome[1])
            stacked = np.stack(images) if images else np.empty((0, *shape[1:]), np.uint8)
            yield Piece(stacked, sizes, refused)
    finally:
        pool.shutdown(cancel_futures=True)  # whatever ended this, the rest of the chunk need not be decoded


def from_cache(
    files: Sequence[PictureFile], shape: tuple[int, int, int, int], thing: str, limits: Limits, say: Say
) -> Decoded:
    """The pictures mapped from a file of the cache, which is made now unless an earlier load made it."""
    folder = cache_folder() / "pictures"
    pixels = folder / f"{key(files, shape, thing)}.npy"
    if (again := mapped(pixels)) is not None:
        return again
    make_folder(folder)
    need, free = math.prod(shape), shutil.disk_usage(folder).free
    if need > free:
        raise StorageError(
            folder,
            found=f"{free:,} bytes free",
            expected=f"{need:,} for the decoded pictures of {thing}",
            do="free some space, set TENFOLD_CACHE to a folder on a larger disk, or choose a smaller size",
        )
    about = into_file(pixels, files, shape, thing, limits, say)
    write_json(pixels.with_suffix(".json"), about)  # last: where it is, the pixels are whole
    made = mapped(pixels)
    if made is None:
        raise StorageError(pixels, found="what was just written is gone", expected="a disk that keeps what it is given")
    return made


def into_file(
    pixels: Path, files: Sequence[PictureFile], shape: tuple[int, int, int, int], thing: str, limits: Limits, say: Say
) -> dict[str, Any]:
    """Decode the files into an .npy file; what is returned describes it."""
    sizes: list[tuple[int, int]] = []
    refused: dict[int, str] = {}
    told, place = 0, 0
    with replacing(pixels) as file:
        file.write(header(shape))
        for piece in pieces(files, shape, thing, limits):
            file.write(piece.images.tobytes())
            sizes += piece.own_sizes
            refused |= piece.refused
            place += len(piece.images) + len(piece.refused)
            if 10 * place // shape[0] > told:
                told = 10 * place // shape[0]
                say(f"Decoding {shape[0]:,} pictures into the cache, once: {told}0 %")
        file.seek(0)
        file.write(header((len(sizes), *shape[1:])))  # now that it is known how many could be read
    return {"shape": [len(sizes), *shape[1:]], "own_sizes": sizes, "refused": refused}


def header(shape: tuple[int, int, int, int]) -> bytes:
    """An .npy header. NumPy leaves room in it for the first axis to grow, so its length is the same for any count."""
    file = io.BytesIO()
    np.lib.format.write_array_header_1_0(file, {"descr": "|u1", "fortran_order": False, "shape": shape})
    return file.getvalue()


def mapped(pixels: Path) -> Decoded | None:
    """What an earlier load left in the cache, or None where it left nothing whole."""
    try:
        about = json.loads(pixels.with_suffix(".json").read_text("utf-8"))
        images = np.lib.format.open_memmap(pixels, mode="r")
        if images.dtype != np.uint8 or list(images.shape) != about["shape"]:
            return None
        refused = {int(place): str(reason) for place, reason in about["refused"].items()}
        sizes = tuple((int(height), int(width)) for height, width in about["own_sizes"])
    except (OSError, ValueError, KeyError, TypeError, AttributeError):
        return None
    return Decoded(images, refused, sizes)


def key(files: Sequence[PictureFile], shape: tuple[int, int, int, int], thing: str) -> str:
    """A name that changes whenever the decoded pictures would."""
    digest = hashlib.sha256(repr((RULES, shape, str(Path(thing).resolve()))).encode())
    for file in files:
        digest.update(f"{file.name}\0{file.stamp}\n".encode())
    return digest.hexdigest()[:32]
