"""Runs beside one another."""

from __future__ import annotations

import pytest
from tests.charts.conftest import HOSTILE
from tests.charts.reading import check_contract, rows_of, texts_of

from tenfold.charts.comparison import accuracies
from tenfold.errors import InputError


def test_every_run_has_its_accuracy_and_interval() -> None:
    rows = [{"run": name, "accuracy": 0.98, "accuracy_low": 0.97, "accuracy_high": 0.99} for name in HOSTILE]
    chart = accuracies(rows)
    check_contract(chart)
    assert [row["read"] for row in rows_of(chart)] == ["98.00 %"] * len(HOSTILE)
    assert {"Run", "Accuracy (% of pictures)", "98.00 %"} <= set(texts_of(chart))
    assert [row["read"] for row in rows_of(accuracies(rows[:1], of=359))] == ["98.0 %"], "no more than they can carry"


def test_an_unknown_accuracy_is_no_dot() -> None:
    chart = accuracies(
        [
            {"run": "failed", "accuracy": None, "accuracy_low": None, "accuracy_high": None},
            {"run": "b", "accuracy": 0.5},
        ]
    )
    assert rows_of(chart)[0]["read"] == "unknown"


def test_nothing_to_compare_is_said() -> None:
    with pytest.raises(InputError, match="comparison: nothing to compare; expected rows with run and accuracy"):
        accuracies([])
