"""How training went: loss and accuracy after every epoch, of one run or of several laid over one another.

Rows are those of a run's `metrics.jsonl`: `epoch`, and whatever was measured under Keras' names. Three kinds of curve
are told apart, because they are misread so often: what was measured *while* an epoch was learning, with dropout on and
older weights (`loss`); the same training pictures scored again at its end (`train_loss`); and validation (`val_loss`).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import altair as alt

from tenfold.charts.rows import shown, table, text_of
from tenfold.charts.theme import DASHES, WIDTH, finished, heading
from tenfold.errors import InputError

Rows = Sequence[Mapping[str, Any]]

KINDS = {"": "training, while learning", "train_": "training, scored again", "val_": "validation"}
ACCURACIES = ("accuracy", "sparse_categorical_accuracy", "categorical_accuracy", "binary_accuracy")
TICKS = 6  # epochs, up to which each has its own
FEW = 40  # epochs; of more, the points would hide the lines
LEGEND = alt.Legend(columns=1, symbolType="stroke")
EPOCH = "Epoch (passes over the training pictures)"


def curves(rows: Rows, *, best: int | None = None, measures: Sequence[str] = (), title: str = "Learning curves") -> Any:
    """Loss and accuracy by epoch, one above the other.

    `best` is the epoch to mark: by default the one of the lowest validation loss. `measures` are Keras' names of what
    to draw, where it shall be something else than accuracy and loss.
    """
    names = list(measures) or measures_in(rows)
    points = [point for name in names for point in points_of(rows, name)]
    if not points:
        raise InputError("learning curves", found="no epoch with numbers", expected="rows with an epoch and a loss")
    best = best if best is not None else best_epoch(rows)
    panels = [panel([point for point in points if point["measure"] == name], name, best) for name in names]
    if len(panels) > 1:
        panels = [each.properties(title=heading(called(name))) for each, name in zip(panels, names, strict=True)]
    below = f"The dashed line marks epoch {best}, the best by validation." if best is not None else ""
    chart = alt.vconcat(*panels, spacing=16).resolve_scale(x="shared")
    return finished(chart, title, told(rows, names, best), below)


def overlay(
    runs: Mapping[str, Rows],
    *,
    measure: str = "accuracy",
    kind: str = "val_",
    title: str = "Learning curves of several runs",
) -> Any:
    """One measure by epoch for several runs, by their names: validation, or what `kind` says (`"train_"`, `""`)."""
    names = shown(runs)
    points = [
        point | {"run": name}
        for name, rows in zip(names, runs.values(), strict=True)
        for point in points_of(rows, measure, kinds=(kind,))
    ]
    if not points:
        raise InputError("learning curves", found=f"no run with {kind}{measure}", expected="rows that hold it")
    base = alt.Chart().encode(
        x=epochs_axis(points),
        y=value_axis(measure),
        color=alt.Color("run", type="nominal", title="Run", scale=alt.Scale(domain=names), legend=LEGEND),
        strokeDash=alt.StrokeDash("run", type="nominal", title="Run", scale=dashes(names)),
        tooltip=[tip("run", "run"), tip("epoch", "epoch", "quantitative"), tip("value", measure, "quantitative")],
    )
    chart = alt.layer(base.mark_line(), base.mark_point(size=24), data=table(points))
    chart = chart.properties(width=WIDTH, height=220)
    last = [f"{name} {ends[-1]['value']:.4g}" for name in names if (ends := with_value(points, name))]
    return finished(
        chart, title, f"{KINDS[kind]} {measure} by epoch. At the end: {'; '.join(last)}.", KINDS[kind].capitalize()
    )


def measures_in(rows: Rows) -> list[str]:
    """Accuracy under the name it goes by, and loss: those that were measured."""
    there = {name for row in rows for name in row}
    accuracy = [name for name in ACCURACIES if name in there][:1]
    return accuracy + (["loss"] if "loss" in there else [])


def points_of(rows: Rows, measure: str, kinds: Sequence[str] = tuple(KINDS)) -> list[dict[str, Any]]:
    """One point for each epoch and kind in which `measure` was taken."""
    return [
        {"epoch": row["epoch"], "measure": measure, "kind": KINDS[kind], "value": row[kind + measure]}
        for kind in kinds
        for row in rows
        if isinstance(row.get(kind + measure), int | float)
    ]


def with_value(points: Rows, run: str) -> Rows:
    return [point for point in points if point["run"] == run and point["value"] is not None]


def best_epoch(rows: Rows) -> int | None:
    """The epoch with the lowest validation loss, or where there is none the highest validation accuracy."""
    for name, sign in [("val_loss", 1.0), *((f"val_{each}", -1.0) for each in ACCURACIES)]:
        scored = [(sign * row[name], row["epoch"]) for row in rows if isinstance(row.get(name), int | float)]
        if scored:
            return int(min(scored)[1])
    return None


def panel(points: Rows, measure: str, best: int | None) -> Any:
    """The curves of one measure, with a rule at the best epoch."""
    kinds = [kind for kind in KINDS.values() if any(point["kind"] == kind for point in points)]
    base = alt.Chart().encode(
        x=epochs_axis(points),
        y=value_axis(measure),
        color=alt.Color("kind", type="nominal", title=None, scale=alt.Scale(domain=kinds), legend=LEGEND),
        strokeDash=alt.StrokeDash("kind", type="nominal", title=None, scale=dashes(kinds)),
        tooltip=[
            tip("kind", "measured on"),
            tip("epoch", "epoch", "quantitative"),
            tip("value", measure, "quantitative"),
        ],
    )
    layers = [base.mark_line()]
    if len(points) <= FEW * len(kinds):
        layers.append(base.mark_point())
    if best is not None:
        rule = alt.Chart(table([{"epoch": best}])).mark_rule(style="guide").encode(x=epochs_axis(points))
        layers.insert(0, rule)
    return alt.layer(*layers, data=table(points)).properties(width=WIDTH, height=170)


def called(measure: str) -> str:
    """A measure's name as a heading."""
    return "Accuracy" if measure in ACCURACIES else text_of(measure).replace("_", " ").capitalize()


