"""Which labels are probably wrong: confident learning (Northcutt, Jiang and Chuang 2021) on predictions.

A picture is suspect when the network is as sure that it belongs to another class as it usually is of pictures that
truly do: its probability for that class reaches the mean over the pictures with that label. The mean is each class's
own, so that a class of which the network is never sure does not hide its mistakes, and one of which it is always sure
does not accuse everybody. Suspects are ranked by how much less probable the given label is than the best other one.

The predictions must be of pictures that the network was not trained on, or it repeats the labels that it was given. Who
makes such predictions for training pictures is `run/cross_validation.py`.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from tenfold.errors import one_line
from tenfold.evaluation.predictions import Predictions
from tenfold.text_table import percent

SHOWN = 20  # in the text

Floats = npt.NDArray[np.float64]


@dataclass(frozen=True)
class Suspect:
    """A picture whose label may be wrong, by its place in the split, and what the network takes it for."""

    id: int
    label: str
    suggested: str
    probability: float  # of the suggested class
    margin: float  # of the label over the best other class, -1 to 1: the lower, the more suspect

    def as_json(self) -> dict[str, Any]:
        return {
            "id": self.id,
            "label": self.label,
            "suggested": self.suggested,
            "probability": self.probability,
            "margin": self.margin,
        }

    def __str__(self) -> str:
        return (
            f"picture {self.id}: labelled {one_line(self.label)}, "
            f"looks like {one_line(self.suggested)} ({percent(self.probability)})"
        )

    __repr__ = __str__


@dataclass(frozen=True)
class Suspects:
    """All suspects among some pictures, the most suspect first."""

    listed: tuple[Suspect, ...]
    looked_at: int  # pictures for which there were probabilities

    @property
    def ids(self) -> tuple[int, ...]:
        return tuple(suspect.id for suspect in self.listed)

    @property
    def share(self) -> float:
        return len(self.listed) / self.looked_at if self.looked_at else 0.0

    def __len__(self) -> int:
        return len(self.listed)

    def __iter__(self) -> Iterator[Suspect]:
        return iter(self.listed)

    def as_json(self) -> dict[str, Any]:
        return {"looked_at": self.looked_at, "suspects": [suspect.as_json() for suspect in self.listed]}

    def __str__(self) -> str:
        more = [f"  and {len(self) - SHOWN:,} more"] if len(self) > SHOWN else []
        return "\n".join([repr(self), *(f"  {suspect}" for suspect in self.listed[:SHOWN]), *more])

    def __repr__(self) -> str:
        return f"{len(self):,} of {self.looked_at:,} labels are suspect"


def suspects(predictions: Predictions) -> Suspects:
    """The pictures whose label is probably not theirs."""
    probabilities, known = normalised(predictions.probabilities)  # (known, classes), (known,)
    labels, classes = predictions.labels[known], predictions.classes
    bars = thresholds(probabilities, labels)  # (classes,)
    confident = np.where(probabilities >= bars[np.newaxis, :], probabilities, -1.0)
    looks_like = np.argmax(confident, axis=1)
    rows = np.arange(len(labels))
    contradicted = np.argmax(probabilities, axis=1) != labels  # where the label is the best answer, it stands
    suspect = (confident[rows, looks_like] >= 0) & (looks_like != labels) & contradicted
    margins = margin(probabilities, labels)
    order = sorted(np.flatnonzero(suspect).tolist(), key=lambda row: (margins[row], known[row]))
    listed = tuple(
        Suspect(
            id=int(known[row]),
            label=classes[labels[row]],
            suggested=classes[looks_like[row]],
            probability=float(probabilities[row, looks_like[row]]),
            margin=float(margins[row]),
        )
        for row in order
    )
    return Suspects(listed, len(known))


def normalised(outputs: npt.NDArray[np.float32]) -> tuple[Floats, npt.NDArray[np.int64]]:
    """Outputs as probabilities whose sum is 1, and which pictures they are of: those that have such."""
    with np.errstate(invalid="ignore"):
        sums = outputs.sum(axis=1, dtype=np.float64)
        sound = np.isfinite(sums) & (sums > 0) & (outputs >= 0).all(axis=1)
    known = np.flatnonzero(sound)
    return outputs[known].astype(np.float64) / sums[known, np.newaxis], known


def thresholds(probabilities: Floats, labels: npt.NDArray[np.int64]) -> Floats:
    """How sure the network is, in the mean, of the pictures of each class; of a class without pictures: never."""
    classes = probabilities.shape[1]
    own = probabilities[np.arange(len(labels)), labels]
    count = np.bincount(labels, minlength=classes)
    total = np.bincount(labels, weights=own, minlength=classes)
    bars: Floats = np.divide(total, count, out=np.full(classes, np.inf), where=count > 0)
    return bars


def margin(probabilities: Floats, labels: npt.NDArray[np.int64]) -> Floats:
    """How much more probable each label is than the best other class."""
    rows = np.arange(len(labels))
    others = probabilities.copy()
    others[rows, labels] = -np.inf
    best = others.max(axis=1, initial=-np.inf)
    return np.asarray(probabilities[rows, labels] - best, np.float64)
