"""Digits drawn with a pen of lines, and pages of them: no font, no file, no MNIST."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt
from PIL import Image, ImageDraw

Picture = npt.NDArray[np.uint8]

# Each digit as strokes, each stroke as points in a square of 0 to 1.
STROKES: dict[str, list[list[tuple[float, float]]]] = {
    "0": [[(0.5, 0), (0.15, 0.2), (0.1, 0.7), (0.5, 1), (0.85, 0.7), (0.85, 0.25), (0.5, 0)]],
    "1": [[(0.45, 0.1), (0.55, 0), (0.5, 1)]],
    "2": [[(0.15, 0.2), (0.5, 0), (0.85, 0.25), (0.15, 1), (0.9, 1)]],
    "3": [[(0.15, 0.1), (0.55, 0), (0.8, 0.25), (0.45, 0.45), (0.85, 0.75), (0.5, 1), (0.1, 0.9)]],
    "4": [[(0.6, 0), (0.1, 0.65), (0.9, 0.65)], [(0.7, 0.3), (0.65, 1)]],
    "5": [[(0.3, 0.08), (0.25, 0.45), (0.6, 0.4), (0.85, 0.7), (0.5, 1), (0.1, 0.9)], [(0.3, 0.05), (0.9, 0.05)]],
    "7": [[(0.1, 0.05), (0.9, 0.05), (0.35, 1)]],
}


def page(
    *digits: tuple[str, int, int],
    size: tuple[int, int] = (160, 160),
    height: int = 80,
    pen: int = 8,
    paper: int = 235,
    ink: int = 40,
) -> Picture:
    """Digits, each as (name, left, top), on paper of `size`: (height, width) of grey."""
    image = Image.new("L", (size[1], size[0]), paper)
    for name, left, top in digits:
        draw(image, STROKES[name], left, top, height, pen, ink)
    return np.asarray(image, np.uint8)


def draw(
    image: Image.Image,
    strokes: Sequence[Sequence[tuple[float, float]]],
    left: int,
    top: int,
    height: int,
    pen: int,
    ink: int,
) -> None:
    """Strokes with round ends; a square of points becomes `height` tall and 0.7 of that wide."""
    drawing = ImageDraw.Draw(image)
    for stroke in strokes:
        points = [(left + 0.7 * height * x, top + height * y) for x, y in stroke]
        drawing.line(points, fill=ink, width=pen, joint="curve")
        for x, y in points:
            drawing.ellipse((x - pen / 2, y - pen / 2, x + pen / 2, y + pen / 2), fill=ink)


def in_shadow(picture: Picture, darkest: float = 0.4) -> Picture:
    """The same page, its right side in a soft shadow."""
    light = np.linspace(1, darkest, picture.shape[1])
    return (picture * light).astype(np.uint8)


def half_in_shadow(degrees: float, place: float, darkest: float = 0.45, side: int = 160) -> npt.NDArray[np.float64]:
    """The light on a page on which a shadow lies whose edge, five pixels wide, runs past the middle, at `place`."""
    rows, columns = np.mgrid[-0.5 : 0.5 : side * 1j, -0.5 : 0.5 : side * 1j]
    along = rows * np.sin(np.radians(degrees)) + columns * np.cos(np.radians(degrees))
    return np.asarray(1 - (1 - darkest) * np.clip((along - place) * side / 5 + 0.5, 0, 1))


def with_lines(picture: Picture, every: int, ink: int = 150, upright: bool = False) -> Picture:
    """The same page with printed lines below the writing."""
    ruled = np.full_like(picture, 255)
    for place in range(every // 2, picture.shape[1 if upright else 0], every):
        if upright:
            ruled[:, place : place + 2] = ink
        else:
            ruled[place : place + 2] = ink
    return np.minimum(picture, ruled)
