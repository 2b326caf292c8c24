"""The network: what its first layer looks for, its layers, what each gives, and how its parameters are counted."""

from __future__ import annotations

from dataclasses import asdict

import numpy as np

from tenfold.charts.layers import layers as layers_chart
from tenfold.charts.pictures import around_zero
from tenfold.report.figures import beside, figure, picture
from tenfold.report.markup import Html, table, tag, together
from tenfold.report.material import Material

FILTERS = 64  # of the first layer, that are shown
UNKNOWN_WIRING = (
    "The layers are listed in the network's own order; which of them feeds which cannot be told, for its own code "
    "connects them, or one layer is used several times in a row."
)


def layers(material: Material) -> Html:
    if material.model is None:
        return Html("")
    from tenfold.recipe.network import layer_table
    from tenfold.recipe.wiring import edges

    rows, wiring = layer_table(material.model), edges(material.model)
    lines: list[list[object]] = [["layer", "kind", "activation", "gives", "parameters"]]
    lines += [
        [
            row.name,
            row.kind,
            row.activation or "–",
            "×".join("?" if side is None else str(side) for side in row.output_shape),
            row.arithmetic or ("prepares the pixels" if row.preprocessing else "–"),
        ]
        for row in rows
    ]
    total = sum(row.parameters for row in rows)
    words = "From the pixels to a probability for each class; every number of parameters with the sum that gives it."
    if wiring is None:
        words += f" {UNKNOWN_WIRING}"
    caption = f"{total:,} parameters in {len(rows)} layers"
    nodes = [asdict(row) for row in rows]
    drawn = Html("") if wiring is None else figure(lambda nodes: layers_chart(nodes, wiring), nodes)
    return together([tag("p", words), beside(drawn, table(lines, caption=caption))])


def filters(material: Material) -> Html:
    """The weights of the first layer that sees pixels, as pictures; all on one scale."""
    if material.model is None:
        return Html("")
    from tenfold.evaluation.inspection.filters import filters as filters_of

    found = filters_of(material.model, material.run.shape)
    if not found:
        return Html("")
    layer, weights = next(iter(found.items()))
    flat = weights.mean(axis=-1)  # (units, height, width)
    largest = float(np.abs(flat).max(initial=0.0)) or 1.0
    items = together(
        tag("li", picture(around_zero(each, largest), f"Weights of unit {place} of {layer}"), tag("span", f"{place}"))
        for place, each in enumerate(flat[:FILTERS])
    )
    some = f" The first {FILTERS} of {len(flat):,} are shown." if len(flat) > FILTERS else ""
    words = (
        f"Each picture is what one unit of {layer} multiplies the pixels with: blue where it wants them bright, orange "
        f"where it wants them dark, white where it does not look.{some}"
    )
    return together([tag("p", words), tag("ul", items, class_="pictures filters")])
