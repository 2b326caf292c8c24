"""How a network's numbers are spread, layer by layer, and how that changes while it learns.

Rows are histograms as a run keeps them: `layer`, `weight` (kernel, bias), `epoch`, and `counts` in equal steps from
`min` to `max`. Over several epochs they are a heat map, with time from left to right; of one, the histogram itself.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import altair as alt
import numpy as np

from tenfold.charts.rows import shown, table
from tenfold.charts.theme import WIDTH, finished, heading
from tenfold.errors import InputError

Rows = Sequence[Mapping[str, Any]]

MOST_PANELS = 8
MOST_EPOCHS = 20  # columns of the heat map; of more epochs, every second or third is shown
MOST_BINS = 32
TICKS = 6  # epochs, up to which each has its own
FAINTEST = 0.08  # how much of its colour the emptiest bin has that holds anything
SAME = 0.02  # of the colour scale at least; there is none where every histogram is one bin
THIN = 1e-3  # how wide weights that are all the same are drawn


def weights(rows: Rows, *, title: str = "How the weights are spread", unit: str = "Weight") -> Any:
    """One panel for each weight of each layer. Those without numbers to count (all of them NaN) are left out."""
    of_panel: dict[str, list[Mapping[str, Any]]] = {}
    for row in rows:
        if len(row["counts"]) and row["min"] is not None:
            of_panel.setdefault(f"{row['layer']} {row.get('weight', '')}".strip(), []).append(row)
    if not of_panel:
        raise InputError("histograms", found="no weights", expected="rows with layer, epoch, min, max and counts")
    kept = list(of_panel.items())[:MOST_PANELS]
    names = shown(name for name, _ in kept)
    darkest = max(map(densest, (row for _, of in kept for row in of)))
    panels = [
        panel(of, unit, darkest).properties(title=heading(name)) for (_, of), name in zip(kept, names, strict=True)
    ]
    chart = alt.vconcat(*panels, spacing=12).resolve_scale(opacity="shared")
    epochs = {int(row["epoch"]) for of in of_panel.values() for row in of}
    more = f"The first {MOST_PANELS} of {len(of_panel)}. " if len(of_panel) > MOST_PANELS else ""
    key = "From left to right: epochs; 0 is before training." if 0 in epochs else "From left to right: epochs."
    ends = [f"{name} {range_of(of)}" for (_, of), name in zip(kept, names, strict=True)]
    over = f"over {len(epochs)} epochs" if len(epochs) > 1 else f"of epoch {min(epochs)}"
    told = f"{unit} histograms {over}. At the end: {'; '.join(ends)}."
    return finished(chart, title, told, (more + (key if len(epochs) > 1 else "")).strip())


def panel(rows: Rows, unit: str, darkest: float) -> Any:
    """The histograms of one layer."""
    epochs = sorted({int(row["epoch"]) for row in rows})
    step = -(-len(epochs) // MOST_EPOCHS)
    kept = {epoch for place, epoch in enumerate(reversed(epochs)) if place % step == 0}  # the last one is always shown
    cells = [cell for row in rows if int(row["epoch"]) in kept for cell in cells_of(row, step)]
    tips = [
        alt.Tooltip("epoch", type="quantitative", title="epoch"),
        alt.Tooltip("low", type="quantitative", title="from", format=".3~g"),
        alt.Tooltip("high", type="quantitative", title="to", format=".3~g"),
        alt.Tooltip("count", type="quantitative", title="how many", format=","),
    ]
    base = alt.Chart(table(cells)).encode(tooltip=tips)
    if len(epochs) == 1:
        across = alt.X("low", type="quantitative", title=unit, scale=alt.Scale(zero=False, nice=False))
        height = alt.Y("count", type="quantitative", title="How many", axis=alt.Axis(tickCount=3, format="~s"))
        return (
            base.mark_bar(binSpacing=0, aria=False)
            .encode(x=across, x2="high", y=height, y2=alt.value("height"))
            .properties(width=WIDTH, height=80)
        )
    # Of two or three epochs Vega would name the halves between them too, rounded: 0, 1, 1.
    few = list(range(epochs[0], epochs[-1] + 1)) if epochs[-1] - epochs[0] < TICKS else alt.Undefined
    time = alt.X(
        "begin",
        type="quantitative",
        title="Epoch",
        scale=alt.Scale(domain=[epochs[0] - 0.5, epochs[-1] + 0.5], nice=False, zero=False),
        axis=alt.Axis(format="d", tickMinStep=1, values=few, grid=False),
    )
    value = alt.Y(
        "low", type="quantitative", title=unit, scale=alt.Scale(zero=False, nice=False), axis=alt.Axis(tickCount=4)
    )
    strength = alt.Opacity(  # of one colour, for what shines through is light or dark as the page is
        "share",
        type="quantitative",
        title="Share of a panel's numbers",
        scale=alt.Scale(domain=[0, darkest], range=[FAINTEST, 1], clamp=True, nice=False),
        legend=alt.Legend(format=".2~p", tickCount=3, symbolType="square", symbolStrokeWidth=0),
    )
    return (
        base.mark_rect(aria=False)
        .encode(x=time, x2="end", y=value, y2="high", opacity=strength)
        .properties(width=WIDTH, height=90)
    )


def range_of(rows: Rows) -> str:
    """From where to where the weights of one panel are in the last epoch that is told of them."""
    last = max(rows, key=lambda row: int(row["epoch"]))
    return f"from {last['min']:.3g} to {last['max']:.3g}"


def densest(row: Mapping[str, Any]) -> float:
    """The share in the fullest bin, but not of weights that are all the same, as biases are before training."""
    cells = cells_of(row, 1)
    return max(cell["share"] for cell in cells) if len(cells) > 1 else SAME


def cells_of(row: Mapping[str, Any], step: int) -> list[dict[str, Any]]:
    """The bins of one histogram that hold anything; each as wide as the epochs that it stands for."""
    counts = np.asarray(row["counts"], np.float64)
    low, high = float(row["min"]), float(row["max"])
    edges = np.linspace(low, high, len(counts) + 1) if high > low else low + np.linspace(0, THIN, len(counts) + 1)
    together = -(-len(counts) // MOST_BINS)
    starts = np.arange(0, len(counts), together)
    edges, counts = edges[[*starts, -1]], np.add.reduceat(counts, starts)
    epoch, total = int(row["epoch"]), counts.sum() or 1.0
    return [
        {
            "epoch": epoch,
            "begin": epoch - step + 0.5,
            "end": epoch + 0.5,
            "low": four_digits(low),
            "high": four_digits(high),
            "count": int(count),
            "share": four_digits(count / total),
        }
        for low, high, count in zip(edges, edges[1:], counts, strict=False)
        if count
    ]


def four_digits(number: float) -> float:
    """Four digits: a heat map shows no more, and there are thousands of these."""
    return float(f"{number:.4g}")
