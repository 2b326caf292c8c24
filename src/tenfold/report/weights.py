"""How the weights and the biases of every layer were spread, before training and after each epoch."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from tenfold.charts.histograms import weights as weights_chart
from tenfold.report.figures import beside, figure
from tenfold.report.markup import Html, tag, together
from tenfold.report.material import Material

Rows = Sequence[Mapping[str, Any]]

BIAS = "bias"


def over_the_epochs(material: Material) -> Html:
    """Heat maps with time from left to right: of weights, and beside them of biases."""
    rows = [row for row in material.weights if is_histogram(row)]
    kernels, biases = ([row for row in rows if (row["weight"] == BIAS) is bias] for bias in (False, True))
    drawn = [
        figure(lambda rows: weights_chart(rows, title="Weights"), kernels),
        figure(lambda rows: weights_chart(rows, title="Biases", unit="Bias"), biases),
    ]
    if not any(drawn):
        return Html("")
    words = (
        "Each column is the histogram of one epoch: the fuller its colour, the more weights have that value. Weights "
        "that still drift apart are still learning; some that run away, or a layer that never moves, are worth a look."
    )
    return together([tag("p", words), beside(*drawn)])


def is_histogram(row: Mapping[str, Any]) -> bool:
    """Whether a row of layers.jsonl, which anyone may have written, can be drawn."""
    counts, ends = row.get("counts"), (row.get("min"), row.get("max"))
    return (
        type(row.get("epoch")) is int
        and all(isinstance(row.get(name), str) for name in ("layer", "weight"))
        and isinstance(counts, list)
        and all(type(count) is int and count >= 0 for count in counts)
        and all(end is None or isinstance(end, int | float) for end in ends)
        and (ends[0] is None) is (ends[1] is None)
    )
