"""What a network is worth that may say "I do not know": it answers only when it is sure enough.

For each threshold this file counts how many pictures are answered and how many of those answers are right. A threshold
that was chosen by these numbers has seen the test; choose it on validation pictures where it matters.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from tenfold.evaluation.interval import wilson
from tenfold.evaluation.predictions import Predictions
from tenfold.text_table import columns, html_table, percent, plural

THRESHOLDS = (0.0, 0.5, 0.6, 0.7, 0.8, 0.9, 0.95, 0.98, 0.99, 0.999)


@dataclass(frozen=True)
class Threshold:
    """What happens when only answers of at least this confidence are given."""

    threshold: float
    right: int
    answered: int
    total: int

    @property
    def coverage(self) -> float | None:
        """The share of the pictures that is answered."""
        return self.answered / self.total if self.total else None

    @property
    def accuracy(self) -> float | None:
        """The share of the answers that is right."""
        return self.right / self.answered if self.answered else None

    @property
    def accuracy_interval(self) -> tuple[float, float]:
        return wilson(self.right, self.answered)

    @property
    def in_words(self) -> tuple[str, str]:
        """Coverage and accuracy, each with as many digits as its pictures can carry."""
        return percent(self.coverage, of=self.total), percent(self.accuracy, of=self.answered)

    def as_json(self) -> dict[str, Any]:
        low, high = self.accuracy_interval if self.answered else (None, None)
        return {
            "threshold": self.threshold,
            "answered": self.answered,
            "coverage": self.coverage,
            "accuracy": self.accuracy,
            "accuracy_low": low,
            "accuracy_high": high,
            "wrong": self.answered - self.right,
        }

    def __str__(self) -> str:
        start = f"answer only when at least {self.threshold * 100:g} % sure: "
        if self.coverage is None or self.accuracy is None:
            return f"{start}nothing is answered"
        return f"{start}{self.in_words[0]} answered, {self.in_words[1]} right"


@dataclass(frozen=True)
class Abstaining:
    """One `Threshold` after another, the least strict first."""

    thresholds: tuple[Threshold, ...]

    @classmethod
    def of(cls, predictions: Predictions, thresholds: Sequence[float] = THRESHOLDS) -> Abstaining:
        return cls(tuple(answered_from(predictions, threshold) for threshold in thresholds))

    def table(self) -> list[dict[str, Any]]:
        """One row a threshold: threshold, answered, coverage, accuracy, accuracy_low, accuracy_high, wrong."""
        return [each.as_json() for each in self.thresholds]

    def rows(self) -> list[tuple[str, ...]]:
        """The table in words, header first."""
        header = ("answer when at least", "answered", "right", "wrong answers")
        return [header, *map(row_of, self.thresholds)]

    def chart(self) -> Any:
        """How many pictures are answered, and how many answers are right, as an Altair chart."""
        from tenfold.charts.calibration import abstain

        return abstain(self.table())

    def _repr_html_(self) -> str:
        return html_table(self.rows(), right=range(1, 4))

    def __str__(self) -> str:
        return "\n".join(columns(self.rows(), right=range(1, 4)))

    def __repr__(self) -> str:
        return f"Abstaining, {plural(len(self.thresholds), 'threshold')}; print it for the table"


def answered_from(predictions: Predictions, threshold: float) -> Threshold:
    """The count for one threshold. No probability is never sure enough, unless everything is answered."""
    sure = predictions.confidence >= threshold if threshold > 0 else np.ones(len(predictions), bool)
    right = int((sure & (predictions.predicted == predictions.labels)).sum())
    return Threshold(threshold, right, int(sure.sum()), len(predictions))


def row_of(each: Threshold) -> tuple[str, ...]:
    wrong = f"{each.answered - each.right:,}"
    return f"{each.threshold * 100:g} % sure", *each.in_words, wrong
