"""ROC and precision-recall curves: what is won and what is lost as a class is claimed more and more readily.

Each class stands against all others, by the network's own output for it: only the order of the outputs counts, so they
need not be probabilities. "micro" throws all decisions of all classes into one curve; "macro" is the mean of the
classes' curves. A curve that cannot be drawn (a class that does not occur, or nothing else does, or outputs that are no
numbers) is None. They are scikit-learn's curves to the last point, which the tests see to; to import it takes longer
than all of a report's curves.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from tenfold.errors import one_line
from tenfold.evaluation.predictions import Predictions
from tenfold.text_table import columns, html_table, plural

Floats = npt.NDArray[np.float64]
Counts = npt.NDArray[np.int64]

POINTS = 200  # of each curve in a table: as many as a screen can show
TOGETHER = 50_000_000  # decisions (pictures × classes) that are sorted as one for "micro"; of more there is none
AREAS = {"roc": "area under ROC", "precision-recall": "average precision"}
AXES = {"roc": ("false_positive_rate", "true_positive_rate"), "precision-recall": ("recall", "precision")}


@dataclass(frozen=True, eq=False)
class Curve:
    """One curve and the area under it: AUC for ROC, average precision for precision-recall."""

    name: str
    x: Floats  # (points,)
    y: Floats  # (points,)
    area: float

    def thinned(self, points: int) -> Curve:
        """At most `points` of it, the ends among them, taken evenly along its length."""
        if len(self.x) <= points:
            return self
        length = np.concatenate([[0.0], np.cumsum(np.abs(np.diff(self.x)) + np.abs(np.diff(self.y)))])
        keep = np.unique(np.searchsorted(length, np.linspace(0, length[-1], points)))
        keep = np.union1d(keep, [0, len(self.x) - 1])
        return Curve(self.name, self.x[keep], self.y[keep], self.area)

    def __repr__(self) -> str:
        return f"curve of {one_line(self.name)}: {plural(len(self.x), 'point')}, area {self.area:.4f}"


@dataclass(frozen=True, eq=False)
class Curves:
    """The curve of each class, and of all together."""

    kind: str  # "roc" or "precision-recall"
    names: tuple[str, ...]
    per_class: tuple[Curve | None, ...]
    micro: Curve | None
    macro: Curve | None  # there is none for precision-recall, where its area is the mean of the classes'

    @property
    def areas(self) -> tuple[float | None, ...]:
        """The area under each class's curve, in the classes' order."""
        return tuple(curve.area if curve else None for curve in self.per_class)

    @property
    def micro_area(self) -> float | None:
        return self.micro.area if self.micro else None

    @property
    def macro_area(self) -> float | None:
        """The mean of the classes' areas."""
        areas = [area for area in self.areas if area is not None]
        return float(np.mean(areas)) if areas else None

    def table(self, points: int = POINTS) -> list[dict[str, Any]]:
        """One row for each point of each curve that there is: curve, kind (class, micro or macro), x, y, area."""
        x_name, y_name = AXES[self.kind]
        curves = [("class", each) for each in self.per_class] + [("micro", self.micro), ("macro", self.macro)]
        return [
            {"curve": curve.name, "kind": kind, x_name: float(x), y_name: float(y), "area": curve.area}
            for kind, whole in curves
            if whole
            for curve in [whole.thinned(points)]
            for x, y in zip(curve.x, curve.y, strict=True)
        ]

    def chart(self) -> Any:
        """The curves as an Altair chart: the worst classes in colour, the good corner enlarged."""
        from tenfold.charts import roc as charts

        rows = self.table(points=2000)  # more than is seen, so that the enlarged corner is sharp too
        return charts.roc(rows) if self.kind == "roc" else charts.precision_recall(rows)

    def as_json(self) -> dict[str, Any]:
        """The areas alone; who wants the points takes the table."""
        areas = [{"name": name, "area": area} for name, area in zip(self.names, self.areas, strict=True)]
        return {"per_class": areas, "micro": self.micro_area, "macro": self.macro_area}

    def rows(self) -> list[list[str]]:
        """The areas in words, header first."""
        averages = [("micro average", self.micro_area), ("macro average", self.macro_area)]
        named = [*zip(self.names, self.areas, strict=True), *averages]
        return [["", AREAS[self.kind]], *([name, "-" if area is None else f"{area:.4f}"] for name, area in named)]

    def __str__(self) -> str:
        return "\n".join(columns([[one_line(cell) for cell in row] for row in self.rows()], right=[1]))

    def _repr_html_(self) -> str:
        return html_table(self.rows(), right=[1])

    def __repr__(self) -> str:
        area = "-" if self.macro_area is None else f"{self.macro_area:.4f}"
        return f"{self.kind} curves of {len(self.names)} classes, mean area {area}"


