"""Reliability, confidence and abstaining: what is drawn of each table, and what is left out of it."""

from __future__ import annotations

from typing import Any

import pytest
from tests.charts.reading import check_contract, marks_of, rows_of, texts_of

from tenfold.charts.calibration import abstain, confidence_histogram, reliability
from tenfold.charts.export import spec
from tenfold.errors import InputError

EMPTY = {"confidence": None, "accuracy": None, "accuracy_low": None, "accuracy_high": None}
BINS: list[dict[str, Any]] = [
    {"low": 0.0, "high": 0.5, "count": 0, **EMPTY},
    {
        "low": 0.5,
        "high": 0.9,
        "count": 50,
        "confidence": 0.8,
        "accuracy": 0.6,
        "accuracy_low": 0.46,
        "accuracy_high": 0.72,
    },
    {
        "low": 0.9,
        "high": 1.0,
        "count": 150,
        "confidence": 0.98,
        "accuracy": 0.98,
        "accuracy_low": 0.94,
        "accuracy_high": 0.99,
    },
]
THRESHOLDS = [
    {"threshold": 0.0, "coverage": 1.0, "accuracy": 0.9, "accuracy_low": 0.88, "accuracy_high": 0.92, "wrong": 20},
    {"threshold": 0.95, "coverage": 0.7, "accuracy": 0.99, "accuracy_low": 0.98, "accuracy_high": 1.0, "wrong": 1},
    {"threshold": 0.999, "coverage": 0.0, "accuracy": None, "accuracy_low": None, "accuracy_high": None, "wrong": 0},
]


def test_bins_without_pictures_have_no_dot_and_the_error_is_said() -> None:
    chart = reliability(BINS)
    check_contract(chart)
    upper = spec(chart)["vconcat"][0]
    assert [row["confidence"] for row in spec(chart)["datasets"][upper["data"]["name"]]] == [0.8, 0.98]
    assert "Calibration error 5.00 %." in " ".join(spec(chart)["title"]["subtitle"])
    assert {"50", "150", "How sure the network is (%)", "How often it is right (%)"} <= set(texts_of(chart))


def test_right_and_wrong_answers_are_counted_apart() -> None:
    chart = confidence_histogram(
        [{"low": i / 20, "high": (i + 1) / 20, "right": i * 40, "wrong": 20 - i} for i in range(20)]
    )
    check_contract(chart)
    assert marks_of(chart).count("bar") == 2
    titles = [part["title"]["text"] for part in spec(chart)["vconcat"]]
    assert titles == [["7,600 right answers"], ["210 wrong answers"]]
    assert "3 of the wrong ones were over 90 % sure" in spec(chart)["description"]


def test_each_threshold_is_said_and_one_without_answers_has_no_dot() -> None:
    chart = abstain(THRESHOLDS)
    check_contract(chart)
    assert [row["accuracy"] for row in rows_of(chart)] == [0.9, 0.99, None]
    assert "At least 95 % sure: 70.0% answered, 99.00% of them right." in spec(chart)["description"]


def test_no_probabilities_at_all_is_said() -> None:
    with pytest.raises(InputError, match="calibration: no bin with pictures; expected pictures with probabilities"):
        reliability(BINS[:1])
    with pytest.raises(InputError, match="no threshold"):
        abstain([{**THRESHOLDS[0], "coverage": None}])
