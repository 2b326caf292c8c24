"""Digits of MNIST drawn back onto paper: the pictures that the handwriting benchmark shows to Tenfold.

A digit of 28×28 is made large again (its outline smooth, its edge as sharp as a pen's), turned, drawn with a thicker or
a thinner pen, and laid in a colour of ink onto paper with grain, lines, shadow, noise and JPEG: whatever a `Look` asks
for. Every picture follows from its digit, its look and its seed. Nothing here knows how pictures are read again.
"""

from __future__ import annotations

import io
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from PIL import Image
from scipy import ndimage

Floats = npt.NDArray[np.float64]
Picture = npt.NDArray[np.uint8]
BOX = 20  # of the 28 pixels of a frame, the part that a digit fills


@dataclass(frozen=True)
class Look:
    """How a digit is drawn, and on what. The defaults are black ink on white paper with nothing in the way."""

    height: float = 80.0  # pixels that MNIST's box of 20 gets
    turn: float = 0.0  # degrees
    pen: float = 1.0  # the stroke's thickness beside the digit's own
    margin: tuple[float, float] = (1.0, 1.0)  # paper around the digit, in heights of it: before it and after it
    paper: tuple[int, int, int] = (255, 255, 255)
    ink: tuple[int, int, int] = (0, 0, 0)
    faint: float = 0.0  # how much of the ink is missing where the pen hardly touched
    grain: float = 0.0  # roughness of the paper, in parts of its brightness
    ruled: float = 0.0  # how dark printed lines are; 0: none
    squared: bool = False  # lines in both directions
    line_gap: float = 1.3  # between lines, in heights of a digit
    slope: float = 0.0  # degrees by which the page lies askew
    shadow: float = 0.0  # how much darker the far corner is
    edge: float = 0.0  # the same for a shadow with an edge, as of a hand
    blur: float = 0.0  # pixels
    noise: float = 0.0  # of the camera, in grey levels
    jpeg: int = 0  # quality; 0: not saved as JPEG


def drawn(digit: Picture, look: Look, seed: int) -> Picture:
    """The picture (height, width, 3) of one digit (28, 28)."""
    random = np.random.default_rng(seed)
    ink = shape_of(digit, look)
    before, after = (round(part * look.height) for part in look.margin)
    return photographed(np.pad(ink, ((before, after), (before, after))), look, random)


def touching(digits: Sequence[Picture], look: Look, shared: float, seed: int) -> Picture:
    """The picture of a row of digits on one line, each pushed to the left until it has ink in common with the others.

    shared: how much of it, in pixels of MNIST. With 0 they stand a quarter of a digit's height apart.
    """
    random = np.random.default_rng(seed)
    row, *others = [shape_of(digit, look) for digit in digits]
    for other in others:
        height = max(row.shape[0], other.shape[0])
        row, other = (np.pad(ink, ((height - ink.shape[0], 0), (0, 0))) for ink in (row, other))
        row = pushed(row, other, shared * look.height**2 / BOX**2) if shared else apart(row, other, look.height / 4)
    before, after = (round(part * look.height) for part in look.margin)
    return photographed(np.pad(row, ((before, after), (before, after))), look, random)


def pushed(left: Floats, right: Floats, shared: float) -> Floats:
    """Both inks, the right one so far to the left that they share this many pixels."""
    row = np.pad(left, ((0, 0), (0, right.shape[1])))
    for place in range(left.shape[1], -1, -1):
        part = row[:, place : place + right.shape[1]]
        if np.count_nonzero((part > 0.5) & (right > 0.5)) >= shared:
            break
    part[:] = np.maximum(part, right)
    return row[:, : max(left.shape[1], place + right.shape[1])]


def apart(left: Floats, right: Floats, gap: float) -> Floats:
    return np.concatenate([left, np.zeros((len(left), round(gap))), right], axis=1)


def shape_of(digit: Picture, look: Look) -> Floats:
    """How much of each pixel is ink, 0 to 1, cropped to the digit."""
    scale = look.height / BOX
    fine = max(scale, 4.0)  # small digits are drawn large and reduced, so that their edges are soft
    large = ndimage.zoom(np.pad(digit, 4).astype(np.float64), fine, order=3)
    if look.turn:
        large = ndimage.rotate(large, look.turn, reshape=False, order=1)
    inside = large > 110
    if look.pen != 1:
        inside = with_pen(inside, look.pen)
    ink = ndimage.gaussian_filter(inside.astype(np.float64), 0.5)
    if fine > scale:
        ink = reduced(ink, scale / fine)
    rows, columns = (np.flatnonzero(ink.max(axis=axis) > 0.1) for axis in (1, 0))
    return ink[rows[0] : rows[-1] + 1, columns[0] : columns[-1] + 1]


