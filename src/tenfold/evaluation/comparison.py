"""Several networks on the same pictures: how accurate each is, how far apart they are, and whether that is luck.

The first is what the others are held against. Of three or more every pair is tested, for whoever looks for the best
looks at all of them, and p is corrected for so many tests. The tests speak of these very networks on pictures of this
kind, not of the recipes that they came from: the same recipe with another seed is another network. Where the networks
came from is not known here; `tenfold.run.compare` adds that.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import combinations
from typing import Any

import numpy as np
import numpy.typing as npt

from tenfold.errors import InputError, one_line
from tenfold.evaluation.difference import Difference, PairTest, in_points, p_in_words
from tenfold.evaluation.interval import wilson
from tenfold.evaluation.paired import exact_p, holm
from tenfold.evaluation.predictions import Predictions
from tenfold.text_table import columns, html_table, paragraphs, percent, plural

NAMED = 8  # networks in a sentence
MANY = (
    "p is corrected for all {:,} pairs after Holm: the more pairs are looked at, the likelier one of them differs by "
    "luck alone. The intervals are each for its own pair."
)
CAVEAT = (
    "Chance here is that of the test pictures. This speaks of these trained networks, not of their recipes: trained "
    "again with another seed, each comes out a little different."
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
    def pairs(self) -> tuple[PairTest, ...]:
        """Every network held against each one before it; those against the first come first."""
        right = self.right.astype(np.int64)
        both = right @ right.T  # (networks, networks): how many pictures both are right about
        alone = np.diag(both)[:, np.newaxis] - both  # those that only the one of the row is right about
        pairs = list(combinations(range(len(self.names)), 2))
        counts = [(int(alone[other, one]), int(alone[one, other])) for one, other in pairs]
        p_values = [exact_p(*count) for count in counts]
        return tuple(
            PairTest(self.names[other], self.names[one], *count, p, corrected)
            for (one, other), count, p, corrected in zip(pairs, counts, p_values, holm(p_values), strict=True)
        )

    @cached_property
    def differences(self) -> tuple[Difference, ...]:
        """Each network but the first, held against the first."""
        reference = self.right[0]
        return tuple(
            Difference(
                **vars(pair),
                only_right=tuple(np.flatnonzero(row & ~reference).tolist()),
                only_right_against=tuple(np.flatnonzero(reference & ~row).tolist()),
                total=self.total,
            )
            for pair, row in zip(self.pairs, self.right[1:], strict=False)
        )

    @property
    def best(self) -> str:
        """The network that is right most often; of equals the first."""
        return self.names[int(np.argmax(self.right.sum(axis=1)))]

    def behind(self) -> dict[str, bool]:
        """For every network but the best, whether it is behind it by more than chance."""
        held = [pair for pair in self.pairs if self.best in (pair.name, pair.against)]
        return {pair.against if pair.name == self.best else pair.name: pair.significant for pair in held}

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

    def chart(self) -> Any:
        """How accurate each network is, with its interval, as an Altair chart."""
        from tenfold.charts.comparison import accuracies

        return accuracies(self.table(), of=self.total)

    def as_json(self) -> dict[str, Any]:
        return {
            "total": self.total,
            "results": self.table(),
            "differences": [each.as_json() for each in self.differences],
            "best": self.best,
            "pairs": [pair.as_json() for pair in self.pairs],
            "only_right": {name: list(self.only_right(name)) for name in self.names},
            "all_wrong": list(self.all_wrong),
        }

    def rows(self) -> list[tuple[str, ...]]:
        """The table in words, header first."""
        header = ("", "accuracy", "95 % interval", "wrong", "log loss", "difference", "p")
        return [header, *(in_words(row, self.total) for row in self.table())]

    def sentences(self) -> list[str]:
        """What the numbers mean: each difference, what correction was made, what nobody gets right, and the caveat."""
        said = [f"{each}." for each in self.differences]
        if len(self.names) > 2:
            said += [self._about_the_best(), MANY.format(len(self.pairs))]
        if self.all_wrong:
            who = "both" if len(self.names) == 2 else f"all {len(self.names)}"
            said.append(f"{who.capitalize()} get {plural(len(self.all_wrong), 'picture')} wrong.")
        return [*said, CAVEAT]

    def _about_the_best(self) -> str:
        """Which network is right most often, and which of the others may be as good all the same."""
        behind = self.behind()
        worse = [name for name, surely in behind.items() if surely]
        equals = [name for name, surely in behind.items() if not surely]
        parts = [f"{named(equals)} may be as good"] if equals else []
        parts += [f"{named(worse)} {'is' if len(worse) == 1 else 'are'} worse by more than chance"] if worse else []
        return f"None is right more often than {one_line(self.best)}; {', '.join(parts)}."

    def __str__(self) -> str:
        rows = [[one_line(cell) for cell in row] for row in self.rows()]
        return "\n".join([*columns(rows, right=range(1, 7)), "", *self.sentences()])

    def _repr_html_(self) -> str:
        return f"<div>{html_table(self.rows(), right=range(1, 7))}{paragraphs(self.sentences())}</div>"

    def __repr__(self) -> str:
        return f"Comparison of {', '.join(map(one_line, self.names))} on {self.total:,} pictures"


def named(names: Sequence[str]) -> str:
    """Names in a sentence: "a, b and c"; of many the first ones and how many more there are."""
    shown = list(map(one_line, names[:NAMED]))
    last = [f"{len(names) - NAMED:,} more"] if len(names) > NAMED else []
    *first, end = [*shown, *last]
    return f"{', '.join(first)} and {end}" if first else end


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


def in_words(row: Mapping[str, Any], total: int) -> tuple[str, ...]:
    """A row of the table, its shares with as many digits as `total` pictures can carry."""
    return (
        row["run"],
        percent(row["accuracy"], of=total),
        f"{percent(row['accuracy_low'], of=total)} to {percent(row['accuracy_high'], of=total)}",
        f"{row['wrong']:,}",
        "-" if row["log_loss"] is None else f"{row['log_loss']:.4f}",
        "" if row["difference"] is None else in_points(row["difference"], total),
        "" if row["p"] is None else p_in_words(row["p"]).removeprefix("p ").removeprefix("= "),
    )
