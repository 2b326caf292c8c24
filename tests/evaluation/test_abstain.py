"""Who answers only when sure answers less, and is right more often."""

import numpy as np
import pytest
from tests.evaluation.extremes import EXTREMES

from tenfold.evaluation.abstain import Abstaining
from tenfold.evaluation.predictions import Predictions


@pytest.fixture
def predictions() -> Predictions:
    sure = np.array([0.99, 0.97, 0.96, 0.8, 0.6])
    return Predictions.of(np.stack([sure, 1 - sure], axis=1), [0, 0, 1, 0, 1], ("a", "b"))


def test_counts(predictions: Predictions) -> None:
    every, half, strict, none = Abstaining.of(predictions, [0.0, 0.7, 0.97, 0.999]).thresholds
    assert (every.answered, every.right, every.coverage, every.accuracy) == (5, 3, 1.0, 0.6)
    assert (half.answered, half.right, half.coverage, half.accuracy) == (4, 3, 0.8, 0.75)
    assert (strict.answered, strict.accuracy) == (2, 1.0)
    assert strict.accuracy_interval == pytest.approx((0.342, 1), abs=1e-3)  # two right answers prove little
    assert (none.answered, none.coverage, none.accuracy) == (0, 0.0, None)


def test_in_words(predictions: Predictions) -> None:
    strict, none = Abstaining.of(predictions, [0.95, 0.999]).thresholds
    assert str(strict) == "answer only when at least 95 % sure: 60 % answered, 67 % right"
    assert str(none) == "answer only when at least 99.9 % sure: nothing is answered"
    assert str(Abstaining.of(predictions, [0.95])).splitlines()[1].split() == (
        ["95", "%", "sure", "60", "%", "67", "%", "1"]
    )


def test_no_probability_is_never_sure() -> None:
    every, half = Abstaining.of(EXTREMES["diverged for one picture"], [0.0, 0.1]).thresholds
    assert (every.answered, half.answered) == (3, 2)


def test_exactly_as_sure_is_sure_enough() -> None:
    (half,) = Abstaining.of(Predictions.of([[0.75, 0.25]], [0], ("a", "b")), [0.75]).thresholds
    assert half.answered == 1
