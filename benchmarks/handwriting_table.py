"""What the handwriting benchmark found, as tables: each disturbance held against the clean pictures of the same digits.

Two accuracies of 98.7 and 99.3 % on a thousand digits each say little about one another. On the same digits they do:
what counts are the digits that only one of the two reads rightly, as `tenfold compare` counts them.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from tenfold.evaluation.difference import in_points
from tenfold.evaluation.interval import wilson
from tenfold.evaluation.paired import difference_interval

NEAR = 0.01  # of all digits: how much a disturbance may cost
BETWEEN = " | "


@dataclass(frozen=True)
class Row:
    """What was read under one disturbance."""

    name: str
    right: tuple[bool, ...]  # of each digit, in the order of all rows
    none: int = 0  # nothing was found
    several: int = 0  # more was found than there is
    warned: int = 0  # of those that are not right

    @property
    def share(self) -> float:
        return sum(self.right) / len(self.right)

    @property
    def interval(self) -> tuple[float, float]:
        return wilson(sum(self.right), len(self.right))

    def beside(self, clean: Row) -> tuple[float, tuple[float, float]]:
        """How much more is right than of the clean pictures, and the 95 % interval of that."""
        pairs = list(zip(self.right, clean.right, strict=True))
        better, worse = pairs.count((True, False)), pairs.count((False, True))
        return (better - worse) / len(pairs), difference_interval(better, worse, len(pairs))


def verdict(low: float, high: float) -> str:
    """Whether a loss of more than 1 % is ruled out by the interval of the difference, or is sure."""
    return "yes" if low >= -NEAR else "no" if high < -NEAR else "not shown"


def table(clean: Row, groups: Sequence[tuple[str, Sequence[Row]]]) -> str:
    heads = ("picture", "right", "95 % interval", "beside the clean ones", "95 % interval", "within 1 %")
    lines = [cells(*heads, "no digit found", "several found"), cells(*["---"] * 8)]
    for title, rows in (("", [clean]), *groups):
        lines += [cells(f"**{title}**", *[""] * 7)] if title else []
        for row in rows:
            difference, (low, high) = row.beside(clean)
            words = [in_points(points, len(row.right)) for points in (difference, low, high)]
            beside = words[0], f"{words[1]} to {words[2]}", verdict(low, high)
            beside = ("", "", "") if row is clean else beside
            lines.append(cells(row.name, *shown(row), *beside, row.none, row.several))
    return "\n".join(lines)


def table_of_pairs(rows: Sequence[Row]) -> str:
    lines = [cells("two digits", "both right", "95 % interval", "wrong and warned of", "wrong without a word")]
    lines += [cells(*["---"] * 5)]
    for row in rows:
        warned = (row.warned + row.none) / len(row.right)
        silent = 1 - row.share - warned
        lines.append(cells(row.name, *shown(row), f"{100 * warned:.1f} %", f"{100 * silent:.1f} %"))
    return "\n".join(lines)


def shown(row: Row) -> tuple[str, str]:
    low, high = row.interval
    return f"{100 * row.share:.1f} %", f"{100 * low:.1f} to {100 * high:.1f} %"


def cells(*texts: object) -> str:
    return f"| {BETWEEN.join(map(str, texts))} |"
