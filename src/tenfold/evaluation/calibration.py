"""Calibration: whether a network that says "90 % sure" is right nine times in ten.

The pictures are sorted into bins by how sure the network is of its answer, and in each bin its confidence is held
against how often it is right. The expected calibration error (ECE) is the mean distance between the two, each bin
counted by its pictures. Pictures for which the network gave no probabilities are in no bin; they are counted apart.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from tenfold.evaluation.interval import wilson
from tenfold.evaluation.predictions import Predictions
from tenfold.text_table import columns, html_table, paragraphs, percent, plural

BINS = 10
HISTOGRAM_BINS = 20
ROUNDING = 1e-9  # by which two sums of the same numbers may differ


@dataclass(frozen=True)
class Bin:
    """The pictures with a confidence above `low` and up to `high`; nothing is known of a bin without pictures."""

    low: float
    high: float
    count: int
    confidence: float | None  # the mean of theirs
    accuracy: float | None
    interval: tuple[float, float] | None  # of the accuracy, with 95 % confidence

    def as_json(self) -> dict[str, Any]:
        """One row of the reliability table, flat, as charts take it."""
        low, high = self.interval or (None, None)
        return {
            "low": self.low,
            "high": self.high,
            "count": self.count,
            "confidence": self.confidence,
            "accuracy": self.accuracy,
            "accuracy_low": low,
            "accuracy_high": high,
        }


@dataclass(frozen=True)
class Calibration:
    """Confidence against accuracy, over all pictures with probabilities and bin by bin."""

    bins: tuple[Bin, ...]
    ece: float | None  # expected calibration error, 0 to 1
    confidence: float | None  # the mean over all pictures
    accuracy: float | None  # over the same pictures
    count: int
    without: int  # pictures without probabilities, which are left out

    @classmethod
    def of(cls, predictions: Predictions, bins: int = BINS) -> Calibration:
        confidence, right = sure_and_right(predictions)
        place = bin_of(confidence, bins)
        parts = tuple(
            bin_from(number / bins, (number + 1) / bins, confidence[place == number], right[place == number])
            for number in range(bins)
        )
        count = len(confidence)
        without = len(predictions) - count
        if not count:
            return cls(parts, None, None, None, 0, without)
        too_sure = np.bincount(place, weights=confidence - right, minlength=bins)  # (bins,), pictures × distance
        ece = float(np.abs(too_sure).sum()) / count
        ece = 0.0 if ece < ROUNDING else ece
        return cls(parts, ece, float(confidence.mean()), float(right.mean()), count, without)

    @property
    def overconfidence(self) -> float | None:
        """Mean confidence minus accuracy: above 0 the network is too sure of itself, below 0 not sure enough."""
        return None if self.confidence is None or self.accuracy is None else self.confidence - self.accuracy

    def table(self) -> list[dict[str, Any]]:
        """The reliability table: low, high, count, confidence, accuracy, accuracy_low, accuracy_high."""
        return [part.as_json() for part in self.bins]

    def as_json(self) -> dict[str, Any]:
        return {
            "ece": self.ece,
            "confidence": self.confidence,
            "overconfidence": self.overconfidence,
            "count": self.count,
            "without": self.without,
            "bins": [part.as_json() for part in self.bins if part.count],
        }

    def rows(self) -> list[tuple[str, ...]]:
        """The reliability table in words, header first, without empty bins."""
        header = ("sure", "pictures", "says", "is right", "95 % interval")
        return [header, *(row_of(part) for part in self.bins if part.count)]

    def summary(self) -> str:
        """One sentence with the error and its direction."""
        if self.ece is None or self.overconfidence is None:
            return "no probabilities to judge calibration by"
        direction = "more" if self.overconfidence > 0 else "less"
        points = percent(abs(self.overconfidence), 2).removesuffix(" %")
        by = f"{points} points {direction} sure than right"
        if abs(self.overconfidence) < ROUNDING:
            by = "exactly as sure as right"
        return f"calibration error (ECE) {percent(self.ece, 2)}; on average it is {by}"

    def chart(self) -> Any:
        """The reliability diagram, as an Altair chart."""
        from tenfold.charts.calibration import reliability

        return reliability(self.table())

    def _repr_html_(self) -> str:
        table = html_table(self.rows(), right=range(1, 5)) if self.count else ""
        return f"<div>{paragraphs([self.summary()])}{table}</div>"

    def __str__(self) -> str:
        return "\n".join([self.summary(), *(columns(self.rows(), right=range(1, 5)) if self.count else [])])

    def __repr__(self) -> str:
        return f"Calibration on {plural(self.count, 'picture')}: {self.summary()}"


def confidence_histogram(predictions: Predictions, bins: int = HISTOGRAM_BINS) -> list[dict[str, Any]]:
    """How many answers were given with which confidence: one row a bin with low, high, right, wrong."""
    confidence, right = sure_and_right(predictions)
    place = bin_of(confidence, bins)
    counts = [np.bincount(place[kind], minlength=bins) for kind in (right, ~right)]
    return [
        {"low": number / bins, "high": (number + 1) / bins, "right": int(right_ones), "wrong": int(wrong_ones)}
        for number, (right_ones, wrong_ones) in enumerate(zip(*counts, strict=True))
    ]


def sure_and_right(predictions: Predictions) -> tuple[npt.NDArray[np.float64], npt.NDArray[np.bool_]]:
    """Confidence and whether the answer is right, of every picture that has probabilities."""
    there = np.isfinite(predictions.confidence)
    return predictions.confidence[there], (predictions.predicted == predictions.labels)[there]


def bin_of(confidence: npt.NDArray[np.float64], bins: int) -> npt.NDArray[np.int64]:
    """The number of the bin of each confidence; 0.9 belongs to "up to 0.9", and 0 to the first."""
    return np.clip(np.ceil(confidence * bins).astype(np.int64) - 1, 0, bins - 1)


def bin_from(low: float, high: float, confidence: npt.NDArray[np.float64], right: npt.NDArray[np.bool_]) -> Bin:
    if not len(confidence):
        return Bin(low, high, 0, None, None, None)
    interval = wilson(int(right.sum()), len(right))
    return Bin(low, high, len(right), float(confidence.mean()), float(right.mean()), interval)


def row_of(part: Bin) -> tuple[str, ...]:
    low, high = part.interval or (None, None)
    between = f"{percent(low)} to {percent(high)}"
    sure = f"{part.low:.0%} to {part.high:.0%}"
    return sure.replace("%", " %"), f"{part.count:,}", percent(part.confidence), percent(part.accuracy), between
