"""The picture of a network: boxes, arithmetic, branches, and networks that are too deep for a page."""

from __future__ import annotations

from typing import Any

import pytest
from tests.charts.conftest import HOSTILE
from tests.charts.reading import check_contract, rows_of, texts_of

from tenfold.charts.export import spec
from tenfold.charts.layers import MOST_ROWS, layers
from tenfold.errors import InputError


def node(
    name: str, kind: str = "Dense", parameters: int = 0, arithmetic: str = "", shape: Any = (10,)
) -> dict[str, Any]:
    return {"name": name, "kind": kind, "output_shape": shape, "parameters": parameters, "arithmetic": arithmetic}


def boxes_of(chart: Any) -> dict[str, dict[str, Any]]:
    return {row["name"]: row for row in rows_of(chart) if "head" in row}


def test_each_layer_has_a_box_with_its_shape_and_arithmetic() -> None:
    first = node("dense", parameters=200_960, arithmetic="784×256+256 = 200,960", shape=(256,)) | {"activation": "relu"}
    chart = layers([node("flatten", "Flatten", shape=(28, 28, None)), first])
    check_contract(chart)
    assert {"Dense  dense", "gives 256, relu", "784×256+256 = 200,960", "gives 28×28×?", "no parameters"} <= {
        text for row in boxes_of(chart).values() for text in row.values()
    }
    assert "784×256+256 = 200,960" in texts_of(chart)
    assert "Flatten flatten giving 28×28×?, Dense dense giving 256 through relu." in spec(chart)["description"]
    assert "200,960 parameters in 2 layers." in spec(chart)["title"]["subtitle"][0]


def test_a_chain_goes_down_and_arrows_end_at_boxes() -> None:
    chart = layers([node("a"), node("b"), node("c")])
    boxes = boxes_of(chart)
    assert boxes["a"]["bottom"] < boxes["b"]["top"] < boxes["b"]["bottom"] < boxes["c"]["top"]
    assert len({row["line"] for row in rows_of(chart) if "line" in row}) == 2


def test_branches_stand_side_by_side_and_shortcuts_go_around() -> None:
    edges = [(0, 1), (0, 2), (1, 3), (2, 3), (0, 3)]
    chart = layers([node("in"), node("a"), node("b"), node("add")], edges)
    check_contract(chart)
    boxes = boxes_of(chart)
    assert boxes["a"]["y"] == boxes["b"]["y"]
    assert boxes["a"]["right"] < boxes["b"]["left"]
    line = max((row for row in rows_of(chart) if "line" in row), key=lambda row: row["x"])
    assert line["x"] > boxes["b"]["right"]
    assert "lines that pass by others: in to b, in to add, a to add." in spec(chart)["description"]


def test_shortcuts_that_overlap_have_lanes_of_their_own_and_others_share_one() -> None:
    chain = [(place, place + 1) for place in range(6)]
    for shortcuts, lanes in ([(0, 2), (2, 4)], 1), ([(0, 4), (2, 6)], 2), ([(0, 6), (1, 5), (2, 4)], 3):
        chart = layers([node(str(place)) for place in range(7)], [*chain, *shortcuts])
        right = boxes_of(chart)["0"]["right"]
        assert len({row["x"] for row in rows_of(chart) if "line" in row and row["x"] > right}) == lanes


def test_a_very_deep_network_says_what_is_left_out() -> None:
    chart = layers([node(f"layer {place}", parameters=10) for place in range(300)])
    boxes = boxes_of(chart)
    assert len(boxes) == MOST_ROWS
    assert boxes["… 241 more layers …"]["sum"] == "2,410"
    assert boxes["layer 299"]["y"] == max(row["y"] for row in boxes.values())
    assert "3,000 parameters in 300 layers." in spec(chart)["title"]["subtitle"][0]


def test_hostile_names_are_texts() -> None:
    chart = layers([node(name, kind=name) for name in HOSTILE])
    check_contract(chart)
    assert all(row["head"].isprintable() for row in boxes_of(chart).values())


def test_what_is_no_network_is_said() -> None:
    with pytest.raises(InputError, match="network: no layer"):
        layers([])
    with pytest.raises(InputError, match="network: an edge of layer 1; expected places from 0 to 0"):
        layers([node("a")], [(0, 1)])
    with pytest.raises(InputError, match="edges that lead in a circle"):
        layers([node("a"), node("b")], [(0, 1), (1, 0)])
