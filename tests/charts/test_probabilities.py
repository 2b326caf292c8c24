"""The probabilities of one prediction."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from tests.charts.conftest import HOSTILE
from tests.charts.reading import check_contract, marks_of, rows_of, texts_of

from tenfold.charts.export import spec
from tenfold.charts.probabilities import MOST, probabilities, spelled
from tenfold.errors import InputError


def test_the_answer_is_said_and_whether_it_is_right(noise: np.ndarray[Any, Any]) -> None:
    chart = probabilities([0.1, 0.7, 0.2], ("cat", "dog", "cow"), image=noise[0], true=0)
    check_contract(chart)
    assert "image" in marks_of(chart)
    assert {"Predicted: dog", "dog, 70.0 % sure. It is cat.", "70.0 %", "Probability (%)"} <= set(texts_of(chart))
    assert {row["class"]: row["kind"] for row in rows_of(chart) if "kind" in row} == {
        "cat": "truth",
        "dog": "answer",
        "cow": "other",
    }
    assert "That is right." in spec(probabilities([0.9, 0.1], "ab", true=0))["description"]


def test_of_many_classes_the_most_probable_are_shown() -> None:
    chart = probabilities(np.arange(100) / 4950, [f"class {i}" for i in range(100)])
    assert [row["class"] for row in rows_of(chart)] == [f"class {99 - i}" for i in range(MOST)]


def test_hostile_names_and_numbers_that_are_none() -> None:
    chart = probabilities([np.nan, *[0.1] * (len(HOSTILE) - 1)], HOSTILE)
    check_contract(chart)
    assert rows_of(chart)[0]["probability"] is None
    assert rows_of(chart)[0]["read"] == "no number"


def test_nothing_is_rounded_to_certainty() -> None:
    assert [spelled(value) for value in (1.0, 0.99999, 0.5, 0.0001, 0.0)] == [
        "100.0 %",
        "> 99.9 %",
        "50.0 %",
        "< 0.1 %",
        "0.0 %",
    ]


def test_another_number_of_classes_is_said() -> None:
    with pytest.raises(InputError, match=r"probabilities: shape \(2,\); expected \(3,\), one for each class"):
        probabilities([0.5, 0.5], "abc")
    with pytest.raises(InputError, match="probabilities: no class; expected the probability of each"):
        probabilities([], [])
