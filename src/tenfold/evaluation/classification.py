"""The classification report: precision, recall and F1 of every class, and their averages.

The numbers are scikit-learn's, which the tests see to; to import it for them would take most of a second. This file
owns what is said where there is nothing to divide by: a class that was never predicted has no precision, one that does
not occur in the split has no recall, and None stands for both. The averages are over the classes that occur; there a
class that was never predicted counts with precision 0, as in scikit-learn's own report, because to leave it out would
reward a network that gives up on a class. Precision and recall of a class are shares of its pictures, so each comes
with its 95 % interval; F1 and the averages are no shares and have none.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np

from tenfold.errors import one_line
from tenfold.evaluation.interval import wilson
from tenfold.evaluation.predictions import Predictions
from tenfold.text_table import columns, html_table, percent

HEADER = ("", "precision", "recall", "f1", "support")
BRACKETS = "(in brackets: where it lies with 95 % confidence)"


@dataclass(frozen=True)
class ClassScore:
    """How well one class is recognised: of the pictures called so, of the pictures that are so, and both in one."""

    name: str
    precision: float | None  # of the pictures that were called so, how many are
    recall: float | None  # of the pictures that are so, how many were called so
    f1: float | None  # their harmonic mean
    support: int  # pictures of the class
    called: int | None = None  # pictures that were called so; None for an average
    precision_interval: tuple[float, float] | None = None  # where it lies with 95 % confidence
    recall_interval: tuple[float, float] | None = None

    @property
    def cells(self) -> tuple[str, str, str, str]:
        """Precision, recall, F1 and support in words, with as many digits as the pictures can carry."""
        called = self.support if self.called is None else self.called
        precision = with_interval(self.precision, self.precision_interval, called)
        recall = with_interval(self.recall, self.recall_interval, self.support)
        return precision, recall, percent(self.f1, of=self.support), f"{self.support:,}"

    def as_json(self) -> dict[str, Any]:
        return asdict(self)


@dataclass(frozen=True)
class ClassificationReport:
    """Every class, the accuracy, and the averages: each class counted alike (macro), or by its pictures (weighted)."""

    classes: tuple[ClassScore, ...]
    accuracy: float | None
    macro: ClassScore
    weighted: ClassScore

    @classmethod
    def of(cls, predictions: Predictions) -> ClassificationReport:
        classes = per_class(predictions)
        occurring = [score for score in classes if score.support]
        macro = average("macro average", occurring, [1] * len(occurring))
        weighted = average("weighted average", occurring, [score.support for score in occurring])
        return cls(classes, predictions.accuracy if len(predictions) else None, macro, weighted)

    def table(self) -> list[dict[str, Any]]:
        """One row for each class: name, precision, recall, f1, support, called, and the intervals of the first two."""
        return [score.as_json() for score in self.classes]

    def as_json(self) -> dict[str, Any]:
        return {"per_class": self.table(), "macro": self.macro.as_json(), "weighted": self.weighted.as_json()}

    def rows(self) -> list[tuple[str, ...]]:
        """The report as people know it, header first, every cell in words."""
        accuracy = ("accuracy", "", "", percent(self.accuracy, of=self.macro.support), f"{self.macro.support:,}")
        scores = [(score.name, *score.cells) for score in (*self.classes, self.macro, self.weighted)]
        return [HEADER, *scores[:-2], accuracy, *scores[-2:]]

    def chart(self) -> Any:
        """Precision, recall and F1 of each class, as an Altair chart."""
        from tenfold.charts.classes import per_class

        return per_class(self.table())

    def _repr_html_(self) -> str:
        return html_table(self.rows(), right=range(1, len(HEADER)), caption=BRACKETS)

    def __str__(self) -> str:
        lines = columns([[one_line(cell) for cell in row] for row in self.rows()], right=range(1, len(HEADER)))
        return "\n".join([*lines[:-3], "", *lines[-3:], "", BRACKETS])

    def __repr__(self) -> str:
        accuracy, f1 = (percent(share, of=self.macro.support) for share in (self.accuracy, self.macro.f1))
        numbers = f"accuracy {accuracy}, mean f1 {f1}"
        return f"Classification report of {len(self.classes)} classes: {numbers}; print it for the table"


def per_class(predictions: Predictions) -> tuple[ClassScore, ...]:
    """Precision, recall, F1 and support of each class, in the classes' order."""
    counts = predictions.confusion().counts  # (true classes, predicted classes)
    right, support, called = np.diag(counts), counts.sum(axis=1), counts.sum(axis=0)
    each = zip(predictions.classes, *(numbers.tolist() for numbers in (right, support, called)), strict=True)
    return tuple(class_score(*numbers) for numbers in each)


def class_score(name: str, right: int, support: int, called: int) -> ClassScore:
    """The numbers of one class: how many pictures are of it, how many were called so, and how many are both."""
    return ClassScore(
        name,
        precision=share(right, called),
        recall=share(right, support),
        f1=share(2 * right, called + support),
        support=support,
        called=called,
        precision_interval=wilson(right, called) if called else None,
        recall_interval=wilson(right, support) if support else None,
    )


def average(name: str, scores: Sequence[ClassScore], weights: Sequence[int]) -> ClassScore:
    """The mean of `scores`, each with its weight."""
    if not scores:
        return ClassScore(name, None, None, None, 0)

    def mean(numbers: Sequence[float | None]) -> float:
        return float(np.average([number or 0.0 for number in numbers], weights=weights))

    precision, recall, f1 = (mean([getattr(score, kind) for score in scores]) for kind in HEADER[1:4])
    return ClassScore(name, precision, recall, f1, sum(score.support for score in scores))


def share(part: int, whole: int) -> float | None:
    return part / whole if whole else None


def with_interval(number: float | None, interval: tuple[float, float] | None, of: int) -> str:
    """A share of so many pictures with its interval in brackets: "98.6 % (97.6 to 99.2)"."""
    if interval is None:
        return percent(number, of=of)
    low, high = (percent(bound, of=of).removesuffix(" %") for bound in interval)
    return f"{percent(number, of=of)} ({low} to {high})"
