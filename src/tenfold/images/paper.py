"""What on a picture is ink and what is paper, whatever the light did: the first half of reading handwriting.

A picture of any colours becomes one number for each pixel: how much of the paper's light the ink takes away there. It
is the same in a shadow as in the sun, for a blue pen as for a black one, for chalk as for a pencil.

- **Polarity**: a smooth surface is laid through the paper, which reaches the border nearly everywhere. What is far from
  it, darker or brighter, is the ink.
- **Lighting**: dividing by that surface removes what changes slowly. For shadows with an edge the paper's brightness at
  each place is then the brightest within a window wider than any stroke (a grey closing), made smooth.
- **Colour**: each channel counts as much as ink shows in it, so that a red pen is read where it is dark.

Which of the ink belongs to strokes, and which to lines and specks, is told by `strokes.py`.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

import numpy as np
import numpy.typing as npt
from numpy.lib.stride_tricks import sliding_window_view
from PIL import Image
from scipy import ndimage

from tenfold.images.picture import Picture

Floats = npt.NDArray[np.float32]

SMALL = 64  # pixels of the longest side on which polarity is told
DARKEST = 16  # grey levels: below it more and less light are hardly told apart
NEIGHBOURHOOD = 0.34  # of the shorter side: most of such a square is paper
INSIDE = 0.15  # how much a pixel counts there that is not near the border, beside one that is
WINDOW = 0.34  # of the shorter side: wider than any stroke
WIDER = 2.5  # times the thickest stroke found with it, is the window that is taken then: it follows shadows better
HARDLY = 1.3  # times the thickest stroke is the window at least, where a stroke fills the picture
BRIGHT = 95  # the percentile of all pixels that counts as lit paper
AS_DARK = 0.8  # of the ink's contrast: what is all that and does not reach the border is ink, though no window is wider
LONG = 0.4  # of a side: what is dark for longer along the border is no stroke
ROUGH = 160  # pixels of the longest side on which the colour and the thickness of the strokes are told
COARSE = 480  # pixels of the longest side on which the paper is laid under the strokes
FAINTEST = 0.07  # of the paper's brightness: ink that takes less is none
NOISE = 4.5  # times the paper's own deviation: what is above it is ink
USUAL = 80  # the percentile of all inked pixels that counts as full ink; the rest are soft edges


@dataclass(frozen=True, eq=False)
class Paper:
    """A picture of which the paper is known."""

    contrast: Floats  # (height, width): the part of the paper's light that is missing, 0 to 1
    light_ink: bool  # brighter than what it is written on
    least: float  # contrast that noise does not reach
    full: float  # the contrast of a stroke; 0 where there is no ink at all

    @property
    def flattened(self) -> Picture:
        """(height, width, 1): dark ink on white paper, evenly lit."""
        return np.rint((1 - self.contrast) * 255).astype(np.uint8)[..., np.newaxis]


def paper_of(picture: Picture) -> Paper:
    """The paper of a picture (height, width, 1 or 3), and the ink on it."""
    light_ink = is_light(picture)
    dark = (255 - picture if light_ink else picture).astype(np.float32)
    shorter = min(dark.shape[:2])
    weights, stroke, inked = first_look(dark)
    grey = ndimage.gaussian_filter(dark @ weights, min(1.5, shorter / 300), mode="nearest")
    window = min(max(WINDOW * shorter, HARDLY * stroke), WIDER * stroke) if stroke else WINDOW * shorter
    contrast = missing_light(grey, window)
    middle = (1 - inked) / 2  # of all pixels that are so bright: the middle of the paper, though most may be ink
    contrast -= np.float32(np.quantile(contrast, middle))  # for the closing lies on the brightest grain of the paper
    deviation = 1.4826 * float(np.quantile(np.abs(contrast), middle))
    least = max(FAINTEST, NOISE * deviation)
    contrast = np.clip(contrast, 0, 1)
    return Paper(contrast, light_ink, least, level(contrast, least))


def first_look(dark: Floats) -> tuple[Floats, float, float]:
    """How much each channel counts, as much as ink shows in it, how thick the strokes are and how much of the picture
    they fill: from a small picture."""
    small = [block_means(dark[..., channel], ROUGH) for channel in range(dark.shape[2])]
    missing = np.stack([missing_light(channel, WINDOW * min(channel.shape)) for channel in small], axis=-1)
    strongest = missing.max(axis=2)
    inked = missing[strongest >= np.percentile(strongest, 98)]  # (pixels, channels)
    shown = np.maximum(inked.mean(axis=0), 1e-6)
    weights = np.asarray(shown / shown.sum(), np.float32)
    contrast = missing @ weights
    strong = contrast > max(FAINTEST, level(contrast, FAINTEST) / 2)
    within = filled(np.stack(small, axis=-1) @ weights, strong)
    strong |= within
    stroke = 2 * float(np.percentile(ndimage.distance_transform_edt(strong)[strong], 99)) if strong.any() else 0.0
    return weights, (stroke + 1) * dark.shape[0] / small[0].shape[0] if stroke else 0.0, float(within.mean())


def filled(grey: Floats, strong: npt.NDArray[np.bool_]) -> npt.NDArray[np.bool_]:
    """Where ink is thicker than the window, which then lies on it as if it were paper: as dark as the ink that was
    found, and within the picture, which shadows are not."""
    if not strong.any():
        return strong
    below = np.percentile(grey, BRIGHT) - grey
    dark = below >= AS_DARK * np.median(below[strong])
    labels, _ = ndimage.label(dark | strong)
    border = np.unique(np.concatenate([labels[0], labels[-1], labels[:, 0], labels[:, -1]]))
    return np.asarray(dark & ~np.isin(labels, border))


def level(contrast: Floats, least: float) -> float:
    """The contrast of a stroke: most inked pixels are soft edges. 0 where nothing is inked."""
    inked = contrast[contrast > least]
    return float(np.percentile(inked, USUAL)) if inked.size else 0.0


def is_light(picture: Picture) -> bool:
    """Whether the ink on a picture is brighter than its paper."""
    light = block_means(picture.mean(axis=2, dtype=np.float32), SMALL)
    small = 100 * np.log(light + DARKEST)
    far = small - laid_over(surface_through(small), *small.shape)
    size = max(3, round(NEIGHBOURHOOD * min(small.shape)) | 1)
    near = small - median_around(small, size)
    away = np.where(far * near > 0, np.sign(near) * np.minimum(np.abs(far), np.abs(near)), 0)
    return bool(np.sum(away**3) > 0)


def median_around(grey: Floats, size: int) -> Floats:
    """The middle value of the `size`×`size` pixels around each pixel; `size` is odd.

    What `ndimage.median_filter` gives, which takes several times as long for squares as large as these.
    """
    windows = sliding_window_view(np.pad(grey, size // 2, "edge"), (size, size))
    middle = size * size // 2
    return np.partition(windows.reshape(*grey.shape, -1), middle, axis=-1)[..., middle]


def surface_through(grey: Floats) -> Floats:
    """The six numbers of a smooth surface through the paper, most of which lies along the border of a small picture."""
    height, width = grey.shape
    terms = surface_terms(height, width).reshape(-1, 6)
    band = max(1, min(height, width) // 12)
    trust = np.ones((height, width), np.float32)
    trust[band:-band, band:-band] = INSIDE
    trusted, values = trust.reshape(-1), grey.reshape(-1)
    weights = trusted
    for _ in range(8):  # least absolute distances, by least squares with other weights each time
        weighted = terms * weights[:, np.newaxis]
        surface = np.linalg.solve(weighted.T @ terms + np.eye(6, dtype=np.float32) * 1e-4, weighted.T @ values)
        weights = (trusted / np.maximum(np.abs(values - terms @ surface), 4)).astype(np.float32)
    return np.asarray(surface, np.float32)


def laid_over(surface: Floats, height: int, width: int) -> Floats:
    """The surface's height at each pixel of a picture of any size."""
    constant, across, down, across2, down2, both = surface
    x, y = np.linspace(-1, 1, width, dtype=np.float32), np.linspace(-1, 1, height, dtype=np.float32)[:, np.newaxis]
    return np.asarray(constant + across * x + across2 * x * x + (down + both * x) * y + down2 * y * y, np.float32)


