"""Several networks on the same pictures: how accurate each is, how far apart they are, and whether that is luck.

The first is what the others are held against. The tests speak of these very networks on pictures of this kind, not of
the recipes that they came from: the same recipe with another seed is another network. Where the networks came from is
not known here; `tenfold.run.compare` adds that.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
import numpy.typing as npt

from tenfold.errors import InputError, one_line
from tenfold.evaluation.interval import wilson
from tenfold.evaluation.paired import difference_interval, exact_p, holm
from tenfold.evaluation.predictions import Predictions
from tenfold.text_table import columns, html_table, paragraphs, percent, plural

LEVEL = 0.05  # below this p a difference is called one
CAVEAT = (
    "Chance here is that of the test pictures. This speaks of these trained networks, not of their recipes: trained "
    "again with another seed, each comes out a little different."
)


@dataclass(frozen=True)
class Difference:
    """One network held against the first."""

    name: str
    against: str
    better: tuple[int, ...]  # ids of the pictures that only `name` gets right
    worse: tuple[int, ...]  # ids of those that only `against` gets right
    total: int
    p: float  # of McNemar's exact test
    corrected: float  # the same for as many tests as there are

    @property
    def difference(self) -> float:
        """How much more accurate `name` is; below 0 where it is less."""
        return (len(self.better) - len(self.worse)) / self.total

    @property
    def interval(self) -> tuple[float, float]:
        """Where that difference lies on all pictures of this kind, with 95 % confidence."""
        return difference_interval(len(self.better), len(self.worse), self.total)

    @property
    def significant(self) -> bool:
        """Whether it is more than the choice of the test pictures would easily bring."""
        return self.corrected < LEVEL

    def as_json(self) -> dict[str, Any]:
        return {
            "run": self.name,
            "against": self.against,
            "difference": self.difference,
            "difference_interval": list(self.interval),
            "better": len(self.better),
            "worse": len(self.worse),
            "p": self.p,
            "p_corrected": self.corrected,
            "only_right": list(self.better),
            "only_right_against": list(self.worse),
        }

    def __str__(self) -> str:
        name, against = one_line(self.name), one_line(self.against)
        if not self.better and not self.worse:
            return f"{name} and {against} are right about the very same pictures"
        low, high = self.interval
        verdict = "more than chance" if self.significant else "which may well be chance"
        return (
            f"{name} is better on {plural(len(self.better), 'picture')}, worse on {len(self.worse):,}: "
            f"{in_points(self.difference)} percentage points (95 % interval {in_points(low)} to {in_points(high)}), "
            f"{p_in_words(self.corrected)}, {verdict}"
        )


@dataclass(frozen=True, eq=False)
class Comparison:
    """Predictions of several networks for the same pictures, by the networks' names; the first is the reference."""

    predictions: Mapping[str, Predictions]

    def __post_init__(self) -> None:
        if len(self.predictions) < 2:
            found = f"{len(self.predictions)} of them"
            raise InputError("networks to compare", found=found, expected="two or more")
        first, *others = self.predictions.items()
        if not len(first[1]):
            raise InputError(first[0], found="no predictions", expected="some, or there is nothing to compare")
        for name, one in others:
            if one.classes != first[1].classes or not np.array_equal(one.labels, first[1].labels):
                raise InputError(
                    f"{name} and {first[0]}",
                    found="predictions for different pictures, labels or classes",
                    expected="the same test pictures in the same order",
                    do="compare networks that were tested on the same data",
                )

    @property
    def names(self) -> tuple[str, ...]:
        return tuple(self.predictions)

    @property
    def total(self) -> int:
        return len(self.predictions[self.names[0]])

    @cached_property
    def right(self) -> npt.NDArray[np.bool_]:
        """Which network (row) is right about which picture (column)."""
        return np.stack([one.predicted == one.labels for one in self.predictions.values()])

    @cached_property
    def differences(self) -> tuple[Difference, ...]:
        """Each network but the first, held against the first."""
        reference = self.right[0]
        better = [np.flatnonzero(row & ~reference) for row in self.right[1:]]
        worse = [np.flatnonzero(reference & ~row) for row in self.right[1:]]
        p_values = [exact_p(len(one), len(other)) for one, other in zip(better, worse, strict=True)]
        return tuple(
            Difference(name, self.names[0], tuple(one.tolist()), tuple(other.tolist()), self.total, p, corrected)
            for name, one, other, p, corrected in zip(
                self.names[1:], better, worse, p_values, holm(p_values), strict=True
            )
        )

    def only_right(self, name: str) -> tuple[int, ...]:
        """The ids of the pictures that this network alone gets right."""
        row = self.names.index(name)
        return tuple(np.flatnonzero(self.right[row] & (self.right.sum(axis=0) == 1)).tolist())

    @property
    def all_wrong(self) -> tuple[int, ...]:
        """The ids of the pictures that nobody gets right."""
        return tuple(np.flatnonzero(~self.right.any(axis=0)).tolist())

    def table(self) -> list[dict[str, Any]]:
        """One row for each network: accuracy with its interval, wrong, log loss, and how it differs from the first."""
        against: list[Difference | None] = [None, *self.differences]
        return [
            row_about(name, one, difference)
            for (name, one), difference in zip(self.predictions.items(), against, strict=True)
        ]

    def as_json(self) -> dict[str, Any]:
        return {
            "total": self.total,
            "results": self.table(),
            "differences": [each.as_json() for each in self.differences],
            "only_right": {name: list(self.only_right(name)) for name in self.names},
            "all_wrong": list(self.all_wrong),
        }

    def rows(self) -> list[tuple[str, ...]]:
        """The table in words, header first."""
        header = ("", "accuracy", "95 % interval", "wrong", "log loss", "difference", "p")
        return [header, *map(in_words, self.table())]

    def sentences(self) -> list[str]:
        """What the numbers mean: each difference, what correction was made, what nobody gets right, and the caveat."""
        told = [f"{each}." for each in self.differences]
        if len(self.differences) > 1:
            told.append(f"p is corrected for {len(self.differences)} tests after Holm.")
        if self.all_wrong:
            who = "both" if len(self.names) == 2 else f"all {len(self.names)}"
            told.append(f"{who.capitalize()} get {plural(len(self.all_wrong), 'picture')} wrong.")
        return [*told, CAVEAT]

    def __str__(self) -> str:
        rows = [[one_line(cell) for cell in row] for row in self.rows()]
        return "\n".join([*columns(rows, right=range(1, 7)), "", *self.sentences()])

    def _repr_html_(self) -> str:
        return f"<div>{html_table(self.rows(), right=range(1, 7))}{paragraphs(self.sentences())}</div>"

    def __repr__(self) -> str:
        return f"Comparison of {', '.join(map(one_line, self.names))} on {self.total:,} pictures"


