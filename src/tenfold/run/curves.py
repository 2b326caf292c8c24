"""Which columns of a run's metrics are its curves: the loss and the accuracy, in training and in validation."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

Curve = list[float | None]  # one number an epoch; None where there is none

TRAIN, VALIDATION = "train_", "val_"  # before a column's name: scored at the epoch's end, on these pictures


def curves_in(rows: Sequence[Mapping[str, Any]]) -> dict[str, dict[str, Curve]]:
    """The curves out of the rows of `metrics.jsonl`: `curves_in(rows)["loss"]["validation"]`.

    Training is what was scored at the ends of the epochs, where the run did that: it is comparable with validation.
    Else it is what was measured along the way, while the weights changed and dropout was at work.
    """
    names = dict.fromkeys(name for row in rows for name in row)
    accuracy = next((name for name in names if "accuracy" in name and not name.startswith((TRAIN, VALIDATION))), "")
    curves = {"loss": both(rows, names, "loss")}
    if accuracy:
        curves["accuracy"] = both(rows, names, accuracy)
    return {name: pair for name, pair in curves.items() if pair}


def both(rows: Sequence[Mapping[str, Any]], names: Mapping[str, Any], name: str) -> dict[str, Curve]:
    training = f"{TRAIN}{name}" if f"{TRAIN}{name}" in names else name
    columns = {"training": training, "validation": f"{VALIDATION}{name}"}
    found = {label: column(rows, key) for label, key in columns.items() if key in names}
    return {label: curve for label, curve in found.items() if any(point is not None for point in curve)}


def column(rows: Sequence[Mapping[str, Any]], name: str) -> Curve:
    """The numbers of one column; None where an epoch has none, or something that is no number."""
    return [as_number(row.get(name)) for row in rows]


def as_number(value: object) -> float | None:
    return float(value) if isinstance(value, int | float) and not isinstance(value, bool) else None
