"""How a network's numbers are spread, layer by layer, and how that changes while it learns.

Rows are histograms: `layer`, `epoch`, `edges` (bins + 1 numbers) and `counts` (bins). Over several epochs they are a
heat map, with time from left to right; of a single epoch, the histogram itself.
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

MOST_LAYERS = 8
MOST_EPOCHS = 20  # columns of the heat map; of more epochs, every second or third is shown
MOST_BINS = 32


def weights(rows: Rows, *, title: str = "How the weights are spread", unit: str = "Weight") -> Any:
    """One panel a layer. Bins may differ from layer to layer and from epoch to epoch."""
    layers = list(dict.fromkeys(str(row["layer"]) for row in rows))
    if not layers:
        raise InputError("histograms", found="no layer", expected="rows with layer, epoch, edges and counts")
    names = dict(zip(layers, shown(layers), strict=True))
    panels = [
        panel([row for row in rows if str(row["layer"]) == layer], unit).properties(title=heading(names[layer]))
        for layer in layers[:MOST_LAYERS]
    ]
    chart = alt.vconcat(*panels, spacing=12).resolve_scale(color="shared")
    epochs = {int(row["epoch"]) for row in rows}
    more = f"The first {MOST_LAYERS} of {len(layers)} layers. " if len(layers) > MOST_LAYERS else ""
    key = "From left to right: epochs. The darker or brighter, the more weights." if len(epochs) > 1 else ""
    told = f"{unit} histograms of {len(panels)} layers over {len(epochs)} epochs: {', '.join(names.values())}."
    return finished(chart, title, told, (more + key).strip())


def panel(rows: Rows, unit: str) -> Any:
    """The histograms of one layer."""
    epochs = sorted({int(row["epoch"]) for row in rows})
    step = -(-len(epochs) // MOST_EPOCHS)
    kept = {epoch for place, epoch in enumerate(reversed(epochs)) if place % step == 0}  # the last one is always shown
    cells = [cell for row in rows if int(row["epoch"]) in kept for cell in cells_of(row, step)]
    tips = [
        alt.Tooltip("epoch", type="quantitative", title="epoch"),
        alt.Tooltip("low", type="quantitative", title="from", format=".3~g"),
        alt.Tooltip("high", type="quantitative", title="to", format=".3~g"),
        alt.Tooltip("count", type="quantitative", title="weights", format=","),
    ]
    base = alt.Chart(table(cells)).encode(tooltip=tips)
    if len(epochs) == 1:
        across = alt.X("low", type="quantitative", title=unit, scale=alt.Scale(zero=False, nice=False))
        height = alt.Y("count", type="quantitative", title="How many", axis=alt.Axis(tickCount=3, format="~s"))
        return (
            base.mark_bar(binSpacing=0)
            .encode(x=across, x2="high", y=height, y2=alt.value("height"))
            .properties(width=WIDTH, height=80)
        )
    time = alt.X(
        "begin",
        type="quantitative",
        title="Epoch",
        scale=alt.Scale(domain=[epochs[0] - 0.5, epochs[-1] + 0.5], nice=False, zero=False),
        axis=alt.Axis(format="d", tickMinStep=1, grid=False),
    )
    value = alt.Y(
        "low", type="quantitative", title=unit, scale=alt.Scale(zero=False, nice=False), axis=alt.Axis(tickCount=4)
    )
    colour = alt.Color(
        "share",
        type="quantitative",
        title="Share of the layer's weights",
        scale=alt.Scale(type="sqrt"),
        legend=alt.Legend(format=".0%", gradientLength=160, gradientThickness=8, tickCount=3),
    )
    return (
        base.mark_rect().encode(x=time, x2="end", y=value, y2="high", color=colour).properties(width=WIDTH, height=90)
    )


def cells_of(row: Mapping[str, Any], step: int) -> list[dict[str, Any]]:
    """The bins of one histogram that hold anything; each as wide as the epochs that it stands for."""
    edges, counts = np.asarray(row["edges"], np.float64), np.asarray(row["counts"], np.float64)
    if edges.shape != (len(counts) + 1,):
        raise InputError(
            "histograms", found=f"{len(edges)} edges for {len(counts)} bins", expected="one edge more than bins"
        )
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
