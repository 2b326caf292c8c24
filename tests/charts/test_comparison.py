"""Runs and settings beside one another."""

from __future__ import annotations

import pytest
from tests.charts.conftest import HOSTILE
from tests.charts.reading import check_contract, marks_of, rows_of, texts_of

from tenfold.charts.comparison import accuracies, settings
from tenfold.charts.export import spec
from tenfold.errors import InputError


def test_every_run_has_its_accuracy_and_interval() -> None:
    rows = [{"run": name, "accuracy": 0.98, "low": 0.97, "high": 0.99} for name in HOSTILE]
    chart = accuracies(rows)
    check_contract(chart)
    assert [row["read"] for row in rows_of(chart)] == ["98.00 %"] * len(HOSTILE)
    assert {"Run", "Accuracy (% of pictures)", "98.00 %"} <= set(texts_of(chart))


def test_a_setting_is_shown_with_what_it_costs() -> None:
    rows = [{"value": units, "accuracy": 0.97 + units / 1e5, "seconds": units / 50} for units in (128, 256, 512)]
    chart = settings(rows, setting="Hidden units")
    check_contract(chart)
    assert marks_of(chart) == ["point", "text", "bar"]
    assert {"Accuracy by hidden units", "Hidden units", "Training (seconds)", "128"} <= set(texts_of(chart))
    assert "256: 97.26 % in 5.12 s" in spec(chart)["description"]


def test_intervals_are_drawn_where_there_are_some_and_times_too() -> None:
    rows = [{"value": name, "accuracy": 0.9, "low": 0.8, "high": 0.95} for name in ("relu", "tanh")]
    assert marks_of(settings(rows, setting="Activation")) == ["rule", "point", "text"]


def test_an_unknown_accuracy_is_no_dot() -> None:
    chart = accuracies([{"run": "failed", "accuracy": None, "low": None, "high": None}, {"run": "b", "accuracy": 0.5}])
    assert rows_of(chart)[0]["read"] == "unknown"


def test_nothing_to_compare_is_said() -> None:
    with pytest.raises(InputError, match="comparison: nothing to compare; expected rows with run and accuracy"):
        accuracies([])
