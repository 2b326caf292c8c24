"""A digit into MNIST's frame: made to fit 20×20 with its proportions, its centre of mass in the middle of 28×28.

So the pictures of MNIST were made from the scans of NIST. A pixel of the frame is as bright as ink covers it; where a
digit is smaller than its frame it is enlarged smoothly. The middle is the corner between the four innermost pixels,
whose centre of mass, counted as MNIST's are, is (14, 14).
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from tenfold.images.paper import Floats
from tenfold.images.picture import Picture

FRAME, BOX = 28, 20
MIDDLE = 14.0  # where MNIST's centres of mass lie, the pixels counted from 0: 14.00 on the average of 60,000
OFF_CENTRE = 0.8  # pixels: MNIST's digits were moved by whole pixels, scikit-learn's lie half a pixel higher
SOFT_EDGE = 64  # grey levels: what is fainter may reach beyond the box of 20
EDGE = 0.5  # a row belongs to the digit where ink covers this much of a pixel of it
Frame = npt.NDArray[np.uint8]  # (28, 28)


def framed(ink: Floats) -> Frame:
    """A digit's ink, (height, width) from 0 to 1 with some paper around it, as MNIST would show it."""
    rows, columns = extent(ink.max(axis=1)), extent(ink.max(axis=0))
    scale = BOX / max(rows, columns)
    mass = float(ink.sum())
    down = weights(float(ink.sum(axis=1) @ np.arange(ink.shape[0])) / mass, scale, ink.shape[0])
    across = weights(float(ink.sum(axis=0) @ np.arange(ink.shape[1])) / mass, scale, ink.shape[1])
    large = down @ ink @ across.T  # (28, 28)
    # Rounded twice, so that the last bit of a sum, which differs between machines, never decides about a pixel.
    return np.rint(np.round(np.clip(large, 0, 1) * 255, 3)).astype(np.uint8)


def is_framed(picture: Picture) -> bool:
    """Whether a picture of light ink, (height, width, channels), is in the frame already."""
    if picture.shape[:2] != (FRAME, FRAME) or not picture.any() or (picture != picture[..., :1]).any():
        return False
    ink = picture[..., 0].astype(float)
    if ink.max() <= SOFT_EDGE:
        return False
    place = np.arange(FRAME)
    centre = np.array([ink.sum(axis=1) @ place, ink.sum(axis=0) @ place]) / ink.sum()
    longest = max(int(np.ptp(np.flatnonzero((ink > SOFT_EDGE).any(axis=axis)))) + 1 for axis in (0, 1))
    return bool(np.abs(centre - MIDDLE).max() <= OFF_CENTRE and longest <= BOX + 2)


def extent(profile: Floats) -> float:
    """How long a digit is along one axis, to a part of a pixel: an edge half covered counts half."""
    inside = np.flatnonzero(profile >= EDGE)
    if not inside.size:
        return float(np.count_nonzero(profile)) or 1.0
    first, last = inside[0], inside[-1]
    before = profile[first - 1] if first else 0.0
    after = profile[last + 1] if last + 1 < len(profile) else 0.0
    return float(last - first + 1 - (1 - profile[first]) - (1 - profile[last]) + before + after)


def weights(centre: float, scale: float, size: int) -> Floats:
    """How much each of `size` pixels counts in each pixel of the frame, (28, size)."""
    looked_at = centre + (np.arange(FRAME) - MIDDLE) / scale  # (28,): the middle of each frame pixel, in the picture
    away = np.abs(looked_at[:, np.newaxis] - np.arange(size))  # (28, size)
    if scale >= 1:  # Catmull-Rom
        near = 1.5 * away**3 - 2.5 * away**2 + 1
        far = -0.5 * away**3 + 2.5 * away**2 - 4 * away + 2
        return np.where(away < 1, near, np.where(away < 2, far, 0.0)).astype(np.float32)
    half = 0.5 / scale  # how much of each pixel lies under the frame's pixel, which is 1 / scale wide
    covered = np.clip(half + 0.5 - away, 0, 1)
    return np.asarray(covered * scale, np.float32)
