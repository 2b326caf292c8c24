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
    unseen: tuple[int, int] | None = None  # wrong ones, and all, of those that training has not seen; None: of all

    @classmethod
    def of(
        cls,
        predictions: Predictions,
        loss: float | None = None,
        split: str = "test",
        unseen: tuple[int, int] | None = None,
    ) -> Evaluation:
        """The summary of `predictions`; `loss` is the cross-entropy where nothing else is said."""
        log_loss, top2 = predictions.log_loss, predictions.top_accuracy(2)
        loss = log_loss if loss is None else loss
        return cls(len(predictions.wrong), len(predictions), loss, log_loss, split, top2, unseen)

    @property
    def accuracy(self) -> float:
        return (self.total - self.wrong) / self.total if self.total else 0.0

    @property
    def accuracy_interval(self) -> tuple[float, float] | None:
        """Where the accuracy on all pictures of this kind lies, with 95 % confidence.

        Of pictures that training has seen nothing follows for others: it is that of the rest, and None without a rest.
        """
        wrong, total = (self.wrong, self.total) if self.unseen is None else self.unseen
        return wilson(total - wrong, total) if total or self.unseen is None else None

    @property
    def worth(self) -> str:
        """What the accuracy says of other pictures, in words: its interval, or that there is none."""
        if self.accuracy_interval is None:
            return "says nothing of others: training has seen these pictures"
        total = self.total if self.unseen is None else self.unseen[1]
        low, high = (percent(bound, of=total) for bound in self.accuracy_interval)
        seen = "" if self.unseen is None else f", by the {total:,} that training has not seen"
        return f"95 % interval: {low} to {high}{seen}"

    @property
    def loss_is_log_loss(self) -> bool:
        """Whether both are one number for a person, as with the usual recipes: then it need not be told twice."""
        return in_words(self.loss) == in_words(self.log_loss)

    def as_json(self) -> dict[str, Any]:
        """The summary for programs; a loss that is no number is `null`, for JSON has no word for NaN."""
        return {
            "split": self.split,
            "accuracy": self.accuracy,
            "accuracy_interval": list(self.accuracy_interval) if self.accuracy_interval else None,
            "loss": finite(self.loss),
            "log_loss": finite(self.log_loss),
            "top2_accuracy": self.top2,
            "wrong": self.wrong,
            "total": self.total,
            "unseen": dict(zip(("wrong", "total"), self.unseen, strict=True)) if self.unseen else None,
        }

    @classmethod
    def from_json(cls, value: object, thing: object) -> Evaluation:
        """The summary out of `evaluation.json`; `thing` names the file in the error."""
        fields = value if isinstance(value, Mapping) else {}
        counts, split, rest = counts_in(fields), fields.get("split", "test"), fields.get("unseen")
        unseen = counts_in(rest)
        numbers = [fields.get(name) for name in ("loss", "log_loss", "top2_accuracy")]
        sound = all(number is None or type(number) in (int, float) for number in numbers)
        if sound and counts is not None and isinstance(split, str) and (rest is None or unseen is not None):
            *losses, top2 = numbers
            loss, log_loss = (math.nan if number is None else float(number) for number in losses)
            return cls(*counts, loss, log_loss, split, top2, unseen)
        raise RunError(
            thing,
            found="no evaluation that makes sense",
            expected="the counts wrong and total, and the numbers loss and log_loss",
            do="run `tenfold evaluate` to write it again",
        )

    def _repr_html_(self) -> str:
        rows = [
            ["", self.split],
            ["accuracy", percent(self.accuracy, of=self.total)],
            ["", self.worth],
            ["wrong", f"{self.wrong:,} of {self.total:,}"],
            ["loss", in_words(self.loss)],
        ]
        rows += [] if self.loss_is_log_loss else [["log loss", in_words(self.log_loss)]]
        rows += [["in two guesses", percent(self.top2, of=self.total)]] if self.top2 is not None else []
        return html_table(rows)

    def __str__(self) -> str:
        return (
            f"{self.split} accuracy {percent(self.accuracy, of=self.total)} ({self.worth}), "
            f"loss {in_words(self.loss)}, {self.wrong:,} of {self.total:,} wrong"
        )

    __repr__ = __str__


def counts_in(value: object) -> tuple[int, int] | None:
    """How many are wrong and how many there are, out of JSON; None where that makes no sense."""
    wrong, total = (value.get("wrong"), value.get("total")) if isinstance(value, Mapping) else (None, None)
    return (wrong, total) if type(wrong) is int and type(total) is int and 0 <= wrong <= total else None


def in_words(loss: float) -> str:
    """A loss for people. A network that has diverged, or whose outputs are no probabilities, has none."""
    return f"{loss:.4f}" if math.isfinite(loss) else "not a number"


def finite(number: float) -> float | None:
    return number if math.isfinite(number) else None
