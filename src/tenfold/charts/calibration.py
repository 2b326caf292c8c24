"""How far a network's own confidence can be trusted: the reliability diagram, and what follows from it.

Tables are those of an evaluation: bins of confidence with their accuracy, a histogram of right and wrong answers, and
for each threshold what is left when only sure answers are given.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import altair as alt

from tenfold.charts.rows import table
from tenfold.charts.theme import WIDTH, finished, heading
from tenfold.errors import InputError

Rows = Sequence[Mapping[str, Any]]

SIDE = 280  # pixels
RIGHT = "Right (% of answers)"
TRUTH = "How often it is right (%)"
SURE = "How sure the network is (%)"


def reliability(bins: Rows, *, title: str = "Is it as sure as it is right?") -> Any:
    """Rows `low`, `high`, `count`, `confidence`, `accuracy`, `accuracy_low`, `accuracy_high`."""
    rows = [row for row in bins if row["count"]]
    if not rows:
        raise InputError("calibration", found="no bin with pictures", expected="pictures with probabilities")
    base = alt.Chart().encode(x=percent(alt.X, "confidence", SURE, (0, 1)))
    tips = [tip("count", "pictures", ","), tip("confidence", "says", ".2%"), tip("accuracy", "is right", ".2%")]
    diagonal = alt.Chart(table([{"confidence": 0, "accuracy": 0}, {"confidence": 1, "accuracy": 1}])).mark_line(
        style="guide"
    )
    truth = percent(alt.Y, "accuracy", TRUTH, (0, 1))
    ideal = diagonal.encode(x=percent(alt.X, "confidence", SURE, (0, 1)), y=truth)
    spread = base.mark_rule(style="right").encode(y=percent(alt.Y, "accuracy_low", TRUTH, (0, 1)), y2="accuracy_high")
    dots = base.mark_point(size=50).encode(y=truth, tooltip=tips)
    upper = alt.layer(ideal, spread, dots, data=table(rows)).properties(width=SIDE, height=SIDE)
    lower = counted(bins, "count", "right", "Pictures").properties(width=SIDE, height=70)
    gap = sum(row["count"] * abs(row["confidence"] - row["accuracy"]) for row in rows) / sum(
        row["count"] for row in rows
    )
    error = f"calibration error {gap:.2%}".replace("%", " %")
    below = f"On the dashed line it would be. Rules: 95 % intervals. {error.capitalize()}."
    surest = rows[-1]
    told = (
        f"Reliability diagram of {len(rows)} bins, {error}. The surest: {surest['count']:,} pictures, "
        f"{surest['confidence']:.1%} sure, {surest['accuracy']:.1%} right."
    )
    return finished(alt.vconcat(upper, lower, spacing=12), title, told, below)


def counted(rows: Rows, field: str, style: str, title: str) -> Any:
    """How many pictures are in each bin of confidence, with the number above each bar; heights by their square root."""
    most = max((row[field] for row in rows), default=0) or 1
    named = [{**row, "read": f"{row[field]:,}" if row[field] else ""} for row in rows]
    base = alt.Chart(table(named)).encode(x=percent(alt.X, "low", SURE, (0, 1)), x2="high")
    scale = alt.Scale(type="sqrt", domain=[0, most * 1.7], nice=False)
    height = alt.Y(field, type="quantitative", title=title, scale=scale, axis=alt.Axis(tickCount=3, format=",d"))
    bars = base.mark_bar(style=style, binSpacing=1).encode(
        y=height,
        y2=alt.value("height"),
        tooltip=[tip("low", "from", "%"), tip("high", "to", "%"), tip(field, title, ",")],
    )
    if len(rows) > 10:
        return bars
    middle = alt.Chart(table([{**row, "middle": (row["low"] + row["high"]) / 2} for row in named]))
    numbers = middle.mark_text(style="note", dy=-7, fontSize=9).encode(
        x=percent(alt.X, "middle", SURE, (0, 1)), y=height, text=alt.Text("read", type="nominal")
    )
    return alt.layer(bars, numbers)


def confidence_histogram(bins: Rows, *, title: str = "How sure were the right and the wrong answers?") -> Any:
    """Rows `low`, `high`, `right`, `wrong`: two histograms, for the wrong answers are few and would not be seen."""
    right, wrong = (sum(row[kind] for row in bins) for kind in ("right", "wrong"))
    panels = [
        counted(bins, kind, kind, "Pictures").properties(
            width=SIDE, height=90, title=heading(f"{count:,} {kind} answers")
        )
        for kind, count in (("right", right), ("wrong", wrong))
    ]
    sure = sum(row["wrong"] for row in bins if row["low"] >= 0.9)
    told = f"Confidence of {right:,} right and {wrong:,} wrong answers. {sure:,} of the wrong ones were over 90 % sure."
    return finished(alt.vconcat(*panels, spacing=12), title, told, "Heights grow with the square root of the number.")


def abstain(rows: Rows, *, title: str = "Answering only when sure") -> Any:
    """Rows `threshold`, `coverage`, `accuracy`, `accuracy_low`, `accuracy_high`, `wrong`, the lowest first."""
    known = [{**row, "at": f"{100 * row['threshold']:g}"} for row in rows if row["coverage"] is not None]
    if not known:
        raise InputError("answering only when sure", found="no threshold", expected="pictures with probabilities")
    order = [row["at"] for row in known]
    at = alt.X(
        "at", type="ordinal", sort=order, title="Answers only when at least so sure (%)", axis=alt.Axis(labelAngle=0)
    )
    data = table(known)
    base = alt.Chart().encode(
        x=at,
        tooltip=[
            alt.Tooltip("at", type="nominal", title="at least % sure"),
            tip("coverage", "answered", ".2%"),
            tip("accuracy", "of these right", ".2%"),
            tip("wrong", "wrong answers", ","),
        ],
    )
    free = alt.Scale(zero=False)
    form = alt.Axis(format=".4~p")
    right = alt.Y("accuracy", type="quantitative", title=RIGHT, scale=free, axis=form)
    spread = base.mark_rule(style="right").encode(
        y=alt.Y("accuracy_low", type="quantitative", title=RIGHT, scale=free, axis=form), y2="accuracy_high"
    )
    covered = alt.Y("coverage", type="quantitative", title="Answered (% of pictures)", scale=free, axis=form)
    panels = [
        (spread, base.mark_line().encode(y=right), base.mark_point().encode(y=right)),
        (base.mark_line(style="wrong").encode(y=covered), base.mark_point(style="wrong").encode(y=covered)),
    ]
    drawn = (alt.layer(*layers, data=data).properties(width=WIDTH, height=130) for layers in panels)
    chart = alt.vconcat(*drawn, spacing=12)
    told = " ".join(
        f"At least {row['at']} % sure: {row['coverage']:.1%} answered"
        + (f", {row['accuracy']:.2%} of them right." if row["accuracy"] is not None else ".")
        for row in known
    )
    return finished(chart, title, told, "What is gained above, and what it costs below. Rules: 95 % intervals.")


def percent(channel: Any, field: str, title: str, domain: tuple[float, float]) -> Any:
    scale = alt.Scale(domain=list(domain), nice=False)
    return channel(field, type="quantitative", title=title, scale=scale, axis=alt.Axis(format=".4~p"))


def tip(field: str, title: str, form: str) -> alt.Tooltip:
    return alt.Tooltip(field, type="quantitative", title=title, format=form)