def roc(predictions: Predictions) -> Curves:
    """How many pictures of a class are found (true positives), against how many others are taken for it."""

    def curve(name: str, truth: npt.NDArray[np.bool_], scores: npt.NDArray[Any]) -> Curve:
        found, taken = with_both_ends(*found_and_taken(truth, scores))
        true_rate, false_rate = found / found[-1], taken / taken[-1]
        return Curve(name, false_rate, true_rate, float(np.trapezoid(true_rate, false_rate)))

    per_class, micro = curves_with(curve, predictions)
    return Curves("roc", predictions.classes, per_class, micro, mean_curve([each for each in per_class if each]))


def precision_recall(predictions: Predictions) -> Curves:
    """How many of the pictures that are called so are so (precision), against how many of all that are so are found."""

    def curve(name: str, truth: npt.NDArray[np.bool_], scores: npt.NDArray[Any]) -> Curve:
        found, taken = found_and_taken(truth, scores)
        recall = np.insert(found / found[-1], 0, 0.0)
        precision = np.insert(found / (found + taken), 0, 1.0)
        return Curve(name, recall, precision, float(np.diff(recall) @ precision[1:]))

    return Curves("precision-recall", predictions.classes, *curves_with(curve, predictions), macro=None)


def found_and_taken(truth: npt.NDArray[np.bool_], scores: npt.NDArray[Any]) -> tuple[Counts, Counts]:
    """How many of a class, and how many others, have each of the outputs or a higher one, from the highest down."""
    falling = np.argsort(-scores, kind="stable")
    last = np.append(np.flatnonzero(np.diff(scores[falling])), len(scores) - 1)  # of those with the same output
    found = np.cumsum(truth[falling])[last]
    return found, last + 1 - found  # (different outputs,) each


def with_both_ends(found: Counts, taken: Counts) -> tuple[Counts, Counts]:
    """The same from nothing on, without the points that lie within a straight line."""
    turns = (np.diff(found, 2) != 0) | (np.diff(taken, 2) != 0)
    corners = np.concatenate([[True], turns, [True]]) if len(found) > 2 else np.full(len(found), True)
    return np.insert(found[corners], 0, 0), np.insert(taken[corners], 0, 0)


def curves_with(curve: Any, predictions: Predictions) -> tuple[tuple[Curve | None, ...], Curve | None]:
    """What `curve` makes of each class against all others, and of all decisions together."""
    scores = ranked_last(predictions.probabilities)
    if scores is None:
        return (None,) * len(predictions.classes), None
    truth = predictions.labels[:, np.newaxis] == np.arange(len(predictions.classes))  # (pictures, classes)
    both = truth.any(axis=0) & ~truth.all(axis=0)
    per_class = tuple(
        curve(name, truth[:, number], scores[:, number]) if both[number] else None
        for number, name in enumerate(predictions.classes)
    )
    if len(predictions.classes) < 2 or truth.size > TOGETHER:
        return per_class, None
    return per_class, curve("micro average", truth.ravel(), scores.ravel())


def ranked_last(outputs: npt.NDArray[np.float32]) -> npt.NDArray[np.float32] | None:
    """The outputs, with what is no finite number below everything else; None if there is nothing else."""
    finite = np.isfinite(outputs)
    if not finite.any():
        return None
    return outputs if finite.all() else np.where(finite, outputs, outputs[finite].min() - 1)


def mean_curve(curves: Sequence[Curve]) -> Curve | None:
    """The mean of ROC curves: at each share of false positives the mean of the shares that are found."""
    if not curves:
        return None
    x = np.unique(np.concatenate([curve.x for curve in curves]))
    y = np.mean([np.interp(x, curve.x, curve.y) for curve in curves], axis=0)
    return Curve("macro average", np.insert(x, 0, 0.0), np.insert(y, 0, 0.0), float(np.mean([c.area for c in curves])))
