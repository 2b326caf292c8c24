"""Several runs beside one another: how accurate each is and how sure that is, and what a setting did.

Rows are one a run or one a setting. Accuracies are dots with their interval, on an axis that does not begin at nothing:
where the intervals overlap, there may be no difference at all.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import altair as alt

from tenfold.charts.rows import shown, table, text_of
from tenfold.charts.theme import WIDTH, finished
from tenfold.errors import InputError

Rows = Sequence[Mapping[str, Any]]

INSIDE = WIDTH - 60
AXIS = {"scale": alt.Scale(zero=False, padding=14), "axis": alt.Axis(format=".4~p")}
ACCURACY = "Accuracy (% of pictures)"


def accuracies(rows: Rows, *, title: str = "How accurate each run is") -> Any:
    """Rows `run`, `accuracy`, `low`, `high`, in the order to be shown."""
    names = checked(rows, "run", "accuracy")
    named = [{**row, "run": name, "read": spelled(row["accuracy"])} for row, name in zip(rows, names, strict=True)]
    base = alt.Chart(table(named)).encode(
        y=alt.Y("run", type="nominal", sort=names, title="Run", axis=alt.Axis(grid=True, ticks=False)),
        tooltip=[
            alt.Tooltip("run", type="nominal", title="run"),
            alt.Tooltip("accuracy", type="quantitative", title="accuracy", format=".2%"),
            alt.Tooltip("low", type="quantitative", title="from", format=".2%"),
            alt.Tooltip("high", type="quantitative", title="to", format=".2%"),
        ],
    )
    spread = base.mark_rule(style="right", strokeWidth=2).encode(
        x=alt.X("low", type="quantitative", title=ACCURACY, **AXIS), x2="high"
    )
    middle = alt.X("accuracy", type="quantitative", title=ACCURACY, **AXIS)
    numbers = base.mark_text(style="note", dy=-10).encode(x=middle, text=alt.Text("read", type="nominal"))
    chart = alt.layer(spread, base.mark_point(size=70).encode(x=middle), numbers)
    told = "; ".join(f"{row['run']}: {row['read']}" for row in named)
    chart = chart.properties(width=INSIDE, height=alt.Step(36))
    return finished(chart, title, f"Accuracy of {len(rows)} runs. {told}.", "Lines are 95 % intervals.")


def settings(rows: Rows, *, setting: str, title: str = "") -> Any:
    """Rows `value`, `accuracy`, perhaps `low` and `high`, and `seconds` of training: what `setting` does to both."""
    names = checked(rows, "value", "accuracy")
    called = text_of(setting)
    named = [{**row, "value": name, "read": spelled(row["accuracy"])} for row, name in zip(rows, names, strict=True)]
    at = alt.X(
        "value",
        type="ordinal",
        sort=names,
        title=called,
        axis=alt.Axis(labelAngle=0 if max(map(len, names)) < 9 else -45),
    )
    base = alt.Chart(table(named)).encode(x=at)
    accuracy = alt.Y("accuracy", type="quantitative", title=ACCURACY, **AXIS)
    dots = [
        base.mark_point(size=60).encode(y=accuracy),
        base.mark_text(style="note", dx=8, align="left").encode(y=accuracy, text=alt.Text("read", type="nominal")),
    ]
    if all(row.get("low") is not None and row.get("high") is not None for row in rows):
        low = alt.Y("low", type="quantitative", title=ACCURACY, **AXIS)
        dots.insert(0, base.mark_rule(style="right", strokeWidth=2).encode(y=low, y2="high"))
    panels = [alt.layer(*dots).properties(width=WIDTH, height=150)]
    if any(row.get("seconds") is not None for row in rows):
        time = alt.Y("seconds", type="quantitative", title="Training (seconds)", axis=alt.Axis(tickCount=4))
        bars = base.mark_bar(style="quiet", width={"band": 0.5}).encode(
            y=time, tooltip=[alt.Tooltip("seconds", type="quantitative", title="seconds", format=".3~g")]
        )
        panels.append(bars.properties(width=WIDTH, height=90))
    told = "; ".join(
        f"{row['value']}: {row['read']}" + (f" in {row['seconds']:.3g} s" if row.get("seconds") is not None else "")
        for row in named
    )
    below = "Lines are 95 % intervals." if len(dots) > 2 else ""
    return finished(
        alt.vconcat(*panels, spacing=12),
        title or f"Accuracy by {called[:1].lower()}{called[1:]}",
        f"{called} and accuracy. {told}.",
        below,
    )


def checked(rows: Rows, name: str, number: str) -> list[str]:
    if not rows:
        raise InputError("comparison", found="nothing to compare", expected=f"rows with {name} and {number}")
    return shown(row[name] for row in rows)


def spelled(share: float | None) -> str:
    return "unknown" if share is None else f"{100 * share:.2f} %"
