"""How familiar a picture is to a run: the training pictures that are nearest to it, and whether even those are far.

Near is by the plain distance between pixels (`evaluation/neighbours.py`), so it tells what the network had seen, not
what it thinks. What is far the training pictures tell themselves: some of them, spread over all, are asked how far each
is from the nearest of the others. Where a run's pictures are, and that they are still the same, is `sources.py`'s.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from tenfold.errors import DataNotFound, InputError
from tenfold.evaluation.neighbours import nearest
from tenfold.images.named import NAMED_SETS

if TYPE_CHECKING:
    from tenfold.images.dataset import Dataset
    from tenfold.run.run import Run

ASKED = 400  # training pictures that tell how far apart is usual: a second for MNIST's 60,000
FAR = 0.99  # of them have another that is nearer than what is called far
FEWEST = 50  # training pictures; of fewer nothing is usual

Images = npt.NDArray[np.uint8]
Neighbour = Mapping[str, Any]  # index, label, distance, picture


@dataclass(frozen=True)
class Likeness:
    """What is said about one picture: its nearest training pictures, and a sentence where even those are far."""

    pictures: tuple[Neighbour, ...]
    doubts: tuple[str, ...]


NOTHING = Likeness((), ())
Compare = Callable[[Images], list[Likeness]]


class Familiar:
    """The training pictures of a run, ready to be compared with others."""

    def __init__(self, data: Dataset) -> None:
        self.train = data.train
        self.classes = data.classes

    @cached_property
    def far(self) -> float | None:
        """The distance beyond which hardly any training picture is from its nearest; None where they are too few."""
        total = len(self.train)
        if total < FEWEST:
            return None
        spread = np.linspace(0, total - 1, min(ASKED, total)).astype(np.int64)
        # Of each the first is the picture itself, or its double.
        distances = nearest(self.train.images, self.train.images[spread], 2).distances[:, 1]
        return float(np.quantile(distances, FAR))

    def nearest(self, images: Images, n: int) -> list[tuple[Neighbour, ...]]:
        """The `n` nearest to each of `images` (M, height, width, channels), the nearest first."""
        found = nearest(self.train.images, images, n)
        return [
            tuple(
                {
                    "index": int(index),
                    "label": self.classes[self.train.labels[index]],
                    "distance": float(distance),
                    "picture": self.train.images[index],
                }
                for index, distance in zip(indices, distances, strict=True)
            )
            for indices, distances in zip(found.indices, found.distances, strict=True)
        ]

    def doubts(self, pictures: tuple[Neighbour, ...]) -> tuple[str, ...]:
        distance = pictures[0]["distance"] if pictures else 0.0
        if self.far is None or distance <= self.far:
            return ()
        return (
            f"it is unlike all training pictures: the nearest is {distance:.1f} away, "
            f"and {100 * FAR:.0f} % of them have another within {self.far:.1f}",
        )


def nearness(near: Neighbour) -> str:
    """A training picture in a few characters: "7 (4.1)"."""
    return f"{near['label']} ({near['distance']:.1f})"


def compared_with(training: Familiar | None, n: int) -> Compare:
    """What tells for each of some pictures the `n` that are nearest to it; nothing where nothing is to be told."""

    def compare(images: Images) -> list[Likeness]:
        if training is None or not len(images):
            return [NOTHING] * len(images)
        return [Likeness(pictures, training.doubts(pictures)) for pictures in training.nearest(images, n)]

    return compare


def familiar(run: Run, say: Callable[[str], None] | None) -> Familiar | None:
    """The training pictures of a run, as far as they are on this machine: nothing is downloaded for them.

    say: is given a sentence where they are not, and the answer is None; without it that is an error.
    """
    try:
        return Familiar(run.data(download=False))
    except InputError as error:
        if say is None:
            raise
        say(f"The nearest training pictures are left out: {why_not(run, error)}.")
        return None


def why_not(run: Run, error: InputError) -> str:
    name = run.about_data.get("name")
    if isinstance(error, DataNotFound) and isinstance(name, str) and name in NAMED_SETS:
        return f"{name} is not on this machine; to get it: tenfold data fetch {name}"
    return error.line
