"""How training went: the learning curves, and every epoch in a table."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from tenfold.charts.curves import curves as curves_chart
from tenfold.report.figures import figure
from tenfold.report.markup import Html, table, tag, together
from tenfold.report.material import Material

FIRST, LAST = 50, 150  # epochs of a long training that the table has


def curves(material: Material) -> Html:
    if not material.rows:
        return Html("")
    drawn = figure(curves_chart, material.rows)
    return together([drawn, tag("details", tag("summary", "Every epoch in numbers"), epochs(material.rows))])


def epochs(rows: Sequence[Mapping[str, Any]]) -> Html:
    names = list(dict.fromkeys(name for row in rows for name in row))
    shown = rows if len(rows) <= FIRST + LAST else [*rows[:FIRST], *rows[-LAST:]]
    left_out = len(rows) - len(shown)
    note = tag("p", f"{left_out:,} epochs in the middle are left out here; metrics.jsonl in the run has them.")
    lines = [[spelled(row.get(name)) for name in names] for row in shown]
    numbers = table([names, *lines], caption="Epochs", right=range(len(names)))
    return together([numbers, note if left_out else Html("")])


def spelled(value: Any) -> str:
    if value is None:
        return "–"
    return f"{value:.4g}" if isinstance(value, float) else str(value)
