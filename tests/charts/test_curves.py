"""Learning curves: which curves there are, which epoch is marked, and what is said in words."""

from __future__ import annotations

import math
from typing import Any

import pytest
from tests.charts.conftest import HOSTILE
from tests.charts.reading import check_contract, found, marks_of, rows_of, texts_of

from tenfold.charts.curves import KINDS, best_epoch, curves, overlay
from tenfold.charts.export import spec
from tenfold.errors import InputError

Epochs = list[dict[str, Any]]


def test_every_kind_of_curve_has_its_points(epochs: Epochs) -> None:
    chart = curves(epochs)
    check_contract(chart)
    points = [row for row in rows_of(chart) if "kind" in row]
    assert len(points) == 12 * 3 * 2
    validation = [row["value"] for row in points if row["kind"] == KINDS["val_"] and row["measure"] == "accuracy"]
    assert validation == pytest.approx([row["val_accuracy"] for row in epochs], rel=1e-5)


def test_the_best_epoch_is_that_of_the_lowest_validation_loss(epochs: Epochs) -> None:
    assert best_epoch(epochs) == 8
    assert {"epoch": 8} in rows_of(curves(epochs))
    assert {"epoch": 3} in rows_of(curves(epochs, best=3))
    assert "best epoch by validation: 8" in spec(curves(epochs))["description"]


def test_without_validation_there_is_nothing_to_mark(epochs: Epochs) -> None:
    chart = curves([{"epoch": row["epoch"], "loss": row["loss"]} for row in epochs])
    assert "rule" not in marks_of(chart)
    assert {row["kind"] for row in rows_of(chart)} == {KINDS[""]}


def test_one_epoch_is_shown_as_points_on_a_whole_number(epochs: Epochs) -> None:
    chart = curves(epochs[:1])
    assert "point" in marks_of(chart)
    assert [0.5, 1.5] in list(found(spec(chart), "domain"))


def test_many_epochs_are_lines_without_points(epochs: Epochs) -> None:
    assert "point" not in marks_of(curves([epochs[0] | {"epoch": epoch} for epoch in range(1, 200)]))


def test_a_loss_that_is_no_number_leaves_a_gap(epochs: Epochs) -> None:
    rows = [epochs[0], epochs[1] | {"val_loss": math.nan, "loss": None}, epochs[2]]
    values = {
        (row["kind"], row["epoch"]): row["value"] for row in rows_of(curves(rows, measures=["loss"])) if "kind" in row
    }
    assert values[KINDS["val_"], 2] is None
    assert (KINDS[""], 2) not in values


def test_the_drawing_says_what_its_axes_are(epochs: Epochs) -> None:
    texts = texts_of(curves(epochs))
    assert {"Learning curves", "Accuracy (% of pictures)", "Loss (lower is better)", *KINDS.values()} <= set(texts)


def test_runs_are_laid_over_one_another_under_their_names(epochs: Epochs) -> None:
    chart = overlay(dict.fromkeys(HOSTILE, epochs), measure="loss")
    check_contract(chart)
    assert len({row["run"] for row in rows_of(chart)}) == len(HOSTILE)
    assert "<script>" in " ".join(texts_of(chart))  # as text, in what is still XML


def test_nothing_to_draw_is_said() -> None:
    with pytest.raises(
        InputError, match="learning curves: no epoch with numbers; expected rows with an epoch and a loss"
    ):
        curves([])
    with pytest.raises(InputError, match="no run with val_accuracy"):
        overlay({"mlp": [{"epoch": 1, "loss": 0.1}]})