def row_about(name: str, predictions: Predictions, difference: Difference | None) -> dict[str, Any]:
    low, high = wilson(len(predictions) - len(predictions.wrong), len(predictions))
    apart = difference.interval if difference else (None, None)
    return {
        "run": name,
        "accuracy": predictions.accuracy,
        "accuracy_low": low,
        "accuracy_high": high,
        "wrong": len(predictions.wrong),
        "log_loss": predictions.log_loss if np.isfinite(predictions.log_loss) else None,
        "difference": difference.difference if difference else None,
        "difference_low": apart[0],
        "difference_high": apart[1],
        "p": difference.corrected if difference else None,
    }


def in_words(row: Mapping[str, Any]) -> tuple[str, ...]:
    return (
        row["run"],
        percent(row["accuracy"], 2),
        f"{percent(row['accuracy_low'], 2)} to {percent(row['accuracy_high'], 2)}",
        f"{row['wrong']:,}",
        "-" if row["log_loss"] is None else f"{row['log_loss']:.4f}",
        "" if row["difference"] is None else in_points(row["difference"]),
        "" if row["p"] is None else p_in_words(row["p"]).removeprefix("p ").removeprefix("= "),
    )


def in_points(share: float) -> str:
    """A difference of two percentages: `+0.23`."""
    return f"{100 * share:+.2f}"


def p_in_words(p: float) -> str:
    return "p < 0.001" if p < 0.001 else f"p = {p:.2g}" if p < 0.995 else "p = 1"