def with_pen(inside: npt.NDArray[np.bool_], pen: float) -> npt.NDArray[np.bool_]:
    """The same digit, drawn with a pen of `pen` times the thickness; never so thin that a stroke vanishes."""
    within = ndimage.distance_transform_edt(inside)
    ridge = (within == ndimage.maximum_filter(within, 3)) & inside
    half = float(np.median(within[ridge]))
    if pen > 1:
        return np.asarray(ndimage.distance_transform_edt(~inside) <= half * (pen - 1))
    # As deep inside as the thinner pen would be, or on the stroke's middle line, where that is deeper than any pen.
    return np.asarray(within > half * (1 - pen)) | ndimage.binary_dilation(ridge, iterations=max(1, round(half * pen)))


def reduced(ink: Floats, factor: float) -> Floats:
    image = Image.fromarray((ink.clip(0, 1) * 255).astype(np.uint8))
    size = (max(1, round(image.width * factor)), max(1, round(image.height * factor)))
    return np.asarray(image.resize(size, Image.Resampling.BOX), np.float64) / 255


def photographed(ink: Floats, look: Look, random: np.random.Generator) -> Picture:
    """Ink on paper as a camera or a scanner sees it."""
    height, width = ink.shape
    if look.faint:
        ink = ink * (1 - look.faint * cloud((height, width), look.height / 8, random))
    lines = printed_lines((height, width), look, random)
    light = lighting((height, width), look, random)
    picture = np.empty((height, width, 3))
    grain = 1 + look.grain * random.standard_normal((height, width)) if look.grain else np.ones((height, width))
    grain = grain + look.grain * (2 * cloud((height, width), 3, random) - 1) if look.grain else grain
    for channel in range(3):
        page = look.paper[channel] * grain * (1 - lines)
        picture[..., channel] = (page * (1 - ink) + look.ink[channel] * ink) * light
    if look.blur:
        picture = ndimage.gaussian_filter(picture, (look.blur, look.blur, 0))
    if look.noise:
        picture = picture + look.noise * random.standard_normal(picture.shape)
    pixels = picture.clip(0, 255).astype(np.uint8)
    return as_jpeg(pixels, look.jpeg) if look.jpeg else pixels


def cloud(shape: tuple[int, int], size: float, random: np.random.Generator) -> Floats:
    """Smooth noise from 0 to 1 whose patches are about `size` pixels."""
    noise = ndimage.gaussian_filter(random.standard_normal(shape), size)
    return (noise - noise.min()) / max(float(np.ptp(noise)), 1e-9)


def printed_lines(shape: tuple[int, int], look: Look, random: np.random.Generator) -> Floats:
    """How dark the printed lines make each pixel."""
    lines = np.zeros(shape)
    if not look.ruled:
        return lines
    rows, columns = np.mgrid[: shape[0], : shape[1]].astype(np.float64)
    gap, thick = look.line_gap * look.height, max(1.0, look.height / 50)
    tilt = np.tan(np.radians(look.slope))
    for along, across in ((rows - columns * tilt, True), (columns + rows * tilt, look.squared)):
        if across:
            away = np.abs((along + random.uniform(0, gap)) % gap - gap / 2)
            lines = np.maximum(lines, look.ruled * np.clip(thick / 2 + 0.5 - away, 0, 1))
    return lines


def lighting(shape: tuple[int, int], look: Look, random: np.random.Generator) -> Floats:
    """How much of the light reaches each pixel."""
    rows, columns = np.mgrid[0 : 1 : shape[0] * 1j, 0 : 1 : shape[1] * 1j]
    angle = random.uniform(0, 2 * np.pi)
    along = (rows - 0.5) * np.sin(angle) + (columns - 0.5) * np.cos(angle)  # -0.7 to 0.7
    light = 1 - look.shadow * (along / 1.4 + 0.5)
    if look.edge:
        soft = 0.03  # of the picture: how wide the edge of the shadow is
        light = light * (1 - look.edge / (1 + np.exp(-(along - random.uniform(-0.3, 0.3)) / soft)))
    return np.asarray(light)


def as_jpeg(pixels: Picture, quality: int) -> Picture:
    file = io.BytesIO()
    Image.fromarray(pixels).save(file, "JPEG", quality=quality)
    return np.asarray(Image.open(file), np.uint8)
