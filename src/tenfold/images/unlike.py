"""In which way a digit in its frame is unlike those of MNIST, in sentences that say what to do about it.

A network answers whatever it is shown. These are the cases in which its answer is worth little, each with the number it
was judged by. The bounds are those of MNIST's 60,000 training pictures: hardly one of a hundred lies beyond them.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt
from scipy import ndimage

from tenfold.images.frame import Frame
from tenfold.images.grouping import Box, may_be_one
from tenfold.images.strokes import Mask
from tenfold.text_table import percent

MOST_DIGITS = 200  # on one picture
FEWEST_PIXELS = 14  # that a digit is tall, or wide, on the picture
THINNEST, THICKEST = 1.2, 4.8  # pixels of a stroke in the frame; MNIST has 1.4 to 4.5
LEAST_INK, MOST_INK = 24, 225  # pixels of full ink in the frame; MNIST has 39 to 193 (1 % to 99 %: 20 and 312 at most)
WIDEST = 1.35  # times its height; MNIST's widest are as wide as they are tall, for they are cut to 20×20
FAINT = 0.18  # of the paper's light: what takes less is hardly to be seen
STRONGER = "write with a stronger pen"
TALLER = 2.2  # times as tall as the digits beside it
FINE = 4  # times as fine as the frame: so strokes are measured
Depths = npt.NDArray[np.float64]


def warnings_about(
    box: Box, image: Frame, shape: tuple[int, ...], scale: float, others: Sequence[Box]
) -> tuple[str, ...]:
    """What is unlike MNIST in one digit; `scale` pixels of its picture are one here, `others` are all boxes on it."""
    heights = sorted(other.height for other in others)
    usual = heights[len(heights) // 2]
    found = []
    larger = round(max(box.width, box.height) * scale)
    if larger < FEWEST_PIXELS:
        found.append(f"it is only {larger} pixels tall: photograph it closer")
    if box.left <= 0 or box.top <= 0 or box.bottom >= shape[0] or box.right >= shape[1]:
        found.append("it touches the border of the picture: part of it may be missing")
    if any(may_be_one(box, other) for other in others if other != box):
        found.append("it lies close above or below another: perhaps one digit whose stroke is interrupted; " + STRONGER)
    elif box.width > WIDEST * box.height:
        times = f"{box.width / box.height:.1f} times as wide as tall"
        found.append(f"it is {times}: perhaps two digits that touch; leave a gap between them")
    if box.height > TALLER * usual:
        found.append(f"it is {box.height / usual:.1f} times as tall as the others: perhaps no digit")
    return (*found, *warnings_about_frame(image))


def warnings_about_frame(image: Frame) -> tuple[str, ...]:
    """What is unlike MNIST in a picture of its size: too little ink or too much, strokes too thin or too thick."""
    found = []
    thickness = stroke_in(image)
    strokes = f"its strokes are {thickness:.1f} pixels thick in its frame, MNIST's 1.4 to 4.5"
    if thickness < THINNEST:
        found.append(f"{strokes}: use a thicker pen")
    elif thickness > THICKEST:
        found.append(f"{strokes}: use a thinner pen")
    ink = float(image.sum()) / 255
    share = f"{ink:.0f} of the frame's 784 pixels, MNIST has 39 to 193"
    if ink < LEAST_INK:
        found.append(f"there is little ink in it: {share}")
    elif ink > MOST_INK:
        found.append(f"there is much ink in it: {share}")
    return tuple(found)


def warnings_about_page(full: float) -> tuple[str, ...]:
    """What is unusual about a whole picture, whose strokes take the part `full` of the paper's light."""
    if full < FAINT:
        return (f"the ink is faint: it takes only {percent(full, 0)} of the paper's light; {STRONGER}",)
    return ()


def stroke_in(image: Frame) -> float:
    """How thick the strokes of a digit are, in pixels of its frame: measured along the middle."""
    return in_detail(image)[2]


def in_detail(image: Frame) -> tuple[Depths, Mask, float]:
    """How deep inside a stroke each pixel is, where the middle of the strokes is, both `FINE` times as fine as the
    frame, and how thick the strokes are in pixels of the frame."""
    large = ndimage.zoom(image.astype(np.float32), FINE, order=1) > 127
    inside = ndimage.distance_transform_edt(large)
    middle = (inside == ndimage.maximum_filter(inside, 3)) & large
    return inside, middle, 2 * float(np.median(inside[middle])) / FINE if middle.any() else 0.0
