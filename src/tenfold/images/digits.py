"""The set that needs no download: scikit-learn's 1,797 handwritten digits, brought into MNIST's frame.

The originals are 8×8 pictures with values from 0 to 16. As NIST's digits were for MNIST, each is cut to its ink, scaled
to a box of 20×20 with its proportions kept, and laid into 28×28 so that its centre of mass is the centre of the frame;
here all of that is one cubic resampling, so that nothing is blurred twice. Real handwriting, but upscaled: softer than
MNIST, and by 13 writers whose digits are on both sides of the split.
"""

from __future__ import annotations

from importlib.util import find_spec
from pathlib import Path

import numpy as np
import numpy.typing as npt

from tenfold.errors import DataNotFound
from tenfold.images.assemble import assembled
from tenfold.images.dataset import Dataset, Images, Labels
from tenfold.images.named import NAMED_SETS

FRAME, BOX = 28, 20
Floats = npt.NDArray[np.float64]


def digits(*, seed: int = 0, test_fraction: float = 0.2) -> Dataset:
    """The digits as a dataset, with a stratified test split drawn by `seed`."""
    known = NAMED_SETS["digits"]
    return assembled(
        known.name,
        {"train": read_digits()},
        classes=known.classes,
        source="scikit-learn",
        licence=known.licence,
        seed=seed,
        test_fraction=test_fraction,
    )


def read_digits() -> tuple[Images, Labels]:
    """All 1,797 pictures (28×28×1) and their labels, in scikit-learn's order."""
    rows = np.loadtxt(_bundled_file(), delimiter=",", dtype=np.float64)  # (1797, 8×8 pixels and the digit)
    return framed(rows[:, :64].reshape(-1, 8, 8) / 16), rows[:, 64].astype(np.int64)


def _bundled_file() -> Path:
    """The file that scikit-learn's `load_digits` reads. Importing scikit-learn to be told would take a second."""
    package = find_spec("sklearn")
    for folder in (package.submodule_search_locations or ()) if package else ():
        path = Path(folder, "datasets", "data", "digits.csv.gz")
        if path.is_file():
            return path
    raise DataNotFound("digits", found="no scikit-learn with its digits", do="install it: pip install scikit-learn")


def framed(ink: Floats) -> Images:
    """Small pictures of ink between 0 and 1, (N, h, w), as MNIST would show them: uint8 (N, 28, 28, 1)."""
    rows, columns = ink.sum(axis=2), ink.sum(axis=1)  # (N, h), (N, w)
    scale = BOX / np.maximum(_extent(rows), _extent(columns))  # (N,)
    vertical = _cubic_weights(_centre(rows), scale, ink.shape[1])  # (N, 28, h)
    horizontal = _cubic_weights(_centre(columns), scale, ink.shape[2])  # (N, 28, w)
    large = vertical @ ink @ horizontal.transpose(0, 2, 1)  # (N, 28, 28)
    # Rounded twice, so that the last bit of a sum, which differs between machines, never decides about a pixel.
    return np.rint(np.round(np.clip(large, 0, 1) * 255, 6)).astype(np.uint8)[..., np.newaxis]


def _extent(profile: Floats) -> Floats:
    """How many rows (or columns) lie between the first and the last with ink."""
    inked = profile > 0
    return np.asarray(inked.shape[1] - inked.argmax(axis=1) - inked[:, ::-1].argmax(axis=1), np.float64)


def _centre(profile: Floats) -> Floats:
    """The centre of mass along one axis, in pixels."""
    return np.asarray(profile @ np.arange(profile.shape[1]) / profile.sum(axis=1), np.float64)


def _cubic_weights(centre: Floats, scale: Floats, size: int) -> Floats:
    """How much each of `size` source pixels counts in each pixel of the frame: Catmull-Rom, (N, 28, size)."""
    middle = (FRAME - 1) / 2
    sampled = centre[:, None] + (np.arange(FRAME) - middle) / scale[:, None]  # (N, 28): where each frame pixel looks
    distance = np.abs(sampled[:, :, None] - np.arange(size))
    near = 1.5 * distance**3 - 2.5 * distance**2 + 1
    far = -0.5 * distance**3 + 2.5 * distance**2 - 4 * distance + 2
    return np.where(distance < 1, near, np.where(distance < 2, far, 0.0))
