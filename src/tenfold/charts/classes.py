"""Class by class: how well each is recognised, and how many pictures of it there are.

Scores are dots, not bars: all that matters lies between 90 and 100 %, where a bar that begins at nothing shows nothing,
and one that does not lies. Counts are bars, which do begin at nothing.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import altair as alt

from tenfold.charts.rows import shown, table, text_of
from tenfold.charts.theme import WIDTH, finished, heading
from tenfold.errors import InputError

Rows = Sequence[Mapping[str, Any]]

MEASURES = {"precision": "precision", "recall": "recall", "f1": "F1"}
STEP = 22  # pixels for a class
MOST_CLASSES = 100  # in one chart
MOST_NAMED = 20  # whose numbers are in the alt text
INSIDE = WIDTH - 40


def per_class(rows: Rows, *, title: str = "Every class") -> Any:
    """Rows `name`, `precision`, `recall`, `f1`, `support`; numbers may be None. Of many classes, the worst."""
    if not rows:
        raise InputError("classes", found="no class", expected="a row for each")
    names = shown(row["name"] for row in rows)
    named = [{**row, "class": name} for row, name in zip(rows, names, strict=True)]
    kept, below = worst(named, "f1", "with the lowest F1")
    points = [
        {"class": row["class"], "measure": called, "value": row[measure], "support": row["support"]}
        for row in kept
        for measure, called in MEASURES.items()
    ]
    order = [row["class"] for row in kept]
    down = alt.Y("class", type="nominal", sort=order, title="Class", axis=alt.Axis(grid=True, ticks=False))
    base = alt.Chart(table(points)).encode(y=down)
    across = alt.X(
        "value",
        type="quantitative",
        title="Share (%)",
        scale=alt.Scale(zero=False, padding=8),
        axis=alt.Axis(format=".4~p"),
    )
    shapes = alt.Scale(domain=list(MEASURES.values()), range=["triangle-right", "square", "circle"])
    dots = base.mark_point(size=60).encode(
        x=across,
        color=alt.Color(
            "measure", type="nominal", title=None, scale=alt.Scale(domain=list(MEASURES.values())), legend=LEGEND
        ),
        shape=alt.Shape("measure", type="nominal", title=None, scale=shapes),
        tooltip=[
            alt.Tooltip("class", type="nominal", title="class"),
            alt.Tooltip("measure", type="nominal", title="measure"),
            alt.Tooltip("value", type="quantitative", title="share", format=".2%"),
            alt.Tooltip("support", type="quantitative", title="pictures", format=","),
        ],
    )
    chart = dots.properties(width=INSIDE, height=alt.Step(STEP))
    told = f"Precision, recall and F1 of {len(rows)} classes. {scores_in_words(kept)}"
    return finished(chart, title, told, below or "Precision: right when it says so. Recall: found. F1: both in one.")


LEGEND = alt.Legend(columns=3)


def scores_in_words(rows: Rows) -> str:
    """The three scores of every class that is named, the lowest F1 first; of many classes, of the lowest."""
    order = sorted(rows, key=lambda row: (row["f1"] is None, row["f1"] or 0.0))
    named = [
        f"{row['class']}: {', '.join(spelled(row[measure]) for measure in MEASURES)}" for row in order[:MOST_NAMED]
    ]
    more = f"; and {len(rows) - MOST_NAMED} more" if len(rows) > MOST_NAMED else ""
    return f"The lowest F1 first, {'; '.join(named)}{more}."


def spelled(score: float | None) -> str:
    return "unknown" if score is None else f"{score:.4f}"


def class_counts(counts: Mapping[str, Mapping[str, int]], *, title: str = "Pictures of each class") -> Any:
    """For each split, by its name, how many pictures of each class: bars beside one another, with their numbers."""
    classes = list(dict.fromkeys(name for of_class in counts.values() for name in of_class))
    if not classes:
        raise InputError("classes", found="no class", expected="counts for each split and class")
    names = dict(zip(classes, shown(classes), strict=True))
    totals = [{"class": name, "total": sum(of.get(name, 0) for of in counts.values())} for name in classes]
    kept, below = worst(totals, "total", "with the fewest pictures")
    order = [row["class"] for row in kept]
    panels = []
    for place, (split, of_class) in enumerate(counts.items()):
        rows = [
            {"class": names[name], "count": of_class.get(name, 0), "read": f"{of_class.get(name, 0):,}"}
            for name in order
        ]
        panels.append(
            bars(rows, [names[name] for name in order], len(counts), split, sum(of_class.values()), not place)
        )
    chart = alt.hconcat(*panels, spacing=8).resolve_scale(y="shared")
    told = "; ".join(f"{text_of(split)}: {counts_in_words(of, names)}" for split, of in counts.items())
    return finished(chart, title, f"Pictures of each of {len(classes)} classes. {told}.", below)


def bars(rows: Rows, order: Sequence[str], panels: int, split: str, total: int, first: bool) -> Any:
    """One split: a bar for each class, its number beside it."""
    most = max(row["count"] for row in rows) or 1
    axis = alt.Axis(ticks=False, domain=False, labels=first)
    down = alt.Y("class", type="nominal", sort=list(order), title="Class" if first else " ", axis=axis)
    across = alt.X(
        "count",
        type="quantitative",
        title="Pictures",
        scale=alt.Scale(domain=[0, most * 1.35], nice=False),
        axis=alt.Axis(tickCount=2, format=",d"),
    )
    base = alt.Chart().encode(y=down, x=across)
    number = base.mark_text(style="note", align="left", dx=3).encode(text=alt.Text("read", type="nominal"))
    width = max(110, (WIDTH - 20) // panels)
    titled = heading(f"{text_of(split)}: {total:,}")
    titled.fontSize = 12
    chart = alt.layer(base.mark_bar(), number, data=table(rows))
    return chart.properties(width=width, height=alt.Step(STEP - 4), title=titled)


def worst(rows: Rows, measure: str, told: str) -> tuple[Rows, str]:
    """All rows or, if they are too many for a chart, those with the lowest `measure`, and a line that says so."""
    if len(rows) <= MOST_CLASSES:
        return rows, ""
    lowest = sorted(range(len(rows)), key=lambda place: (rows[place][measure] or 0, place))[:MOST_CLASSES]
    return [rows[place] for place in sorted(lowest)], f"The {MOST_CLASSES} of {len(rows):,} classes {told}."


def counts_in_words(of_class: Mapping[str, int], names: Mapping[str, str]) -> str:
    """How many pictures each class has; of many classes, from how many to how many."""
    if not of_class:
        return "none"
    few, many = (pick(of_class, key=lambda name: of_class[name]) for pick in (min, max))
    ends = f"from {of_class[few]:,} ({names[few]}) to {of_class[many]:,} ({names[many]})"
    if len(of_class) > MOST_NAMED:
        return ends
    return f"{ends}: {', '.join(f'{names[name]} {count:,}' for name, count in of_class.items())}"
