"""Two digits that touch, taken apart: where a wide piece of ink may be cut, and how its halves look.

A cut is a straight line, upright or leaning as handwriting does, through one of the places with the least ink. Whether
there are two digits at all, and which cut is theirs, cannot be told from the ink alone: whoever can read tries the
halves (`run/reading.py`).
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import numpy as np
import numpy.typing as npt
from scipy import ndimage

from tenfold.images.frame import framed
from tenfold.images.grouping import Box
from tenfold.images.ink import SOFT, Array, Ink
from tenfold.images.paper import Floats
from tenfold.images.strokes import EIGHT

WIDE = 1.1  # times its height: what is narrower is taken for one digit, as 96 of 100 single ones of MNIST are
NARROW = 0.45  # times its height: what is narrower is one, even where the network doubts it
TALL = 0.7  # of the whole's height: a shorter half is a part of a digit, whatever it is read as
ENDS = 0.2  # of the width at either end in which no cut is looked for
LEANS = (-0.35, -0.15, 0.0, 0.15, 0.35)  # pixels to the side for each pixel down
CUTS = 3  # at each lean
APART = 0.06  # of the width: how far apart two cuts are at least
SCRAP = 0.08  # of a half's ink: what is smaller and stands alone belongs to the other half
INSIDE = 0.5  # of a pixel that is covered, where a half begins


def may_be_two(ink: Ink) -> bool:
    """Whether a piece of ink is as wide as two digits, so that it may be cut."""
    return ink.box.width > WIDE * ink.box.height


def might_be_two(ink: Ink) -> bool:
    """Whether a piece of ink is wide enough for two narrow digits: most of such are one."""
    return ink.box.width > NARROW * ink.box.height


def halves(ink: Ink, scale: float) -> list[tuple[Ink, Ink]]:
    """The ways in which a piece of ink may be cut into a left and a right one.

    scale: pixels of its stages for one pixel of the picture as it was given (`Page.scale`).
    """
    crop: Floats = np.asarray(ink.stages["crop"] / 255, np.float32)
    found = []
    for cut in cuts(crop):
        left, right = (without_scraps(np.where(side, crop, 0).astype(np.float32)) for side in (cut, ~cut))
        if left.max() >= INSIDE and right.max() >= INSIDE:
            pair = half_of(ink, left, scale), half_of(ink, right, scale)
            if min(half.box.height for half in pair) >= TALL * ink.box.height:
                found.append(pair)
    return found


def cuts(crop: Floats) -> Iterator[npt.NDArray[np.bool_]]:
    """Masks (height, width) of what lies to the left of each cut."""
    height, width = crop.shape
    down, across = np.mgrid[:height, :width]
    for lean in LEANS:
        place = np.rint(across - lean * (down - height / 2)).astype(np.int64)  # where a line through it is halfway down
        first = int(place.min())
        profile = np.bincount((place - first).ravel(), weights=crop.ravel()).astype(np.float64)
        for column in thinnest(profile[-first : -first + width]):
            yield place < column


def thinnest(profile: npt.NDArray[np.float64]) -> list[int]:
    """The columns with the least ink that are not near an end nor near one another."""
    width = len(profile)
    apart = max(1, round(APART * width))
    smooth = ndimage.uniform_filter1d(profile, max(1, apart // 2))
    columns = [int(column) for column in np.argsort(smooth, kind="stable") if ENDS <= column / width <= 1 - ENDS]
    found: list[int] = []
    for column in columns:
        if len(found) == CUTS:
            break
        if all(abs(column - other) >= apart for other in found):
            found.append(column)
    return found


def without_scraps(half: Floats) -> Floats:
    """A half without what the cut left of the other one: small pieces that do not hang together with the rest."""
    labels, count = ndimage.label(half > 0, EIGHT)
    if count < 2:
        return half
    ink = np.bincount(labels.ravel(), weights=half.ravel())
    keep = ink >= SCRAP * ink[1:].sum()
    return np.where(keep[labels], half, 0).astype(np.float32)


def half_of(ink: Ink, half: Floats, scale: float) -> Ink:
    """One half as a digit of its own; the stages before it was cut are those of both.

    It has no warnings: hardly any of the halves is ever chosen, and they take longer than all the rest.
    """
    rows, columns = (np.flatnonzero(half.max(axis=axis) >= INSIDE) for axis in (1, 0))
    inner = half[
        max(0, rows[0] - SOFT) : rows[-1] + 1 + SOFT,
        max(0, columns[0] - SOFT) : columns[-1] + 1 + SOFT,
    ]
    before_left, before_top = (min(SOFT, round(side * scale)) for side in (ink.box.left, ink.box.top))
    box = Box(
        *(
            round(start + (place - before) / scale)
            for start, place, before in (
                (ink.box.left, columns[0], before_left),
                (ink.box.top, rows[0], before_top),
                (ink.box.left, columns[-1] + 1, before_left),
                (ink.box.top, rows[-1] + 1, before_top),
            )
        )
    )
    image = framed(inner)
    stages: dict[str, Array] = {**ink.stages, "crop": np.rint(inner * 255).astype(np.uint8), "seen": image}
    return replace(ink, box=box, image=image, stages=stages, warnings=())
