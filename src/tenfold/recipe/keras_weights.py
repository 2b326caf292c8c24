"""The weights in a .keras file from elsewhere: HDF5, looked through before Keras reads it.

HDF5 can point out of the file (external links, external storage, virtual datasets), in circles, and at arrays that
declare a terabyte and store nothing. Here only plain groups and plain arrays of numbers are let through, whose shapes
are those of the network and whose declared sizes together are no more than it and its optimizer can need.
"""

from __future__ import annotations

import math
from collections.abc import Set
from pathlib import Path
from typing import Any

import h5py

from tenfold.errors import ModelFileError
from tenfold.recipe.keras_archive import AGAIN
from tenfold.recipe.sizes import Outline

MOST_OBJECTS = 100_000
MOST_BYTES_EACH = 64  # per parameter: float64 weights and seven such slots of an optimizer
SLACK = 16 * 1024 * 1024  # names, groups, alignment
FILTERS = (h5py.h5z.FILTER_DEFLATE, h5py.h5z.FILTER_SHUFFLE, h5py.h5z.FILTER_FLETCHER32)
OPTIMIZER = "optimizer"  # never read; Tenfold compiles anew


def most_bytes(sizes: Outline) -> int:
    """The most that the weights of a network of this size may take, in the file and in memory."""
    return sizes.parameters * MOST_BYTES_EACH + SLACK


def check_weights(weights: Path, sizes: Outline, thing: object) -> None:
    """Refuse a weights file that reaches out of itself, or does not belong to a network of these sizes."""
    try:
        with h5py.File(weights, "r", locking=False) as file:
            check_groups(file, sizes, thing)
    except (OSError, RuntimeError, KeyError, ValueError, TypeError) as error:
        raise ModelFileError(
            thing, found=f"weights that are not whole HDF5: {error}"[:200], expected="the weights of a model", do=AGAIN
        ) from error


def check_groups(file: Any, sizes: Outline, thing: object) -> None:
    shapes, limit = set(sizes.variables), most_bytes(sizes)
    waiting, seen, declared = [file["/"]], {h5py.h5o.get_info(file["/"].id).addr}, 0
    while waiting:
        group = waiting.pop()
        for name in group:
            link = group.get(name, getlink=True)
            where = f"{group.name.rstrip('/')}/{name}"
            if not isinstance(link, h5py.HardLink):
                kind = "an external link" if isinstance(link, h5py.ExternalLink) else "a soft link"
                raise ModelFileError(thing, found=f"{kind} at {where[:120]}", expected="weights that are in the file")
            item = group[name]
            address = h5py.h5o.get_info(item.id).addr
            if address in seen or len(seen) >= MOST_OBJECTS:
                raise ModelFileError(
                    thing, found=f"{where[:120]} is there twice, or far too much is", expected="each once"
                )
            seen.add(address)
            if isinstance(item, h5py.Group):
                waiting.append(item)
            elif isinstance(item, h5py.Dataset):
                declared += check_array(item, shapes, thing)
            else:
                raise ModelFileError(
                    thing, found=f"a {type(item).__name__} at {where[:120]}", expected="arrays of numbers"
                )
            if declared > limit:
                raise ModelFileError(
                    thing,
                    found=f"weights that declare more than {limit:,} bytes",
                    expected="no more than the network needs",
                )


def check_array(array: Any, shapes: Set[tuple[int, ...]], thing: object) -> int:
    """The bytes that `array` takes in memory, after every way in which it could be more than an array."""
    where = array.name[:120]
    if array.external or array.is_virtual:
        raise ModelFileError(thing, found=f"{where} lies in another file", expected="weights that are in the file")
    if array.dtype.kind not in "fiub" and array.dtype != "V2":  # V2: bfloat16
        raise ModelFileError(thing, found=f"{where} holds {array.dtype}", expected="arrays of numbers")
    plan = array.id.get_create_plist()
    if any(plan.get_filter(index)[0] not in FILTERS for index in range(plan.get_nfilters())):
        raise ModelFileError(thing, found=f"{where} is compressed in an unusual way", expected="plain arrays")
    shape = tuple(array.shape)
    if array.name.split("/")[1] != OPTIMIZER and shape not in shapes:
        raise ModelFileError(
            thing,
            found=f"{where} has the shape {shape}"[:200],
            expected="the shapes of the network in config.json",
            do="take the file from its source again; its two halves do not belong together",
        )
    return int(math.prod(shape) * array.dtype.itemsize)
