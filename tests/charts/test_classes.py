"""Scores and counts of each class, for two classes and for three hundred."""

from __future__ import annotations

from typing import Any

import pytest
from tests.charts.conftest import HOSTILE
from tests.charts.reading import check_contract, rows_of, texts_of

from tenfold.charts.classes import MOST_CLASSES, class_counts, per_class
from tenfold.charts.export import spec
from tenfold.errors import InputError


def score(name: str, f1: float | None = 0.9) -> dict[str, Any]:
    return {"name": name, "precision": None if f1 is None else 0.95, "recall": f1, "f1": f1, "support": 100}


def test_each_class_has_its_three_scores() -> None:
    chart = per_class([score("cat"), score("dog", 0.8), score("never predicted", None)])
    check_contract(chart)
    values = {(row["class"], row["measure"]): row["value"] for row in rows_of(chart)}
    assert len(values) == 9
    assert values["dog", "F1"] == 0.8
    assert values["never predicted", "precision"] is None
    assert spec(chart)["description"] == (
        "Precision, recall and F1 of 3 classes. The lowest F1 first, dog: 0.9500, 0.8000, 0.8000; "
        "cat: 0.9500, 0.9000, 0.9000; never predicted: unknown, unknown, unknown."
    )
    assert {"cat", "precision", "recall", "F1", "Share (%)"} <= set(texts_of(chart))


def test_of_very_many_classes_the_worst_are_shown_and_that_is_said() -> None:
    chart = per_class([score(f"class {place}", place / 300) for place in range(300)])
    assert {row["class"] for row in rows_of(chart)} == {f"class {place}" for place in range(MOST_CLASSES)}
    assert "The 100 of 300 classes with the lowest F1." in " ".join(spec(chart)["title"]["subtitle"])
    assert "class 0: 0.9500, 0.0000, 0.0000; class 1: " in spec(chart)["description"]
    assert spec(chart)["description"].endswith("; and 80 more.")


def test_every_split_has_its_bars_and_numbers() -> None:
    chart = class_counts({"train": {"0": 5923, "1": 6742}, "test": {"0": 980, "1": 0}})
    check_contract(chart)
    assert {"5,923", "6,742", "980", "0", "train: 12,665", "test: 980"} <= set(texts_of(chart))
    told = "train: from 5,923 (0) to 6,742 (1): 0 5,923, 1 6,742; test: from 0 (1) to 980 (0): 0 980, 1 0."
    assert told in spec(chart)["description"]
    many = class_counts({"train": {f"class {place}": place for place in range(30)}})
    assert spec(many)["description"].endswith("train: from 0 (class 0) to 29 (class 29).")


def test_hostile_names_are_bars_like_others() -> None:
    chart = class_counts({HOSTILE[1]: dict.fromkeys(HOSTILE, 3)})
    check_contract(chart)
    assert len({row["class"] for row in rows_of(chart)}) == len(HOSTILE)


def test_no_class_is_said() -> None:
    with pytest.raises(InputError, match="classes: no class"):
        class_counts({})
    with pytest.raises(InputError, match="classes: no class"):
        per_class([])
