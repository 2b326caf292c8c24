"""The confusion matrix: how often each class was taken for each class, and which pictures those were.

It owns the counting and the pairs that are confused most. How probable the network found its mistakes is in
`mistakes.py`; precision and recall of each class are in `classification.py`.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
import numpy.typing as npt

from tenfold.errors import one_line
from tenfold.text_table import columns, percent

WIDEST = 30  # classes whose matrix is written as text; of more, only the pairs


@dataclass(frozen=True)
class Pair:
    """Pictures of one class that were taken for another."""

    true: str
    predicted: str
    count: int
    rate: float  # of all pictures of the true class
    ids: tuple[int, ...]  # of those pictures

    def as_json(self) -> dict[str, Any]:
        return {
            "true": self.true,
            "predicted": self.predicted,
            "count": self.count,
            "rate": self.rate,
            "ids": list(self.ids),
        }

    def __str__(self) -> str:
        return f"{one_line(self.true)} taken for {one_line(self.predicted)}: {self.count:,} ({percent(self.rate)})"


@dataclass(frozen=True, eq=False)
class Confusion:
    """True and predicted label of every picture, counted."""

    labels: npt.NDArray[np.int64]  # (pictures,)
    predicted: npt.NDArray[np.int64]  # (pictures,)
    classes: tuple[str, ...]

    @cached_property
    def counts(self) -> npt.NDArray[np.int64]:
        """How often each class (row) was taken for each class (column)."""
        size = len(self.classes)
        cells = np.bincount(self.labels * size + self.predicted, minlength=size * size)
        return cells.reshape(size, size)

    @cached_property
    def rates(self) -> npt.NDArray[np.float64]:
        """The same as shares of each true class; NaN in the row of a class that does not occur."""
        of_class = self.counts.sum(axis=1, keepdims=True)  # (classes, 1)
        return np.where(of_class > 0, self.counts / np.maximum(of_class, 1), np.nan)

    def ids(self, true: int, predicted: int) -> npt.NDArray[np.int64]:
        """The pictures of class number `true` that were taken for class number `predicted`."""
        return np.flatnonzero((self.labels == true) & (self.predicted == predicted))

    def most_confused(self, n: int | None = 10) -> tuple[Pair, ...]:
        """The `n` pairs of classes with the most mistakes, the most first; None for all of them."""
        mistakes = self.counts - np.diag(np.diag(self.counts))
        true, predicted = np.nonzero(mistakes)
        order = np.argsort(-mistakes[true, predicted], kind="stable")[:n]
        return tuple(self._pair(int(true[place]), int(predicted[place])) for place in order)

    def _pair(self, true: int, predicted: int) -> Pair:
        count, rate = int(self.counts[true, predicted]), float(self.rates[true, predicted])
        ids = tuple(self.ids(true, predicted).tolist())
        return Pair(self.classes[true], self.classes[predicted], count, rate, ids)

    def table(self, *, empty: bool = True) -> list[dict[str, Any]]:
        """One row for each cell: true, predicted, count, rate; without the cells that count nothing unless `empty`."""
        rates = self.rates
        return [
            {
                "true": name,
                "predicted": other,
                "count": int(self.counts[row, column]),
                "rate": None if np.isnan(rates[row, column]) else float(rates[row, column]),
            }
            for row, name in enumerate(self.classes)
            for column, other in enumerate(self.classes)
            if empty or self.counts[row, column]
        ]

    def as_json(self) -> dict[str, Any]:
        return {"classes": list(self.classes), "counts": self.counts.tolist()}

    def __str__(self) -> str:
        if len(self.classes) > WIDEST:
            return "\n".join(map(str, self.most_confused(20))) or "nothing is confused"
        names = [one_line(name) for name in self.classes]
        rows = [["true \\ predicted", *names]]
        rows += [[name, *(f"{count:,}" for count in row)] for name, row in zip(names, self.counts, strict=True)]
        return "\n".join(columns(rows, right=range(1, len(names) + 1)))

    def __repr__(self) -> str:
        wrong = int((self.labels != self.predicted).sum())
        return f"Confusion of {len(self.classes)} classes: {wrong:,} of {len(self.labels):,} wrong"
