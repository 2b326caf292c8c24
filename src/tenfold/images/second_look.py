"""Other looks at a digit in its frame, for a network that is not sure of the first: turned a little, and thinner.

A pen much thicker than MNIST's fills the corners and loops that tell digits apart, and the page may lie askew. So a
stroke thicker than most of MNIST's is made thinner, and the digit is shown as it stands and turned to either side. Who
asks the network, and when, is `run/touching.py`.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
from scipy import ndimage

from tenfold.images.frame import Frame, framed
from tenfold.images.paper import Floats
from tenfold.images.unlike import FINE, in_detail

THICK, USUAL = 4.0, 3.0  # pixels of a stroke in the frame: what is thicker than the one is brought to the other
LEAST = 0.6  # of a usual stroke: no thinner becomes any part of it, whatever is taken off
TURNS = (-7.0, 0.0, 7.0)  # degrees


def looks_at(image: Frame) -> npt.NDArray[np.uint8]:
    """A digit turned to either side and upright, its strokes no thicker than usual: (looks, 28, 28)."""
    usual = (thinned(image) / 255).astype(np.float32)
    return np.stack([turned(usual, degrees) for degrees in TURNS])


def turned(ink: Floats, degrees: float) -> Frame:
    """A digit, (28, 28) from 0 to 1, turned to the left and put into its frame again."""
    return framed(ndimage.rotate(ink, degrees, reshape=False, order=1).clip(0, 1))


def thinned(image: Frame) -> Frame:
    """A digit whose strokes are as thick as is usual, if they were much thicker."""
    inside, middle, thickness = in_detail(image)
    if thickness <= THICK:
        return image
    taken = FINE * (thickness - USUAL) / 2
    from_middle = ndimage.distance_transform_edt(~middle)
    core = np.clip(inside - taken + 0.5, 0, 1)
    line = np.where(inside > 0, np.clip(LEAST * FINE * USUAL / 2 - from_middle + 0.5, 0, 1), 0)
    return framed(np.maximum(core, line).astype(np.float32))
