"""The noun of this folder: `Predictions`, what a network said about every picture of a split, and what was true.

It owns the arrays, their one file, and the numbers that are plain counting over them. What those numbers are worth is
in `interval.py`; the summary that a run keeps is in `evaluation.py`. It does not know which network said so.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from tenfold.array_file import Unreadable, read_arrays, write_arrays
from tenfold.errors import InputError

if TYPE_CHECKING:
    from tenfold.evaluation.confusion import Confusion

FILE_LIMIT = 4 * 2**30  # bytes; a million pictures of a thousand classes fit
MISTAKES_SHOWN = 5  # in a notebook
SMALLEST = 1e-7  # a probability of 0 for the truth costs log(1e-7), as in Keras, and not infinity
LARGEST = 1.01  # a probability of 1 that was computed in 16 bits


@dataclass(frozen=True, eq=False)
class Predictions:
    """Probabilities (pictures, classes), the true labels (pictures,) and the names of the classes."""

    probabilities: npt.NDArray[np.float32]
    labels: npt.NDArray[np.int64]
    classes: tuple[str, ...]

    def __post_init__(self) -> None:
        shape, expected = self.probabilities.shape, (len(self.labels), len(self.classes))
        if shape != expected:
            raise InputError(
                "predictions",
                found=f"probabilities of shape {shape} for {expected[0]:,} labels and {expected[1]} classes",
                expected=f"shape {expected}",
            )
        if len(self.labels) and not 0 <= int(self.labels.min()) <= int(self.labels.max()) < len(self.classes):
            raise InputError(
                "predictions",
                found=f"labels from {self.labels.min()} to {self.labels.max()}",
                expected=f"0 to {len(self.classes) - 1}",
            )
        object.__setattr__(self, "probabilities", np.ascontiguousarray(self.probabilities, dtype=np.float32))
        object.__setattr__(self, "labels", np.ascontiguousarray(self.labels, dtype=np.int64))

    @classmethod
    def of(cls, outputs: npt.ArrayLike, labels: npt.ArrayLike, classes: Sequence[str]) -> Predictions:
        """Predictions from whatever a model gave for each class: float16, bfloat16 or float32."""
        return cls(np.asarray(outputs).astype(np.float32), np.asarray(labels).astype(np.int64), tuple(classes))

    def __len__(self) -> int:
        return len(self.labels)

    @cached_property
    def predicted(self) -> npt.NDArray[np.int64]:
        """The most probable class of each picture; the first of them where several are equally so."""
        return np.asarray(np.argmax(self.probabilities, axis=1), np.int64)

    @cached_property
    def wrong(self) -> npt.NDArray[np.int64]:
        """The places of the misclassified pictures in the split, in order."""
        return np.flatnonzero(self.predicted != self.labels)

    @property
    def accuracy(self) -> float:
        return (len(self) - len(self.wrong)) / len(self) if len(self) else 0.0

    @property
    def ids(self) -> npt.NDArray[np.int64]:
        """What each picture is called wherever pictures are named: its place in the split, from 0."""
        return np.arange(len(self))

    @cached_property
    def confidence(self) -> npt.NDArray[np.float64]:
        """How probable each picture's predicted class is said to be; NaN where the outputs are no probabilities."""
        return self.probability_of(self.predicted)

    @cached_property
    def truth(self) -> npt.NDArray[np.float64]:
        """How probable each picture's true class is said to be; NaN where the outputs are no probabilities."""
        return self.probability_of(self.labels)

    def probability_of(self, chosen: npt.NDArray[np.int64]) -> npt.NDArray[np.float64]:
        """The probability of one chosen class for each picture, brought to what a softmax means by it.

        The outputs of sigmoids need not have the sum 1, so they are divided by it. Outputs of which one is not between
        0 and 1 say nothing about probability.
        """
        each = self.probabilities[np.arange(len(self)), chosen].astype(np.float64)
        return np.divide(each, self._sums, out=np.zeros_like(each), where=self._sums != 0)

    @cached_property
    def _sums(self) -> npt.NDArray[np.float64]:
        """The sum of each picture's outputs; NaN where they are no probabilities. Without classes × pictures of it."""
        with np.errstate(invalid="ignore", over="ignore"):
            sums = self.probabilities.sum(axis=1, dtype=np.float64)
        lowest, highest = self.probabilities.min(axis=1, initial=0.0), self.probabilities.max(axis=1, initial=0.0)
        return np.where(np.isfinite(sums) & (lowest >= 0) & (highest <= LARGEST), sums, np.nan)

    @cached_property
    def log_loss(self) -> float:
        """The mean of -log(probability of the truth): what cross-entropy is, whatever loss the recipe trained with.

        NaN when the outputs of a picture are no probabilities.
        """
        if not len(self):
            return 0.0
        return float(-np.log(np.clip(self.truth, SMALLEST, 1.0)).mean())

    def top_accuracy(self, guesses: int) -> float | None:
        """How often the truth is among the `guesses` most probable classes; None where it could not be missing."""
        if not len(self) or guesses >= len(self.classes):
            return None
        of_truth = self.probabilities[np.arange(len(self)), self.labels][:, np.newaxis]  # (pictures, 1)
        earlier = np.arange(len(self.classes))[np.newaxis, :] < self.labels[:, np.newaxis]
        before = (self.probabilities > of_truth) | ((self.probabilities == of_truth) & earlier)
        rank = before.sum(axis=1)
        # What is no number has no order: there is the one guess that `predicted` makes, and no second.
        nothing = np.isnan(self.probabilities).any(axis=1)
        rank = np.where(nothing, np.where(self.predicted == self.labels, 0, len(self.classes)), rank)
        return float((rank < guesses).mean())

    def confusion(self) -> Confusion:
        """Which classes are taken for which."""
        from tenfold.evaluation.confusion import Confusion

        return Confusion(self.labels, self.predicted, self.classes)

    def save(self, path: Path) -> None:
        """Write the three arrays at `path`: `numpy.load(path)["probabilities"]` reads them without Tenfold."""
        classes: npt.NDArray[Any] = np.array(self.classes, dtype=np.str_)
        write_arrays(path, {"probabilities": self.probabilities, "labels": self.labels, "classes": classes})

    @classmethod
    def load(cls, path: Path) -> Predictions:
        arrays = read_arrays(path, FILE_LIMIT)
        kinds = {name: (array.dtype.kind, array.ndim) for name, array in arrays.items()}
        if kinds != {"probabilities": ("f", 2), "labels": ("i", 1), "classes": ("U", 1)}:
            raise Unreadable(
                path,
                found=f"the arrays {', '.join(kinds) or 'of nothing'}",
                expected="probabilities (pictures, classes), labels (pictures) and classes",
            )
        return cls(arrays["probabilities"], arrays["labels"], tuple(arrays["classes"].tolist()))

    def _repr_html_(self) -> str:
        from tenfold.evaluation.mistakes import Mistakes
        from tenfold.text_table import html_table, paragraphs

        rows = Mistakes(self).rows(MISTAKES_SHOWN)
        table = html_table(rows, caption="the surest mistakes") if len(rows) > 1 else ""
        return f"<div>{paragraphs([str(self)])}{table}</div>"

    def __str__(self) -> str:
        return f"{len(self):,} predictions, {len(self.wrong):,} of them wrong, {len(self.classes)} classes"

    __repr__ = __str__
