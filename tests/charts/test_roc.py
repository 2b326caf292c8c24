"""ROC and precision-recall: which curves have a name and a colour, and which part of them is enlarged."""

from __future__ import annotations

from typing import Any

import pytest
from tests.charts.conftest import HOSTILE
from tests.charts.reading import check_contract, rows_of, texts_of
from tests.charts.staircase import staircase

from tenfold.charts.export import as_json, spec
from tenfold.charts.roc import precision_recall, roc
from tenfold.charts.theme import BLACK, LIGHT_COLOURS
from tenfold.errors import InputError


def curve(name: str, area: float, kind: str = "class", points: int = 20) -> list[dict[str, Any]]:
    steps = staircase(points, seed=len(name)).tolist()
    return [
        {
            "curve": name,
            "kind": kind,
            "area": area,
            "false_positive_rate": x,
            "true_positive_rate": y,
            "recall": x,
            "precision": 1 - y,
        }
        for x, y in [[0.0, 0.0], *steps, [1.0, 1.0]]
    ]


def test_the_worst_classes_have_colours_and_names() -> None:
    rows = [row for place in range(9) for row in curve(f"class {place}", 0.8 + place / 100)]
    rows += curve("micro average", 0.85, "micro") + curve("macro average", 0.84, "macro")
    chart = roc(rows)
    check_contract(chart)
    named = {row["curve"] for row in rows_of(chart) if row["group"] == "named"}
    assert named == {"class 0 (0.8000)", "class 1 (0.8100)", "class 2 (0.8200)", "class 3 (0.8300)"}
    assert {row["curve"] for row in rows_of(chart) if row["group"] == "average"} == {
        "macro average (0.8400)",
        "micro average (0.8500)",
    }
    assert "the worst classes: class 0 (0.8000)" in spec(chart)["description"]


def looks_of(chart: Any) -> dict[str, tuple[int, list[int]]]:
    """The place in the palette and the dashes of every curve that the legend names, without its area."""
    layer = spec(chart)["vconcat"][0]["layer"][1]["encoding"]
    assert layer["color"]["scale"]["domain"] == layer["strokeDash"]["scale"]["domain"]
    looks = zip(layer["strokeDash"]["scale"]["domain"], layer["strokeDash"]["scale"]["range"], strict=True)
    every = {label: (place % len(LIGHT_COLOURS), dashes) for place, (label, dashes) in enumerate(looks)}
    return {label.partition(" (")[0]: every[label] for label in layer["color"]["legend"]["values"]}


def test_a_class_looks_the_same_in_both_charts_though_others_are_worst() -> None:
    areas = [0.8 + place / 100 for place in range(16)]
    averages = curve("micro average", 0.85, "micro") + curve("macro average", 0.84, "macro")
    one, other = (
        looks_of(draw([row for place, area in enumerate(of) for row in curve(f"class {place}", area)] + averages))
        for draw, of in ((roc, areas), (precision_recall, [*areas[1:3], 0.99, *areas[3:]]))
    )
    assert [*one] == ["macro average", "micro average", "class 0", "class 1", "class 2", "class 3"]
    assert [*other] == ["macro average", "micro average", "class 0", "class 1", "class 3", "class 4"]
    assert all(one[name] == other[name] for name in one.keys() & other.keys())
    every = looks_of(roc([row for place in range(4) for row in curve(f"class {place}", 0.8)] + averages))
    assert len({(place, *dashes) for place, dashes in every.values()}) == 6
    assert {name for name, (place, _) in every.items() if place == BLACK} == {"macro average", "micro average"}
    eighth = looks_of(roc([row for place, area in enumerate(areas[::-1]) for row in curve(f"class {place}", area)]))
    assert eighth["class 12"][0] == one["class 0"][0] + 5, "for the palette begins anew, without black"
    assert eighth["class 12"][1] != one["class 0"][1], "with other dashes"


def test_where_all_is_good_the_corner_is_enlarged() -> None:
    good = precision_recall(curve("a", 0.999))
    check_contract(good)
    assert {"The whole", "The good corner, enlarged", "Recall: found (% of the class)"} <= set(texts_of(good))
    assert len(spec(precision_recall(curve("a", 0.9)))["vconcat"]) == 1


def test_hostile_and_missing_curves() -> None:
    rows = [row for name in HOSTILE for row in curve(name, 0.9)]
    rows.append(
        {"curve": "empty", "kind": "class", "area": None, "false_positive_rate": 0.0, "true_positive_rate": 0.0}
    )
    chart = roc(rows)
    check_contract(chart)
    assert len({row["curve"] for row in rows_of(chart)}) == len(HOSTILE)
    with pytest.raises(InputError, match="AUC: no curve; expected rows with the points of one"):
        roc(rows[-1:])


def test_a_hundred_classes_are_small_enough_for_a_report() -> None:
    rows = [row for place in range(100) for row in curve(f"class {place}", 0.9, points=200)]
    assert len(as_json(roc(rows))) < 600_000
