"""Handwriting on a picture, brought into the frame in which MNIST shows its digits: the door to everything about ink.

    picture.py         a photo, scan, screenshot or drawing, as an array
    paper.py           what is ink and what is paper, whatever the light did
    strokes.py         which ink was written: lines, border shadows and specks are left out
    grouping.py        which strokes make one digit
    facing.py          which of them is one stroke that was interrupted
    reading_order.py   in which order they are read
    frame.py           one digit in MNIST's frame of 28×28
    unlike.py          in which way that is unlike what a network was trained on

`read_ink` goes through all of it and keeps every stage, so that "what the network saw" can be shown (`showing.py`).
What the digits are is not asked here, so two that touch are one until someone can read them (`touching.py`), and other
looks at what cannot be read well are taken by whoever reads (`second_look.py`).
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt
from scipy import ndimage

from tenfold.errors import DataError
from tenfold.images.frame import Frame, framed, is_framed
from tenfold.images.grouping import Box, Digits, digits_in
from tenfold.images.limits import LIMITS
from tenfold.images.paper import Floats, Paper, paper_of
from tenfold.images.picture import Picture, read_within
from tenfold.images.reading_order import in_rows
from tenfold.images.strokes import Mask, Strokes, strokes_of
from tenfold.images.unlike import MOST_DIGITS, warnings_about, warnings_about_frame, warnings_about_page

if TYPE_CHECKING:
    from tenfold.images.paper import Floats

LONGEST = 1400  # pixels to which the longest side of a picture is brought; a digit needs 20 of them
SMALLEST = 8  # pixels of the shortest side
SOFT = 2  # pixels around a stroke that its soft edge may reach
AROUND = 0.3  # of a digit's size: how much of its surroundings its stages show
Array = npt.NDArray[np.uint8]


@dataclass(frozen=True, eq=False)
class Ink:
    """One digit on a picture: where it is, and every stage on the way into its frame."""

    box: Box  # in pixels of the picture as it was given
    row: int  # of the page, from 0
    image: Frame  # (28, 28): what the network sees
    stages: dict[str, Array]  # name → picture: original, flattened, mask, crop, seen
    warnings: tuple[str, ...]  # in which way it is unlike the training data, a sentence each
    came_framed: bool = False  # the picture was in MNIST's frame and is seen as it is

    def _repr_html_(self) -> str:
        from tenfold.images.showing import ink_as_html

        return ink_as_html(self)


@dataclass(frozen=True, eq=False)
class Page:
    """A picture and the digits on it, in the order in which they are read."""

    name: str
    original: Picture  # (height, width, 1 or 3), its longest side brought to LONGEST
    size: tuple[int, int]  # (height, width) of the picture as it was given
    flattened: Array  # (height, width): dark ink on white paper, evenly lit
    mask: Mask  # (height, width): where something was written
    light_ink: bool  # brighter than its paper
    digits: tuple[Ink, ...]
    specks: int  # marks too small for a digit, which were left out
    lines: int  # printed lines that were taken away
    warnings: tuple[str, ...]  # about the picture as a whole

    @property
    def images(self) -> Array:
        """What the network sees: (digits, 28, 28, 1)."""
        return np.stack([ink.image for ink in self.digits])[..., np.newaxis]

    @property
    def scale(self) -> float:
        """How many pixels of `original` one pixel of the picture as it was given has."""
        return float(self.original.shape[0]) / self.size[0]

    def _repr_html_(self) -> str:
        from tenfold.images.showing import page_as_html

        return page_as_html(self)

    def __str__(self) -> str:
        ink = "light ink on dark" if self.light_ink else "dark ink on light"
        return f"{self.name}: {len(self.digits)} of what may be digits, {ink}"


def read_ink(source: str | Path | bytes | Array, *, thing: object = None) -> Page:
    """The digits on a picture: a path, the bytes of a file, or an array (height, width[, channels]) of uint8."""
    if isinstance(source, np.ndarray):
        name, (picture, size) = str(thing or "picture"), from_array(source, thing or "picture")
    else:
        name = str(thing if thing is not None else "picture" if isinstance(source, bytes) else source)
        picture, size = read_within(source, LONGEST, thing=name)
    if min(picture.shape[:2]) < SMALLEST:
        found = f"a picture of {size[0]}×{size[1]} pixels"
        raise DataError(name, found=found, expected=f"at least {SMALLEST} pixels each way, and not a mere strip")
    paper = paper_of(picture)
    if paper.light_ink and is_framed(picture):
        return page_of_frame(name, picture, size, paper)
    strokes = strokes_of(paper)
    found_digits = digits_in(strokes.mask)
    if not found_digits.boxes:
        raise DataError(
            name,
            found="nothing written on it: it is blank, all one colour, or specks and lines without a stroke",
            expected="a digit, darker or brighter than its paper",
            do="photograph it closer, or write with a stronger pen",
        )
    if len(found_digits.boxes) > MOST_DIGITS:
        raise DataError(
            name,
            found=f"{len(found_digits.boxes)} marks that may be digits",
            expected=f"at most {MOST_DIGITS}",
            do="cut out the part with the digits: this looks like a text, a drawing or a rough surface",
        )
    digits = in_order(picture, size, paper, strokes, found_digits)
    return Page(
        name=name,
        original=picture,
        size=size,
        flattened=paper.flattened[..., 0],
        mask=strokes.mask,
        light_ink=paper.light_ink,
        digits=digits,
        specks=found_digits.specks,
        lines=strokes.lines,
        warnings=warnings_about_page(strokes.full),
    )


def page_of_frame(name: str, picture: Picture, size: tuple[int, int], paper: Paper) -> Page:
    """The page of a picture that is in MNIST's frame already, such as one of MNIST's own: it stays as it is."""
    image = np.ascontiguousarray(picture[..., 0])
    rows, columns = (np.flatnonzero(image.any(axis=axis)) for axis in (1, 0))
    box = Box(int(columns[0]), int(rows[0]), int(columns[-1]) + 1, int(rows[-1]) + 1)
    mask = image > 127
    stages: dict[str, Array] = {
        "original": picture,
        "flattened": paper.flattened[..., 0],
        "mask": mask.astype(np.uint8) * 255,
        "crop": image[box.slices()],
        "seen": image,
    }
    ink = Ink(box, 0, image, stages, warnings_about_frame(image), came_framed=True)
    return Page(name, picture, size, stages["flattened"], mask, True, (ink,), 0, 0, ())


def from_array(array: Array, thing: object) -> tuple[Picture, tuple[int, int]]:
    """An array as a picture whose longest side is LONGEST at most, and the size it had before."""
    grey = array[..., np.newaxis] if array.ndim == 2 else array
    if grey.ndim != 3 or grey.shape[2] not in (1, 3) or grey.dtype != np.uint8 or not grey.size:
        raise DataError(
            thing,
            found=f"an array of {array.dtype} with shape {array.shape}",
            expected="uint8 with shape (height, width), (height, width, 1) or (height, width, 3)",
        )
    size = (grey.shape[0], grey.shape[1])
    if size[0] * size[1] > LIMITS.picture_pixels:
        raise DataError(
            thing, found=f"{size[0]:,}×{size[1]:,} pixels", expected=f"at most {LIMITS.picture_pixels:,} pixels"
        )
    step = -(-max(size) // LONGEST)
    if step == 1:
        return grey, size
    from PIL import Image

    image = Image.fromarray(grey if grey.shape[2] == 3 else grey[..., 0]).reduce(step)
    return np.asarray(image, np.uint8).reshape(image.height, image.width, -1), size


def in_order(picture: Picture, size: tuple[int, int], paper: Paper, strokes: Strokes, found: Digits) -> tuple[Ink, ...]:
    """The digits that were found, row after row."""
    numbers = {box: number for number, box in found.boxes.items()}
    rows = in_rows(found.boxes.values())
    digits = []
    for row, boxes in enumerate(rows):
        for box in boxes:
            own = ink_of(strokes, found, numbers[box], box)
            image = framed(own)
            scale = size[0] / picture.shape[0]
            whole = Box(*(round(side * scale) for side in (box.left, box.top, box.right, box.bottom)))
            around = surroundings(box, picture.shape)
            stages = {
                "original": picture[around],
                "flattened": paper.flattened[around][..., 0],
                "mask": strokes.mask[around].astype(np.uint8) * 255,
                "crop": np.rint(own * 255).astype(np.uint8),
                "seen": image,
            }
            about = warnings_about(box, image, strokes.mask.shape, scale, [*numbers])
            digits.append(Ink(whole, row, image, stages, about))
    return tuple(digits)


def ink_of(strokes: Strokes, found: Digits, number: int, box: Box) -> Floats:
    """How much of each pixel the ink of one digit covers: it, a little paper around it, nothing of its neighbours."""
    rows = slice(max(0, box.top - SOFT), box.bottom + SOFT)
    columns = slice(max(0, box.left - SOFT), box.right + SOFT)
    labels = found.labels[rows, columns]
    own = ndimage.binary_dilation(labels == number, iterations=SOFT) & ((labels == number) | (labels == 0))
    return np.where(own, strokes.coverage[rows, columns], 0).astype(np.float32)


def surroundings(box: Box, shape: tuple[int, ...]) -> tuple[slice, slice]:
    """A part of the picture that shows a digit and some of what is around it."""
    more = int(AROUND * max(box.width, box.height)) + 2
    rows = slice(max(0, box.top - more), min(shape[0], box.bottom + more))
    return rows, slice(max(0, box.left - more), min(shape[1], box.right + more))
