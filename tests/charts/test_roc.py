"""ROC and precision-recall: which curves have a name, and that thinning moves no line that can be seen."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from tests.charts.conftest import HOSTILE
from tests.charts.reading import check_contract, rows_of, texts_of

from tenfold.charts.export import as_json, spec
from tenfold.charts.roc import HALF_A_PIXEL, MOST_POINTS, bounded, precision_recall, roc, thinned
from tenfold.errors import InputError


def staircase(points: int, seed: int = 0) -> np.ndarray[Any, Any]:
    """A ROC curve as scikit-learn gives it: `points` corners from (0, 0) to (1, 1)."""
    random = np.random.default_rng(seed)
    x, y = np.sort(random.random(points)) ** 1.5, np.sort(random.random(points)) ** 0.5
    return np.column_stack([np.repeat(x, 2)[:-1], np.repeat(y, 2)[1:]])


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


def distance(points: np.ndarray[Any, Any], line: np.ndarray[Any, Any]) -> float:
    """How far the farthest of `points` is from the polyline `line`."""
    start, along = line[:-1], np.diff(line, axis=0)  # (segments, 2)
    length = np.maximum((along**2).sum(axis=1), 1e-30)
    share = np.clip(((points[:, None] - start) * along).sum(axis=2) / length, 0, 1)  # (points, segments)
    return float(np.hypot(*np.moveaxis(points[:, None] - start - share[..., None] * along, 2, 0)).min(axis=1).max())


def test_ten_thousand_points_become_few_that_show_the_same_line() -> None:
    whole = staircase(5000)
    thin = thinned(whole, HALF_A_PIXEL)
    assert len(thin) < 400
    assert distance(whole[::7], thin) <= HALF_A_PIXEL * 1.001
    assert (thin[0] == whole[0]).all()
    assert (thin[-1] == whole[-1]).all()


def test_a_corner_stays_where_it_is() -> None:
    corner = np.array(
        [[0, 0], *[[0, y] for y in np.linspace(0, 0.97, 50)], *[[x, 0.97] for x in np.linspace(0, 1, 50)], [1, 1]]
    )
    assert thinned(corner, HALF_A_PIXEL).tolist() == [[0, 0], [0, 0.97], [1, 0.97], [1, 1]]


def test_many_curves_are_bounded_together() -> None:
    curves = [staircase(300, seed) for seed in range(100)]
    assert sum(map(len, bounded(curves, np.array([1.0, 1.0])))) <= MOST_POINTS


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
