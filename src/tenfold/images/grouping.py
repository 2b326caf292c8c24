"""Which strokes make one digit: a 5 whose bar stands apart, a digit that a faint pen broke, and specks that are none.

Strokes that hang together are one piece. Pieces become digits in three steps, measured by the height H of tall ones:

1. pieces closer than half a stroke belong together, and so do two of which one goes on where the other ends
   (`facing.py`) or that stand on one another, together shaped as one digit;
2. a small piece belongs to the digit it lies within reach of;
3. what is still small is a speck, and is left out.

Digits that touch one another are one piece here: `unlike.py` warns of what is far too wide, `touching.py` may cut it.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import combinations

import numpy as np
import numpy.typing as npt
from scipy import ndimage

from tenfold.images.facing import gap_between, goes_on
from tenfold.images.strokes import EIGHT, Mask

Labels = npt.NDArray[np.int_]  # (height, width): the number of its digit for each pixel, 0 for paper

MOST_PIECES = 400  # the largest ones; a picture with more is no page of digits
SPECK = 0.35  # of the square of a stroke's thickness: a smaller piece is dirt
SMALL_AREA, SMALL_HEIGHT = (
    0.45,
    0.62,
)  # a piece with less than these parts of another may be its bar
REACH = 0.3  # of H: how far a bar may stand from its digit
ALONE = 0.3  # of H: what is smaller and stands alone is a speck
SMALLEST = 6  # pixels: what is smaller cannot be read, and may be noise
BREAK = 0.15  # of both pieces together: how far a stroke may be interrupted
SHORT_BREAK = 0.12  # the same where both are straight: a 1, or one above another
BROAD = 1.0  # times their height: both pieces together are no wider
SLIM = 1.8  # times their width: nor are they taller, unless both are straight
STRAIGHT = 1.3  # times its thickness and length: a stroke with no more ink is straight
SHORTER = 0.75  # of both together: where neither is shorter they are neighbours
ABOVE = 0.12  # of H: the gap between two halves of a digit that stand on one another
LOOSE = 0.3  # of both together: the gap between two parts that may be one digit after all
UNDER = 0.5  # of the narrower one: how much of two such halves has to lie under one another
TALL = 1.3  # times H: two halves together are no taller


@dataclass(frozen=True)
class Box:
    """A part of a picture, in pixels: `right` and `bottom` are the first that do not belong to it."""

    left: int
    top: int
    right: int
    bottom: int

    @property
    def width(self) -> int:
        return self.right - self.left

    @property
    def height(self) -> int:
        return self.bottom - self.top

    @property
    def diagonal(self) -> float:
        return float(np.hypot(self.width, self.height))

    def slices(self) -> tuple[slice, slice]:
        return slice(self.top, self.bottom), slice(self.left, self.right)

    def around(self, other: Box) -> Box:
        """The smallest box around both."""
        return Box(
            min(self.left, other.left),
            min(self.top, other.top),
            max(self.right, other.right),
            max(self.bottom, other.bottom),
        )


@dataclass(frozen=True, eq=False)
class Digits:
    """The digits of a picture, in no order yet."""

    labels: Labels
    boxes: dict[int, Box]  # by the number that a digit has in `labels`
    stroke: float  # how thick the strokes are, in pixels
    specks: int  # pieces that were left out


def digits_in(mask: Mask) -> Digits:
    """The digits that the strokes in `mask` make."""
    labels, count = ndimage.label(mask, EIGHT)
    if not count:
        return Digits(labels, {}, 0.0, 0)
    thickness = stroke_thickness(mask)
    labels, specks = without_dirt(labels, SPECK * thickness**2)
    labels = joined_where_close(labels, thickness / 2)
    labels = joined_where_broken(labels, thickness)
    labels = joined_where_stacked(labels)
    labels = joined_to_larger(labels)
    labels, alone = without_small(labels)
    return Digits(labels, boxes_of(labels), thickness, specks + alone)


def stroke_thickness(mask: Mask) -> float:
    """The usual thickness of a stroke, measured along its middle line."""
    inside = ndimage.distance_transform_edt(mask)
    middle = (inside == ndimage.maximum_filter(inside, 3)) & mask
    return 2 * float(np.median(inside[middle]))


def boxes_of(labels: Labels) -> dict[int, Box]:
    """The box of each number in `labels`."""
    return {
        number: Box(found[1].start, found[0].start, found[1].stop, found[0].stop)
        for number, found in enumerate(ndimage.find_objects(labels), start=1)
        if found is not None
    }


def without_dirt(labels: Labels, least: float) -> tuple[Labels, int]:
    """The labels of pieces with at least this much ink, and how many had less."""
    sizes = np.bincount(labels.ravel())
    sizes[0] = 0
    keep = sizes >= max(least, 2)
    if not keep.any():
        keep = sizes == sizes.max()
    for number in np.argsort(sizes)[: max(0, len(sizes) - MOST_PIECES)]:
        keep[number] = False
    keep[0] = True
    return np.where(keep[labels], labels, 0), int(len(keep) - keep.sum())


def tall(boxes: dict[int, Box], labels: Labels) -> float:
    """H: the height of the tall pieces, those with little ink counting little."""
    heights = np.array([box.height for box in boxes.values()], float)
    ink = np.bincount(labels.ravel())[list(boxes)].astype(float)
    order = np.argsort(heights)
    share = np.cumsum(ink[order]) / ink.sum()
    return float(heights[order][np.searchsorted(share, 0.5)])


def renamed(labels: Labels, names: dict[int, int]) -> Labels:
    """The labels with some numbers replaced by others."""
    table = np.arange(labels.max() + 1)
    for number, other in names.items():
        while other in names and names[other] != other:
            other = names[other]
        table[number] = other
    return table[labels]


def joined_where_close(labels: Labels, gap: float) -> Labels:
    """Pieces with less than `gap` between them have one number."""
    near = ndimage.distance_transform_edt(labels == 0) <= gap / 2
    together, _ = ndimage.label(near, EIGHT)
    return np.where(labels > 0, together, 0)


def joined_where_broken(labels: Labels, thickness: float) -> Labels:
    """Two pieces of which one goes on where the other ends, together shaped as a digit, have one number."""
    boxes = boxes_of(labels)
    ink = np.bincount(labels.ravel())
    straight = {number for number, box in boxes.items() if ink[number] <= STRAIGHT * thickness * box.diagonal}
    tallest = sorted(boxes, key=lambda number: boxes[number].height)[-3:]
    found: list[tuple[float, int, int]] = []
    for number, other in combinations(boxes, 2):
        both = boxes[number].around(boxes[other])
        rest = [boxes[name].height for name in tallest if name not in (number, other)]
        if rest and both.height > TALL * max(rest):
            continue
        two_straight = {number, other} <= straight
        if not may_be_halves(boxes[number], boxes[other], two_straight):
            continue
        window = labels[both.slices()]
        one, another = window == number, window == other
        gap, start, end = gap_between(one, another)
        longest = (SHORT_BREAK if two_straight else BREAK) * max(both.width, both.height)
        if gap <= longest and goes_on(one, another, start, end, thickness):
            found.append((gap, number, other))
    names: dict[int, int] = {}
    for _, number, other in sorted(found):
        names.setdefault(other, number)
    return renamed(labels, names)


def may_be_halves(one: Box, other: Box, straight: bool) -> bool:
    """Whether two pieces together are shaped as one digit; straight ones as a 1, which may be as slim as it is."""
    both = one.around(other)
    beside = min(one.height, other.height) > SHORTER * both.height
    slim = both.height > SLIM * both.width
    return both.width <= BROAD * both.height and not beside and (straight or not slim)


def may_be_one(one: Box, other: Box) -> bool:
    """Whether one of two digits lies above the other as the parts of a digit do, though no stroke joins them."""
    gap = max(one.top, other.top) - min(one.bottom, other.bottom)
    under = min(one.right, other.right) - max(one.left, other.left)
    near = gap <= LOOSE * one.around(other).height and under >= UNDER * min(one.width, other.width)
    return near and may_be_halves(one, other, straight=False)


def joined_where_stacked(labels: Labels) -> Labels:
    """Two pieces of which one stands on the other, together no taller than a digit, have one number."""
    boxes = boxes_of(labels)
    height = tall(boxes, labels)
    names: dict[int, int] = {}
    by_top = sorted(boxes, key=lambda number: boxes[number].top)
    for upper in by_top:
        for lower in by_top:
            one, other = boxes[upper], boxes[lower]
            if one.top >= other.top or lower in names:
                continue
            under = min(one.right, other.right) - max(one.left, other.left)
            gap = other.top - one.bottom
            both = one.around(other)
            if under >= UNDER * min(one.width, other.width) and gap <= ABOVE * height and both.height <= TALL * height:
                names[lower] = upper
                boxes[upper] = both
    return renamed(labels, names)


def joined_to_larger(labels: Labels) -> Labels:
    """A small piece gets the number of the digit that it is a part of."""
    boxes = boxes_of(labels)
    ink = np.bincount(labels.ravel())
    height = tall(boxes, labels)
    names: dict[int, int] = {}
    for number in sorted(boxes, key=lambda number: int(ink[number])):
        reach = int(REACH * max(height, boxes[number].height)) + 1
        box = boxes[number]
        rows = slice(max(0, box.top - reach), box.bottom + reach)
        columns = slice(max(0, box.left - reach), box.right + reach)
        window = labels[rows, columns]
        others = {
            int(other)
            for other in np.unique(window)
            if other not in (0, number)
            and ink[number] <= SMALL_AREA * ink[other]
            and box.height <= SMALL_HEIGHT * boxes[int(other)].height
        }
        if not others:
            continue
        away, (y, x) = ndimage.distance_transform_edt(~np.isin(window, list(others)), return_indices=True)
        own = np.where(window == number, away, np.inf)
        nearest = np.unravel_index(np.argmin(own), own.shape)
        other = int(window[y[nearest], x[nearest]])
        if own[nearest] <= REACH * boxes[other].height:
            names[number] = other
    return renamed(labels, names)


def without_small(labels: Labels) -> tuple[Labels, int]:
    """The labels of what is large enough to be a digit, and how many were not."""
    boxes = boxes_of(labels)
    least = max(SMALLEST, ALONE * tall(boxes, labels))
    small = [number for number, box in boxes.items() if max(box.height, box.width) < least]
    return np.where(np.isin(labels, small), 0, labels), len(small)
