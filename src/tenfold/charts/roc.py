"""ROC and precision-recall curves: every class against all others, and their averages.

Rows are points: `curve` (a name), `kind` (class, micro or macro), `area`, and two coordinates. The worst classes have
a colour, for they are what one looks for; all others stay quiet lines, so that a hundred classes can be drawn. A class
has its colour and its dashes by its place among all classes, so that it looks the same in both charts, whose worst
classes are not the same ones; black is the averages'. Where all curves hug the good corner, it is drawn once more,
enlarged. `polyline.py` leaves out what cannot be seen.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import altair as alt
import numpy as np

from tenfold.charts.polyline import Part, Points, shortened
from tenfold.charts.rows import shown, table
from tenfold.charts.theme import BLACK, DASHES, LIGHT_COLOURS, WIDTH, finished, heading
from tenfold.errors import InputError

Rows = Sequence[Mapping[str, Any]]
NAMED = 4  # classes with a colour: the worst
SIDE, SMALL = 280, 130  # pixels of the square
WHOLE: Part = ((0.0, 1.0), (0.0, 1.0))
GOOD = 0.99  # the area from which on all curves lie in the corner
CORNER = 0.1  # how much of both axes is enlarged there


@dataclass(frozen=True)
class Axes:
    """What the two axes are called, in the table and on the screen, and where the good corner is."""

    x: str
    y: str
    x_title: str
    y_title: str
    area: str
    corner: Part


ROC = Axes(
    "false_positive_rate",
    "true_positive_rate",
    "Others taken for it (% of all others)",
    "Found (% of the class)",
    "AUC",
    ((0.0, CORNER), (1 - CORNER, 1.0)),
)
PRECISION_RECALL = Axes(
    "recall",
    "precision",
    "Recall: found (% of the class)",
    "Precision: right (% of those called so)",
    "average precision",
    ((1 - CORNER, 1.0), (1 - CORNER, 1.0)),
)


def roc(rows: Rows, *, title: str = "ROC: each class against all others") -> Any:
    """Rows `curve`, `kind`, `false_positive_rate`, `true_positive_rate` and `area`."""
    return drawn(rows, ROC, title)


def precision_recall(rows: Rows, *, title: str = "Precision and recall of each class") -> Any:
    """Rows `curve`, `kind`, `recall`, `precision` and `area`."""
    return drawn(rows, PRECISION_RECALL, title)


@dataclass(frozen=True, eq=False)
class Line:
    """One curve with its place in the legend; `group` is what it looks like, `place` where it is among its like."""

    label: str
    group: str
    place: int
    area: float
    points: Points


def drawn(rows: Rows, axes: Axes, title: str) -> Any:
    lines = lines_of(rows, axes)
    if not lines:
        raise InputError(
            axes.area, found="no curve", expected="rows with the points of one", do="check that every class occurs"
        )
    if min(line.area for line in lines) > GOOD:
        panels = [
            panel(lines, axes, WHOLE, SMALL).properties(title=heading("The whole")),
            panel(lines, axes, axes.corner, SIDE).properties(title=heading("The good corner, enlarged")),
        ]
    else:
        panels = [panel(lines, axes, WHOLE, SIDE)]
    chart = alt.vconcat(*panels, spacing=16).resolve_scale(color="shared", strokeDash="shared")
    classes = [line for line in lines if line.group != "average"]
    below = f"In colour: the {NAMED} classes with the smallest area." if len(classes) > NAMED else ""
    return finished(chart, title, told(lines, axes), f"{below} In brackets: {axes.area}.".strip())


def lines_of(rows: Rows, axes: Axes) -> list[Line]:
    """The curves in the order of the legend: averages, then the classes from the worst to the best."""
    curves: dict[tuple[str, str], list[Mapping[str, Any]]] = {}
    for row in rows:
        if all(isinstance(row.get(name), int | float) for name in (axes.x, axes.y, "area")):
            curves.setdefault((str(row["kind"]), str(row["curve"])), []).append(row)
    worst_first = sorted(curves.items(), key=lambda curve: (curve[0][0] == "class", curve[1][0]["area"]))
    names = shown(name for (_, name), _ in worst_first)
    places = place_of_each(curves)
    lines: list[Line] = []
    named = 0
    for (key, of_curve), name in zip(worst_first, names, strict=True):
        kind = key[0]
        area = float(of_curve[0]["area"])
        named += kind == "class"
        group = "average" if kind != "class" else "named" if named <= NAMED else "other"
        points = np.array([[row[axes.x], row[axes.y]] for row in of_curve], np.float64)
        lines.append(Line(f"{name} ({area:.4f})", group, places[key], area, points))
    return lines


def place_of_each(curves: Iterable[tuple[str, str]]) -> dict[tuple[str, str], int]:
    """The place of each class among the classes, and of each average among the averages."""
    classes, averages = ([key for key in curves if (key[0] == "class") is of_class] for of_class in (True, False))
    return {key: place for group in (classes, averages) for place, key in enumerate(group)}


def looks_of(lines: Sequence[Line]) -> tuple[list[str], list[list[int]]]:
    """The domain that gives each of the lines its colour out of the palette, which Vega takes in turns, and its dashes;
    what stands between them is nobody's.
    """
    taken = {slot_of(line): line for line in lines}
    slots = range(max(taken) + 1)
    domain = [taken[slot].label if slot in taken else f"nobody {slot}" for slot in slots]
    dashes = [
        DASHES[(slot // len(LIGHT_COLOURS) + (slot % len(LIGHT_COLOURS) == BLACK)) % len(DASHES)] for slot in slots
    ]
    return domain, dashes


def slot_of(line: Line) -> int:
    """The place in the palette, repeated as often as need be: classes go past black, which is the averages'."""
    colours = len(LIGHT_COLOURS)
    if line.group == "average":
        return line.place * colours + BLACK
    turn, place = divmod(line.place, colours - 1)
    return turn * colours + place + (place >= BLACK)


