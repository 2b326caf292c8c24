"""Histograms of weights: over epochs, of one epoch, and how many cells a chart may hold."""

from __future__ import annotations

import re
from typing import Any

import numpy as np
import pytest
from tests.charts.reading import check_contract, marks_of, rows_of

from tenfold.charts.export import as_json, spec, svg
from tenfold.charts.histograms import MOST_BINS, MOST_EPOCHS, MOST_PANELS, weights
from tenfold.charts.theme import LIGHT_COLOURS
from tenfold.errors import InputError


def histogram(layer: str, epoch: int, bins: int = 4) -> dict[str, Any]:
    return {"layer": layer, "epoch": epoch, "weight": "kernel", "min": -1.0, "max": 1.0, "counts": np.arange(bins) + 1}


def test_over_epochs_there_is_a_cell_for_every_bin() -> None:
    chart = weights([histogram(layer, epoch) for layer in ("dense", "a.b[c]") for epoch in range(1, 4)])
    check_contract(chart)
    assert marks_of(chart) == ["rect", "rect"]
    assert len(rows_of(chart)) in (12, 24)  # the same table twice is stored once
    assert {row["share"] for row in rows_of(chart)} == {0.1, 0.2, 0.3, 0.4}
    told = "Weight histograms over 3 epochs. At the end: dense kernel from -1 to 1; a.b[c] kernel from -1 to 1."
    assert spec(chart)["description"] == told


def test_its_one_colour_is_exchanged_in_the_dark() -> None:
    drawn = svg(weights([histogram("dense", epoch) for epoch in range(1, 4)]))
    cells = re.findall(r'<path[^>]* opacity="0[.][^>]*>', drawn)
    colours = {colour.upper() for cell in cells for colour in re.findall(r'fill="(#[^"]+)"', cell)}
    assert colours == {LIGHT_COLOURS[0]}


def test_one_epoch_is_bars_without_the_empty_ones() -> None:
    row = histogram("dense", 5) | {"counts": [0, 3, 0, 1]}
    chart = weights([row])
    check_contract(chart)
    assert marks_of(chart) == ["bar"]
    assert [(bin_["low"], bin_["high"], bin_["count"]) for bin_ in rows_of(chart)] == [(-0.5, 0.0, 3), (0.5, 1.0, 1)]


def test_long_trainings_are_thinned_and_end_with_the_last_epoch() -> None:
    rows = [histogram(f"layer {i}", epoch, bins=100) for i in range(20) for epoch in range(1, 301)]
    chart = weights(rows)
    cells = rows_of(chart)
    epochs = {row["epoch"] for row in cells}
    assert len(epochs) == MOST_EPOCHS
    assert max(epochs) == 300
    assert f"The first {MOST_PANELS} of 20." in " ".join(spec(chart)["title"]["subtitle"])
    one = [row for row in cells if row["epoch"] == 300][:MOST_BINS]
    assert one[0]["low"] == -1
    assert sum(row["count"] for row in one[:25]) == 5050
    assert len(as_json(chart)) < 1_500_000


def test_what_cannot_be_drawn_is_said() -> None:
    with pytest.raises(
        InputError, match="histograms: no weights; expected rows with layer, epoch, min, max and counts"
    ):
        weights([])


def test_weights_that_are_no_numbers_are_left_out_and_equal_ones_are_a_thin_line() -> None:
    lost = histogram("dense", 1) | {"min": None, "max": None, "counts": []}
    same = histogram("dense", 2) | {"min": 0.0, "max": 0.0, "counts": [10, 0, 0, 0]}
    (row,) = rows_of(weights([lost, same]))
    assert (row["epoch"], row["low"], row["count"]) == (2, 0, 10)
    assert 0 < row["high"] < 0.01
