"""Two networks on the same pictures: how far apart they are, and the words for it.

Which two are held against each other, and for how many tests p is corrected, is decided in `comparison.py`; the
arithmetic of the tests is in `paired.py`.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from tenfold.errors import one_line
from tenfold.evaluation.paired import difference_interval
from tenfold.text_table import percent, plural

LEVEL = 0.05  # below this p a difference is called one


@dataclass(frozen=True)
class PairTest:
    """Any two of the networks: how many pictures only one of them gets right, and whether that is luck."""

    name: str
    against: str
    better: int  # pictures that only `name` gets right
    worse: int  # those that only `against` gets right
    p: float  # of McNemar's exact test
    corrected: float  # the same for as many pairs as there are

    @property
    def significant(self) -> bool:
        """Whether the difference is more than the choice of the test pictures would easily bring."""
        return self.corrected < LEVEL

    def as_json(self) -> dict[str, Any]:
        return {
            "run": self.name,
            "against": self.against,
            "better": self.better,
            "worse": self.worse,
            "p": self.p,
            "p_corrected": self.corrected,
        }


@dataclass(frozen=True)
class Difference(PairTest):
    """One network held against the first, with the pictures that only one of the two gets right."""

    only_right: tuple[int, ...]  # ids of the pictures that only `name` gets right
    only_right_against: tuple[int, ...]  # ids of those that only `against` gets right
    total: int

    @property
    def difference(self) -> float:
        """How much more accurate `name` is; below 0 where it is less."""
        return (self.better - self.worse) / self.total

    @property
    def interval(self) -> tuple[float, float]:
        """Where that difference lies on all pictures of this kind, with 95 % confidence."""
        return difference_interval(self.better, self.worse, self.total)

    def as_json(self) -> dict[str, Any]:
        return {
            **super().as_json(),
            "difference": self.difference,
            "difference_interval": list(self.interval),
            "only_right": list(self.only_right),
            "only_right_against": list(self.only_right_against),
        }

    def __str__(self) -> str:
        name, against = one_line(self.name), one_line(self.against)
        if not self.better and not self.worse:
            return f"{name} and {against} are right about the very same pictures"
        low, high = self.interval
        verdict = "more than chance" if self.significant else "which may well be chance"
        return (
            f"{name} is better on {plural(self.better, 'picture')}, worse on {self.worse:,}: "
            f"{in_points(self.difference, self.total)} percentage points "
            f"(95 % interval {in_points(low, self.total)} to {in_points(high, self.total)}), "
            f"{p_in_words(self.corrected)}, {verdict}"
        )

    __repr__ = __str__


def in_points(share: float, of: int) -> str:
    """A difference of two percentages of so many pictures, with the digits that these can carry: `+0.23`."""
    share = round(share, 6)  # more than `percent` shows
    return f"{'-' if share < 0 else '+'}{percent(abs(share), of=of).removesuffix(' %')}"


def p_in_words(p: float) -> str:
    return "p < 0.001" if p < 0.001 else f"p = {p:.2g}" if p < 0.995 else "p = 1"