@lru_cache(maxsize=16)
def surface_terms(height: int, width: int) -> Floats:
    """The six terms of the surface at each pixel, (height, width, 6), in the order that `laid_over` expects."""
    y, x = np.mgrid[-1 : 1 : height * 1j, -1 : 1 : width * 1j].astype(np.float32)
    return np.stack([np.ones_like(x), x, y, x * x, y * y, x * y], axis=-1)


def block_means(grey: Floats, most: int) -> Floats:
    """`grey` with its longest side brought to `most` pixels at most, by means over blocks of it."""
    step = -(-max(grey.shape) // most)
    if step == 1:
        return grey
    image = Image.fromarray(grey).reduce(step)
    return np.asarray(image, np.float32)


def missing_light(channel: Floats, window: float) -> Floats:
    """The part of the paper's light that is missing at each pixel of one channel.

    The surface is right for light that changes slowly and wrong near a shadow's edge, so the paper is found with it and
    without it: ink is missing from both.
    """
    surface = np.maximum(laid_over(surface_through(block_means(channel, SMALL)), *channel.shape), 16)
    plain, level_light = channel / np.float32(255), np.asarray(channel / surface, np.float32)
    return np.minimum(below_paper(plain, window), below_paper(level_light, window))


def below_paper(channel: Floats, window: float) -> Floats:
    """How far each pixel is below the brightest within the window, as a part of that."""
    coarse = block_means(channel, COARSE)
    size = max(3, round(window * coarse.shape[0] / channel.shape[0]) | 1)
    beyond = continued(coarse, size)
    paper = ndimage.minimum_filter(ndimage.maximum_filter(beyond, size, mode="nearest"), size, mode="nearest")
    paper = paper[size:-size, size:-size]
    paper = enlarged(ndimage.gaussian_filter(paper, size / 16, mode="nearest"), *channel.shape)
    return np.asarray(1 - channel / np.maximum(paper, 0.06), np.float32)


def continued(grey: Floats, more: int) -> Floats:
    """`grey` with `more` pixels around it, as its border is: a shadow goes on there, what is short is ink and does not.

    Where a shadow's edge meets the border aslant, no window fits between them unless the shadow goes on.
    """
    for _ in range(2):  # left and right, then, turned, above and below
        long = 1 + 2 * int(LONG * len(grey) / 2)
        sides = np.pad(grey[:, [0, -1]], ((long, long), (0, 0)), "edge")
        shadow = ndimage.grey_closing(sides, (long, 1), mode="nearest")[long:-long]
        grey = np.concatenate([np.repeat(shadow[:, :1], more, 1), grey, np.repeat(shadow[:, 1:], more, 1)], axis=1).T
    return grey


def enlarged(grey: Floats, height: int, width: int) -> Floats:
    """`grey` brought back to the size that its blocks were taken from."""
    if grey.shape == (height, width):
        return grey
    image = Image.fromarray(grey).resize((width, height), Image.Resampling.BILINEAR)
    return np.asarray(image, np.float32)
