"""Several runs beside one another: how accurate each is, and how sure that is.

Accuracies are dots with their interval, on an axis that does not begin at nothing: where the intervals overlap, there
may be no difference at all. Curves laid over one another are drawn by `curves.py`.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import altair as alt

from tenfold.charts.rows import shown, table
from tenfold.charts.theme import WIDTH, finished
from tenfold.errors import InputError
from tenfold.text_table import percent

Rows = Sequence[Mapping[str, Any]]

INSIDE = WIDTH - 60
AXIS = {"scale": alt.Scale(zero=False, padding=14), "axis": alt.Axis(format=".4~p")}
ACCURACY = "Accuracy (% of pictures)"


def accuracies(rows: Rows, *, of: int | None = None, title: str = "How accurate each run is") -> Any:
    """Rows `run`, `accuracy`, `accuracy_low`, `accuracy_high`, in the order to be shown.

    of: the number of pictures, which decides how many digits an accuracy is written with; two, where it is not said.
    """
    if not rows:
        raise InputError("comparison", found="nothing to compare", expected="rows with run and accuracy")
    names = shown(row["run"] for row in rows)
    named = [{**row, "run": name, "read": spelled(row["accuracy"], of)} for row, name in zip(rows, names, strict=True)]
    base = alt.Chart().encode(
        y=alt.Y("run", type="nominal", sort=names, title="Run", axis=alt.Axis(grid=True, ticks=False)),
        tooltip=[
            alt.Tooltip("run", type="nominal", title="run"),
            alt.Tooltip("accuracy", type="quantitative", title="accuracy", format=".2%"),
            alt.Tooltip("accuracy_low", type="quantitative", title="from", format=".2%"),
            alt.Tooltip("accuracy_high", type="quantitative", title="to", format=".2%"),
        ],
    )
    spread = base.mark_rule(style="right", strokeWidth=2).encode(
        x=alt.X("accuracy_low", type="quantitative", title=ACCURACY, **AXIS), x2="accuracy_high"
    )
    middle = alt.X("accuracy", type="quantitative", title=ACCURACY, **AXIS)
    numbers = base.mark_text(style="note", dy=-10).encode(x=middle, text=alt.Text("read", type="nominal"))
    chart = alt.layer(spread, base.mark_point(size=70).encode(x=middle), numbers, data=table(named))
    told = "; ".join(f"{row['run']}: {row['read']}" for row in named)
    chart = chart.properties(width=INSIDE, height=alt.Step(36))
    return finished(chart, title, f"Accuracy of {len(rows)} runs. {told}.", "Lines are 95 % intervals.")


def spelled(share: float | None, of: int | None) -> str:
    return "unknown" if share is None else percent(share, 2, of=of)
