"""The summary of how good a classifier is: a handful of numbers, each with what it is worth.

An `Evaluation` owns the numbers that every screen shows first and their JSON. The predictions that they are counted
from are in `predictions.py`.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from tenfold.errors import RunError
from tenfold.evaluation.interval import wilson
from tenfold.evaluation.predictions import Predictions
from tenfold.text_table import html_table, percent


@dataclass(frozen=True)
class Evaluation:
    """How many pictures of a split are wrong, and the losses over it."""

    wrong: int
    total: int
    loss: float  # the recipe's own loss, penalties included: what Keras' `evaluate` gives
    log_loss: float  # cross-entropy, comparable between recipes that trained with different losses
    split: str = "test"
    top2: float | None = None  # how often the truth is one of the two most probable classes

    @classmethod
    def of(cls, predictions: Predictions, loss: float | None = None, split: str = "test") -> Evaluation:
        """The summary of `predictions`; `loss` is the cross-entropy where nothing else is said."""
        log_loss = predictions.log_loss
        loss = log_loss if loss is None else loss
        return cls(len(predictions.wrong), len(predictions), loss, log_loss, split, predictions.top_accuracy(2))

    @property
    def accuracy(self) -> float:
        return (self.total - self.wrong) / self.total if self.total else 0.0

    @property
    def accuracy_interval(self) -> tuple[float, float]:
        """Where the accuracy on all pictures of this kind lies, with 95 % confidence."""
        return wilson(self.total - self.wrong, self.total)

    def as_json(self) -> dict[str, Any]:
        """The summary for programs; a loss that is no number is `null`, for JSON has no word for NaN."""
        return {
            "split": self.split,
            "accuracy": self.accuracy,
            "accuracy_interval": list(self.accuracy_interval),
            "loss": finite(self.loss),
            "log_loss": finite(self.log_loss),
            "top2_accuracy": self.top2,
            "wrong": self.wrong,
            "total": self.total,
        }

    @classmethod
    def from_json(cls, value: object, thing: object) -> Evaluation:
        """The summary out of `evaluation.json`; `thing` names the file in the error."""
        fields = value if isinstance(value, Mapping) else {}
        wrong, total, split = fields.get("wrong"), fields.get("total"), fields.get("split", "test")
        numbers = [fields.get(name) for name in ("loss", "log_loss", "top2_accuracy")]
        if type(wrong) is int and type(total) is int and 0 <= wrong <= total and isinstance(split, str):  # noqa: SIM102
            if all(number is None or type(number) in (int, float) for number in numbers):
                *losses, top2 = numbers
                loss, log_loss = (math.nan if number is None else float(number) for number in losses)
                return cls(wrong, total, loss, log_loss, split, top2)
        raise RunError(
            thing,
            found="no evaluation that makes sense",
            expected="the counts wrong and total, and the numbers loss and log_loss",
            do="run `tenfold evaluate` to write it again",
        )

    def _repr_html_(self) -> str:
        low, high = (percent(bound, of=self.total) for bound in self.accuracy_interval)
        rows = [
            ["", self.split],
            ["accuracy", percent(self.accuracy, of=self.total)],
            ["95 % interval", f"{low} to {high}"],
            ["wrong", f"{self.wrong:,} of {self.total:,}"],
            ["loss", in_words(self.loss)],
            ["log loss", in_words(self.log_loss)],
        ]
        rows += [["in two guesses", percent(self.top2, of=self.total)]] if self.top2 is not None else []
        return html_table(rows)

    def __str__(self) -> str:
        accuracy, low, high = (percent(share, of=self.total) for share in (self.accuracy, *self.accuracy_interval))
        return (
            f"{self.split} accuracy {accuracy} (95 % interval {low} to {high}), "
            f"loss {in_words(self.loss)}, {self.wrong:,} of {self.total:,} wrong"
        )

    __repr__ = __str__


def in_words(loss: float) -> str:
    """A loss for people. A network that has diverged, or whose outputs are no probabilities, has none."""
    return f"{loss:.4f}" if math.isfinite(loss) else "not a number"


def finite(number: float) -> float | None:
    return number if math.isfinite(number) else None
