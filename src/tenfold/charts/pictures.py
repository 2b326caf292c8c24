"""Pictures inside a chart: arrays as data URLs that are small, sharp and say nothing false about their pixels.

Grey and coloured pictures keep their pixels. Numbers that are not pixels (weights, activations, saliency) become
colours here, each in the one way that fits: from zero upwards in grey, around zero in orange, white and blue.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt

from tenfold.errors import InputError
from tenfold.inline_png import inline_png

TALLEST = 128  # pixels; larger pictures are shown smaller
ORANGE, WHITE, BLUE = (213.0, 94.0, 0.0), (247.0, 247.0, 247.0), (0.0, 114.0, 178.0)
GLOW = (255.0, 130.0, 20.0)
DIMMED = 0.6  # the picture below the glow

Pixels = npt.NDArray[np.uint8]


def source(picture: npt.ArrayLike) -> str:
    """uint8 pixels (height, width) or (height, width, channels) as a data URL."""
    return inline_png(pixels_of(picture), tallest=TALLEST)


def pixels_of(picture: npt.ArrayLike) -> Pixels:
    """A picture as uint8: as it is, or from numbers between 0 and 1."""
    array = np.asarray(picture)
    if array.ndim not in (2, 3) or 0 in array.shape:
        raise InputError(
            "picture", found=f"an array of shape {array.shape}", expected="(height, width) or (height, width, channels)"
        )
    if array.dtype == np.uint8:
        return array
    if array.dtype.kind == "f":
        return eight_bits(np.nan_to_num(np.clip(array, 0, 1)) * 255)
    raise InputError("picture", found=f"an array of {array.dtype}", expected="uint8, or numbers from 0 to 1")


def grey(values: npt.ArrayLike, largest: float | None = None) -> Pixels:
    """Numbers from zero upwards (height, width): black is 0 or less, white the `largest`, of these if none is said."""
    array = np.nan_to_num(np.asarray(values, np.float64), posinf=0, neginf=0)
    top = float(array.max(initial=0)) if largest is None else largest
    return pixels_of(array / top if top > 0 else np.zeros_like(array))


def around_zero(values: npt.ArrayLike, largest: float | None = None) -> Pixels:
    """Numbers of both signs (height, width) as colours: orange below zero, white at it, blue above."""
    array = np.nan_to_num(np.asarray(values, np.float64), posinf=0, neginf=0)
    top = float(np.abs(array).max(initial=0)) if largest is None else largest
    share = np.clip(array / top if top > 0 else np.zeros_like(array), -1, 1)[..., None]  # (height, width, 1)
    end = np.where(share < 0, ORANGE, BLUE)
    return eight_bits(np.asarray(WHITE) + np.abs(share) * (end - np.asarray(WHITE)))


def blended(picture: npt.ArrayLike, values: npt.ArrayLike, strength: float = 0.9) -> Pixels:
    """Saliency from zero upwards (height, width) laid over a picture: the more, the more orange."""
    below: Any = pixels_of(picture)
    if below.ndim == 2 or below.shape[2] not in (3, 4):
        below = np.repeat((below if below.ndim == 2 else below[..., 0])[..., None], 3, axis=2)
    share = grey(values)[..., None] / 255.0 * strength
    return eight_bits(below[..., :3] * DIMMED * (1 - share) + np.asarray(GLOW) * share)


def eight_bits(values: npt.NDArray[Any]) -> Pixels:
    return np.asarray(np.rint(values), np.uint8)
