"""From any array of pictures and labels to a checked `Split`: the validation that every reader shares.

Pictures become uint8 with shape (pictures, height, width, channels); labels become whole numbers from 0 to the number
of classes less one. What cannot be brought there without guessing is refused in one line. How arrays are stored in
files is the readers' business, where the pixels live is `pixels.py`'s.

Pixels are accepted as

- whole numbers from 0 to 255, of any integer type;
- true and false, which become 255 and 0;
- fractions from 0 to 1, which are multiplied by 255 and rounded;
- fractions from 0 to 255 with at least one above 1, which are rounded.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from itertools import pairwise

import numpy as np

from tenfold.errors import DataError, UnsafeData
from tenfold.images.dataset import Images, Labels, Split
from tenfold.images.pixels import gathered
from tenfold.images.stored import Array, Stored, in_memory

MOST_CHANNELS = 4
MOST_CLASSES = 10_000
MOST_LABEL = MOST_CLASSES  # classes may be counted from 1
MOST_PIXELS = 4096 * 4096  # of one picture
MOST_PICTURES = 100_000_000
MOST_LABEL_BYTES = 1024**3  # one-hot labels have a number for every class


def checked(images: Array | Stored, labels: Array, classes: Sequence[str], thing: object, *, first: int = 0) -> Split:
    """Pictures and their labels as a `Split`, or one line that says what is wrong with them.

    `first` is the number by which these labels call the first class.
    """
    pictures = images if isinstance(images, Stored) else in_memory(images, thing)
    numbers = whole_numbers(labels, thing)
    if pictures.shape and len(numbers) != pictures.shape[0]:
        raise DataError(
            thing,
            found=f"{pictures.shape[0]:,} pictures and {len(numbers):,} labels",
            expected="as many labels as pictures",
        )
    outside = np.flatnonzero((numbers < first) | (numbers >= first + len(classes)))
    if len(outside):
        raise DataError(
            thing,
            found=f"label {numbers[outside[0]]} of picture {outside[0]} is out of range",
            expected=f"labels from {first} to {first + len(classes) - 1}",
        )
    return Split(as_pixels(pictures), numbers - first)


def as_pixels(pictures: Stored) -> Images:
    """The pictures as uint8, converted a piece at a time; see the top of this file for what is accepted."""
    shape = picture_shape(pictures.shape, pictures.thing)
    scale = _scale(pictures)

    def converted() -> Iterator[Images]:
        for piece in pictures.pieces():
            pixels = piece if scale is None else np.rint(piece * scale)
            yield pixels.astype(np.uint8, copy=False).reshape(-1, *shape[1:])

    return gathered(converted(), shape)


def picture_shape(shape: tuple[int, ...], thing: object) -> tuple[int, int, int, int]:
    """(pictures, height, width, channels) for an array of `shape`, where that can be said without guessing."""
    if len(shape) == 3:
        found = (*shape, 1)
    elif len(shape) == 4:
        found = shape
    elif len(shape) == 2 and (side := math.isqrt(shape[1])) ** 2 == shape[1]:
        found = (shape[0], side, side, 1)
    else:
        raise DataError(
            thing,
            found=f"an array of shape {shape}",
            expected="pictures as (N, height, width), (N, height, width, channels) or (N, a square number of pixels)",
        )
    count, height, width, channels = found
    if channels > MOST_CHANNELS and found[1] <= MOST_CHANNELS:
        raise DataError(
            thing, found=f"shape {shape}, channels first", expected="channels last: (N, height, width, channels)"
        )
    if not (1 <= channels <= MOST_CHANNELS and height and width and height * width <= MOST_PIXELS):
        raise DataError(
            thing,
            found=f"pictures of {height}×{width} pixels with {channels} channels",
            expected=f"1 to {MOST_CHANNELS} channels and 1 to {MOST_PIXELS:,} pixels",
        )
    if not count:
        raise DataError(thing, found="no pictures", expected="at least one")
    return found


def read_labels(stored: Stored) -> Array:
    """Labels from a file. They are read whole, so there is an end to how many: a bomb may be one of labels, too."""
    if stored.shape[0] > MOST_PICTURES or stored.nbytes > MOST_LABEL_BYTES:
        raise UnsafeData(
            stored.thing,
            found=f"{stored.shape[0]:,} labels in {stored.nbytes:,} bytes",
            expected=f"at most {MOST_PICTURES:,} labels and {MOST_LABEL_BYTES:,} bytes",
        )
    return stored.read()


def whole_numbers(labels: Array, thing: object) -> Labels:
    """Labels as one whole number a picture: (N,), (N, 1) or one-hot rows."""
    if labels.dtype.kind not in "buif":
        raise DataError(thing, found=f"labels of type {labels.dtype}", expected="whole numbers")
    if labels.ndim not in (1, 2) or not labels.size:
        raise DataError(
            thing,
            found=f"labels of shape {labels.shape}",
            expected="one label a picture: (N,), (N, 1), or one-hot rows (N, classes)",
        )
    if labels.ndim == 2 and labels.shape[1] > 1:
        one_hot = np.isin(labels, (0, 1)).all() and (labels.sum(axis=1) == 1).all()
        if not one_hot:
            raise DataError(
                thing, found=f"labels of shape {labels.shape}", expected="one label a picture, or one-hot rows"
            )
        return np.asarray(np.argmax(labels, axis=1), np.int64)
    numbers = labels.reshape(-1)
    for found, what in (
        (np.rint(numbers) != numbers, "is not a whole number"),
        (numbers > MOST_LABEL, "is out of range"),
    ):
        if found.any():  # NaN is not even equal to itself
            raise DataError(
                thing,
                found=f"label {numbers[np.argmax(found)]} of picture {np.argmax(found)} {what}",
                expected=f"whole numbers from 0, at most {MOST_CLASSES:,} classes",
            )
    return numbers.astype(np.int64)


def numbered_classes(labels: Labels, thing: object) -> tuple[int, tuple[str, ...]]:
    """The first label and the names of all classes, where a file holds numbers but no names.

    The numbers must run without a gap from 0 or 1 (as EMNIST's letters do): a lone 57 after the digits is far more
    often a mistake than a class. Names are the numbers as the file has them.
    """
    present = np.unique(labels)
    if len(present) and present[0] < 0:
        raise DataError(
            thing,
            found=f"label {present[0]} of picture {np.argmax(labels == present[0])} is out of range",
            expected="labels from 0",
        )
    refuse_one_class(labels, thing)
    first, last = int(present[0]), int(present[-1])
    if len(present) > MOST_CLASSES or first > 1 or last - first + 1 != len(present):
        lone = next((int(b) for a, b in pairwise(present) if b != a + 1), first)
        raise DataError(
            thing,
            found=f"label {lone} of picture {np.argmax(labels == lone)} is out of range, for there is no {lone - 1}",
            expected=f"labels that run without a gap from 0, at most {MOST_CLASSES:,} classes",
            do="correct the labels, or name all classes in an array 'classes' of an npz file",
        )
    return first, tuple(str(number) for number in range(first, last + 1))


def refuse_one_class(labels: Labels, thing: object) -> None:
    """A classifier needs something to tell apart."""
    if len(labels) == 0 or (labels == labels[0]).all():
        raise DataError(
            thing,
            found=f"only one class (label {labels[0]})" if len(labels) else "no labels",
            expected="pictures of at least two classes",
        )


def _scale(pictures: Stored) -> float | None:
    """What pixels are multiplied by; None when they are bytes already. NaN, infinity and other ranges are refused."""
    kind = pictures.dtype.kind
    if pictures.dtype == np.uint8:
        return None
    if kind == "b":
        return 255.0
    if kind not in "uif":
        raise DataError(pictures.thing, found=f"pixels of type {pictures.dtype}", expected="numbers")
    low, high, row = np.inf, -np.inf, 0
    for piece in pictures.pieces():
        if kind == "f" and not np.isfinite(piece).all():
            bad = int(np.flatnonzero(~np.isfinite(piece).reshape(len(piece), -1).all(axis=1))[0])
            raise DataError(
                pictures.thing,
                found=f"picture {row + bad} holds NaN or infinity",
                expected="finite pixels",
                do="find out where the missing values come from, and fill or drop those pictures",
            )
        if piece.size:
            low, high = min(low, float(piece.min())), max(high, float(piece.max()))
        row += len(piece)
    if low < 0 or high > 255:
        raise DataError(
            pictures.thing,
            found=f"pixels from {low:g} to {high:g}",
            expected="0 to 255, or fractions from 0 to 1",
            do="give the pictures before any standardising",
        )
    return 255.0 if kind == "f" and high <= 1 else 1.0