def epochs_axis(points: Rows) -> Any:
    """Whole epochs only, and a room of its own for a single one."""
    last = max(int(point["epoch"]) for point in points)
    first = min(int(point["epoch"]) for point in points)
    domain = [first - 0.5, last + 0.5] if first == last else [first, last]
    # Of two or three epochs Vega would name the halves between them too, rounded: 1, 2, 2.
    few = list(range(first, last + 1)) if last - first < TICKS else alt.Undefined
    ticks = alt.Axis(tickMinStep=1, format="d", values=few, grid=False)
    return alt.X("epoch", type="quantitative", title=EPOCH, scale=alt.Scale(domain=domain, nice=False), axis=ticks)


def value_axis(measure: str) -> Any:
    scale = alt.Scale(zero=False, nice=True)
    if measure in ACCURACIES:
        return alt.Y(
            "value", type="quantitative", title="Accuracy (% of pictures)", scale=scale, axis=alt.Axis(format=".4~p")
        )
    title = "Loss (lower is better)" if measure == "loss" else text_of(measure).replace("_", " ").capitalize()
    return alt.Y("value", type="quantitative", title=title, scale=scale)


def dashes(names: Sequence[str]) -> alt.Scale:
    """Lines differ in dashes as well as in colour, for prints and for eyes that see few colours."""
    return alt.Scale(domain=list(names), range=[DASHES[index % len(DASHES)] for index in range(len(names))])


def tip(field: str, title: str, kind: str = "nominal") -> alt.Tooltip:
    return alt.Tooltip(field, type=kind, title=title)


def told(rows: Rows, measures: Sequence[str], best: int | None) -> str:
    """The curves in words."""
    parts = [f"{len(rows)} {'epoch' if len(rows) == 1 else 'epochs'}"]
    for measure in measures:
        for kind, name in KINDS.items():
            values = [point["value"] for point in points_of(rows, measure, (kind,)) if point["value"] is not None]
            if values:
                parts.append(f"{text_of(measure)} in {name}: from {values[0]:.4g} to {values[-1]:.4g}")
    if best is not None:
        parts.append(f"best epoch by validation: {best}")
    return "Learning curves. " + "; ".join(parts) + "."
