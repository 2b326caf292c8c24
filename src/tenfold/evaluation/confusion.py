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

from tenfold.errors import InputError, one_line
from tenfold.text_table import columns, html_table, paragraphs, percent

SHOWN = 12  # pictures of each cell in a chart
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

    __repr__ = __str__


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
        return tuple(self._pair(*cell) for cell in self.mistaken()[:n])

    def mistaken(self) -> list[tuple[int, int]]:
        """The cells that count mistakes, true and predicted class number, the fullest first."""
        mistakes = self.counts - np.diag(np.diag(self.counts))
        true, predicted = np.nonzero(mistakes)
        order = np.argsort(-mistakes[true, predicted], kind="stable")
        return list(zip(true[order].tolist(), predicted[order].tolist(), strict=True))

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

    def chart(self, *, rate: bool = False, images: npt.NDArray[np.uint8] | None = None) -> Any:
        """The matrix as a heat map, an Altair chart; `rate` shows shares of the true class instead of counts.

        With the `images` of the split, such as `run.data().test.images`, a click on a cell shows its pictures.
        """
        from tenfold.charts.confusion import confusion

        return confusion(self.counts, self.classes, rate=rate, pictures=[] if images is None else self._shown(images))

    def _shown(self, images: npt.NDArray[np.uint8]) -> list[dict[str, Any]]:
        """The first pictures of every cell with mistakes, for the chart."""
        check_images(images, len(self.labels))
        cells = [(true, predicted, self.ids(true, predicted)[:SHOWN]) for true, predicted in self.mistaken()]
        return [
            {"true": true, "predicted": predicted, "image": images[ids[rank]], "title": f"picture {ids[rank]}"}
            for rank in range(SHOWN)  # one of each cell, then a second: a chart has room for so many only
            for true, predicted, ids in cells
            if rank < len(ids)
        ]

    def rows(self) -> list[list[str]]:
        """The matrix in words, header first: true classes down, predicted ones across."""
        counted = zip(self.classes, self.counts, strict=True)
        return [["true \\ predicted", *self.classes], *([name, *(f"{n:,}" for n in row)] for name, row in counted)]

    def __str__(self) -> str:
        if len(self.classes) > WIDEST:
            return "\n".join(map(str, self.most_confused(20))) or "nothing is confused"
        rows = [[one_line(cell) for cell in row] for row in self.rows()]
        return "\n".join(columns(rows, right=range(1, len(self.classes) + 1)))

    def _repr_html_(self) -> str:
        if len(self.classes) > WIDEST:
            return paragraphs(map(str, self.most_confused(20)))
        return html_table(self.rows(), right=range(1, len(self.classes) + 1), caption=repr(self))

    def __repr__(self) -> str:
        wrong = int((self.labels != self.predicted).sum())
        return f"Confusion of {len(self.classes)} classes: {wrong:,} of {len(self.labels):,} wrong"


def check_images(images: npt.NDArray[np.uint8], total: int) -> None:
    """Refuse pictures that cannot be those which the predictions are about."""
    if len(images) != total:
        raise InputError(
            "images",
            found=f"{len(images):,} pictures for {total:,} predictions",
            expected="those of the split that was predicted, in its order",
            do="give run.data().test.images",
        )
