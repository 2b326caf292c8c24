"""Draws docs/growth.json: one picture for every axis, as SVG, with Altair. Runs where Altair is: with the peers.

    python growth_charts.py GROWTH_JSON FOLDER [--png]

Both scales are logarithmic; every line carries its own name, and its own mark for those who do not tell the colours
apart. Text and rules are of a grey that is legible on white and on black, and there is no background.
"""

from __future__ import annotations

import json
import math
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import altair as alt

Point = dict[str, Any]

WIDTH, HEIGHT = 520, 260
LABEL_HEIGHT = 16  # pixels between two names at least
GREY, FAINT = "#7a7a7a", "#7a7a7a40"
# Okabe and Ito's palette, the colours of it that stand out on white and on black.
PEERS = {
    "tenfold": ("Tenfold", "#d55e00", "circle"),
    "keras-jax": ("Keras on JAX", "#2b88c4", "square"),
    "torch": ("PyTorch loop", "#0f9d76", "triangle-up"),
}
TITLES = {
    "images": "pictures in the training set",
    "batch": "pictures in a batch",
    "width": "units in each hidden layer",
    "devices": "virtual devices on the same cores",
}


def main() -> None:
    figures, folder = Path(sys.argv[1]), Path(sys.argv[2])
    points = json.loads(figures.read_text(encoding="utf-8"))["points"]
    folder.mkdir(parents=True, exist_ok=True)
    for axis in dict.fromkeys(point["axis"] for point in points):
        along = [point for point in points if point["axis"] == axis]
        drawn = {f"growth-{axis}": chart(axis, "images a second", "~s", [rates(point) for point in along])}
        if axis == "images":
            drawn["growth-epoch"] = chart(axis, "seconds an epoch", "~g", [seconds(point) for point in along])
        for name, picture in drawn.items():
            for kind in ("svg", "png") if "--png" in sys.argv else ("svg",):
                picture.save(folder / f"{name}.{kind}", scale_factor=2 if kind == "png" else 1)
                print(folder / f"{name}.{kind}")


def rates(point: Point) -> Point:
    """What is drawn of a point: images a second, and their range over the rounds."""
    ends = {end: point["images"] / point[of] for end, of in (("shown", "seconds"), ("low", "most"), ("high", "least"))}
    return {"value": point["value"], "peer": point["peer"], **ends}


def seconds(point: Point) -> Point:
    ends = {"shown": point["seconds"], "low": point["least"], "high": point["most"]}
    return {"value": point["value"], "peer": point["peer"], **ends}


def chart(axis: str, measure: str, form: str, rows: Sequence[Point]) -> alt.LayerChart:
    """A measure against one axis: a line and its range for every peer, named at its right end."""
    ticks = sorted({row["value"] for row in rows})
    low, high = (bound(row[end] for row in rows) for bound, end in ((min, "low"), (max, "high")))
    bottom, top = low / 1.3, high * 1.3
    x = alt.X(
        "value:Q",
        title=TITLES[axis],
        scale=alt.Scale(type="log", base=2, domain=[ticks[0] / 1.1, ticks[-1] * 1.1], nice=False),
        axis=alt.Axis(values=ticks, format="~s" if axis == "images" else "d", grid=False),
    )
    y_scale = alt.Scale(type="log", domain=[bottom, top], nice=False)
    y_axis = alt.Axis(values=plain_ticks(bottom, top), format=form, title=measure, titleAngle=0)
    y = alt.Y("shown:Q", scale=y_scale, axis=y_axis)
    peers = [peer for peer in PEERS if any(row["peer"] == peer for row in rows)]
    colour = alt.Color("peer:N", legend=None, scale=alt.Scale(domain=peers, range=[PEERS[peer][1] for peer in peers]))
    shape = alt.Shape("peer:N", legend=None, scale=alt.Scale(domain=peers, range=[PEERS[peer][2] for peer in peers]))
    base = alt.Chart(alt.Data(values=rows))
    names = alt.Chart(alt.Data(values=placed_names(rows, peers, bottom, top)))
    return (
        alt.layer(
            base.mark_rule(strokeWidth=1.5, opacity=0.6).encode(
                x=x, y=alt.Y("low:Q", scale=y_scale, axis=y_axis), y2="high:Q", color=colour
            ),
            base.mark_line(strokeWidth=2).encode(x=x, y=y, color=colour),
            base.mark_point(filled=True, size=50, opacity=1).encode(x=x, y=y, color=colour, shape=shape),
            names.mark_text(align="left", dx=12, fontSize=13, fontWeight="bold").encode(
                x=alt.X("value:Q"), y=alt.Y("shown:Q", scale=y_scale, axis=y_axis), text="name:N", color=colour
            ),
        )
        .properties(width=WIDTH, height=HEIGHT, background="transparent", padding=8)
        .configure(font="sans-serif")
        .configure_view(stroke=None)
        .configure_axis(
            labelColor=GREY,
            titleColor=GREY,
            tickColor=GREY,
            domainColor=GREY,
            gridColor=FAINT,
            labelFontSize=12,
            titleFontSize=13,
            titleFontWeight="normal",
        )
        .configure_axisY(titleAlign="left", titleAnchor="end", titleX=-36, titleY=-12, domain=False, ticks=False)
    )


def plain_ticks(bottom: float, top: float) -> list[float]:
    """1, 2 and 5 times the powers of ten that lie between, or the powers alone where that would be many."""
    powers = range(math.floor(math.log10(bottom)), math.ceil(math.log10(top)) + 1)
    many = [digit * 10.0**power for power in powers for digit in (1, 2, 5) if bottom <= digit * 10.0**power <= top]
    few = [tick for tick in many if round(math.log10(tick), 9).is_integer()]
    return few if len(many) > 8 and len(few) > 2 else many


def placed_names(rows: Sequence[Point], peers: Sequence[str], bottom: float, top: float) -> list[Point]:
    """Each line's name beside its last point; names that would touch are moved apart, evenly up and down."""
    last = {peer: max((row for row in rows if row["peer"] == peer), key=lambda row: row["value"]) for peer in peers}
    peers = sorted(peers, key=lambda peer: last[peer]["shown"])
    apart = LABEL_HEIGHT * (math.log(top) - math.log(bottom)) / HEIGHT
    heights = [math.log(last[peer]["shown"]) for peer in peers]
    moved = heights[:1]
    for height in heights[1:]:
        moved.append(max(height, moved[-1] + apart))
    back = sum(after - before for after, before in zip(moved, heights, strict=True)) / len(peers)
    return [
        {"peer": peer, "name": PEERS[peer][0], "value": last[peer]["value"], "shown": math.exp(height - back)}
        for peer, height in zip(peers, moved, strict=True)
    ]


if __name__ == "__main__":
    main()
