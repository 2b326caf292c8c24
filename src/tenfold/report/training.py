"""How training went: the learning curves, and every epoch in a table."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import partial
from typing import Any

from tenfold.charts.curves import called, measures_in
from tenfold.charts.curves import curves as curves_chart
from tenfold.report.figures import beside, figure
from tenfold.report.markup import Html, table, tag, together
from tenfold.report.material import Material
from tenfold.run.curves import TRAIN, VALIDATION

FIRST, LAST = 50, 150  # epochs of a long training that the table has

WHILE_LEARNING = (
    "“While learning” is the mean over an epoch, in which the weights change with every batch, and dropout and "
    "whatever else only training has are on."
)
SCORED_AGAIN = (
    "“Scored again” is the network at the epoch's end with all of that off, just as validation sees it: compare these "
    "two."
)
NOT_COMPARABLE = (
    "Validation sees the network at the epoch's end with all of that off: of one and the same it may well look better."
)


def curves(material: Material) -> Html:
    if not material.rows:
        return Html("")
    drawn = beside(
        *(
            figure(partial(curves_chart, measures=[measure], title=called(measure)), material.rows)
            for measure in measures_in(material.rows)
        )
    )
    numbers = tag("details", tag("summary", "Every epoch in numbers"), epochs(material.rows))
    return together([tag("p", in_words(material.rows)), drawn, numbers])


def in_words(rows: Sequence[Mapping[str, Any]]) -> str:
    """What tells the curves apart, of those that there are."""
    if any(name.startswith(TRAIN) for row in rows for name in row):
        return f"{WHILE_LEARNING} {SCORED_AGAIN}"
    if any(name.startswith(VALIDATION) for row in rows for name in row):
        return f"{WHILE_LEARNING} {NOT_COMPARABLE}"
    return WHILE_LEARNING


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