def panel(lines: Sequence[Line], axes: Axes, part: Part, side: int) -> Any:
    """The curves within a part of the square; what is quiet lies below."""
    rows = [
        {"curve": line.label, "piece": piece, "group": line.group, "order": order, "x": x, "y": y}
        for line, pieces in zip(lines, shortened([line.points for line in lines], part, 0.5 / side), strict=True)
        for piece, points in enumerate(pieces)
        for order, (x, y) in enumerate(points.tolist())
    ]
    coloured = [line for line in lines if line.group != "other"]
    base = (
        alt.Chart()
        .mark_line(strokeWidth=1.5)
        .encode(
            x=axis(alt.X, "x", axes.x_title, part[0]),
            y=axis(alt.Y, "y", axes.y_title, part[1]),
            detail=alt.Detail("piece", type="nominal"),
            order=alt.Order("order", type="quantitative"),
            tooltip=[alt.Tooltip("curve", type="nominal", title="class")],
        )
    )
    quiet = base.transform_filter("datum.group == 'other'").mark_line(style="quiet", strokeWidth=0.8, opacity=0.6)
    layers = [quiet.encode(detail=[alt.Detail("curve", type="nominal"), alt.Detail("piece", type="nominal")])]
    if coloured:
        domain, dashes = looks_of(coloured)
        colour, dash = alt.Scale(domain=domain), alt.Scale(domain=domain, range=dashes)
        common = {"type": "nominal", "title": None, "legend": legend([line.label for line in coloured])}
        layers.append(
            base.transform_filter("datum.group != 'other'").encode(
                color=alt.Color("curve", scale=colour, **common),
                strokeDash=alt.StrokeDash("curve", scale=dash, **common),
            )
        )
    return alt.layer(*layers, data=table(rows)).properties(width=side, height=side)


def legend(labels: Sequence[str]) -> alt.Legend:
    return alt.Legend(columns=1, symbolType="stroke", labelLimit=WIDTH, values=list(labels))


def axis(channel: Any, field: str, title: str, domain: tuple[float, float]) -> Any:
    scale = alt.Scale(domain=list(domain), nice=False, zero=False)
    return channel(field, type="quantitative", title=title, scale=scale, axis=alt.Axis(format=".4~p", grid=True))


def told(lines: Sequence[Line], axes: Axes) -> str:
    """The curves in words."""
    classes = [line for line in lines if line.group != "average"]
    parts = [f"{line.label}" for line in lines if line.group == "average"]
    parts += [f"the worst classes: {', '.join(line.label for line in classes[:NAMED])}"] if classes else []
    return f"{len(classes)} curves, one a class. {axes.area} in brackets: {'; '.join(parts)}."
