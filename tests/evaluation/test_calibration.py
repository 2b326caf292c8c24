"""Calibration finds how far a network that is too sure is off, on cases where the truth is known."""

import numpy as np
import pytest
from tests.evaluation.extremes import EXTREMES

from tenfold.evaluation.calibration import Calibration, confidence_histogram
from tenfold.evaluation.predictions import Predictions


def says(confidence: float, pictures: int, right: int) -> Predictions:
    """A network that is always `confidence` sure, and right for the first `right` pictures."""
    labels = np.arange(pictures) >= right  # it always says class 0
    return Predictions.of(np.tile([confidence, 1 - confidence], (pictures, 1)), labels, ("a", "b"))


def test_too_sure() -> None:
    calibration = Calibration.of(says(0.85, 100, right=60))
    assert calibration.ece == pytest.approx(0.25)
    assert calibration.overconfidence == pytest.approx(0.25)
    told = "calibration error (ECE) 25.00 %; on average it is 25.00 points more sure than right"
    assert calibration.summary() == told
    assert str(calibration).startswith(told)
    (used,) = [part for part in calibration.bins if part.count]
    assert (used.low, used.high, used.count, used.accuracy) == (0.8, 0.9, 100, 0.6)
    assert used.interval == pytest.approx((0.502, 0.691), abs=1e-3)


def test_not_sure_enough() -> None:
    calibration = Calibration.of(says(0.65, 100, right=80))
    assert calibration.ece == pytest.approx(0.15)
    assert "15.00 points less sure than right" in calibration.summary()


def test_too_sure_here_and_too_little_there_is_still_an_error() -> None:
    one, other = says(0.95, 100, right=75), says(0.55, 100, right=75)
    both = Predictions.of(
        np.concatenate([one.probabilities, other.probabilities]),
        np.concatenate([one.labels, other.labels]),
        one.classes,
    )
    calibration = Calibration.of(both)
    assert calibration.overconfidence == pytest.approx(0, abs=1e-6)
    assert calibration.ece == pytest.approx(0.2)


def test_a_network_whose_probabilities_are_true_is_calibrated() -> None:
    rng = np.random.default_rng(0)
    confidence = rng.uniform(0.5, 1, 200_000)
    right = rng.uniform(size=200_000) < confidence
    predictions = Predictions.of(np.stack([confidence, 1 - confidence], axis=1), ~right, ("a", "b"))
    assert Calibration.of(predictions).ece == pytest.approx(0, abs=0.005)
    inside = [
        part.interval[0] < part.confidence < part.interval[1]
        for part in Calibration.of(predictions).bins
        if part.interval and part.confidence
    ]
    assert sum(inside) >= 4  # of 5 bins


def test_edges_belong_to_the_lower_bin() -> None:
    predictions = Predictions.of([[0.5, 0.5], [1.0, 0.0]], [0, 0], ("a", "b"))
    assert [part.count for part in Calibration.of(predictions).bins] == [0, 0, 0, 0, 1, 0, 0, 0, 0, 1]


def test_without_probabilities_nothing_is_judged() -> None:
    calibration = Calibration.of(EXTREMES["diverged"])
    assert (calibration.ece, calibration.overconfidence, calibration.count, calibration.without) == (None, None, 0, 4)
    assert str(calibration) == "no probabilities to judge calibration by"
    assert Calibration.of(EXTREMES["diverged for one picture"]).without == 1
    assert Calibration.of(EXTREMES["logits"]).count == 0


def test_the_histogram_counts_every_picture_once() -> None:
    rows = confidence_histogram(says(0.85, 100, right=60))
    assert len(rows) == 20
    assert [row for row in rows if row["right"] or row["wrong"]] == [
        {"low": 0.8, "high": 0.85, "right": 60, "wrong": 40}
    ]


def test_next_to_nothing_is_not_nothing() -> None:
    assert "on average it is exactly as sure as right" in Calibration.of(says(0.5, 100, right=50)).summary()
    assert (
        "ECE) 0.002 %; on average it is 0.002 points less sure than right"
        in Calibration.of(says(0.99998, 100, right=100)).summary()
    )
