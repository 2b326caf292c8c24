"""What was taken for what: the confusion matrix as a heat map, and the pictures behind a cell.

Colour is for the mistakes: the diagonal, which is large and right, stays quiet. The cells carry their counts as long as
there is room for them. Pictures are the caller's to choose; no more than `MOST_PICTURES` of them go into the chart.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from typing import Any

import altair as alt
import numpy as np
import numpy.typing as npt

from tenfold.charts.pictures import source
from tenfold.charts.rows import shown, square, table, text_of
from tenfold.charts.theme import WIDTH, finished
from tenfold.errors import InputError

MOST_PICTURES = 240  # in one chart, of about 400 bytes each
PER_CELL, COLUMNS = 12, 6
SIDE = 44  # pixels of a picture below the matrix
NUMBERS_UP_TO = 16  # classes; in smaller cells no number can be read
LABELS_UP_TO = 40
MOST_HEADS = 400  # cells whose pictures have a line that says what they are
WIDEST_CELL = 90  # pixels
UPPER_END = 0.62  # of the ramp, from where on the numbers in the cells change their colour to stay readable
BENT: dict[str, Callable[[float], float]] = {"sqrt": math.sqrt, "log": math.log, "linear": float}
STRAIGHT: dict[str, Callable[[float], float]] = {"sqrt": lambda bent: bent**2, "log": math.exp, "linear": float}


def confusion(
    counts: npt.ArrayLike,
    classes: Sequence[object],
    *,
    rate: bool = False,
    scale: str = "sqrt",
    pictures: Sequence[Mapping[str, Any]] = (),
    title: str = "What was taken for what",
) -> Any:
    """Counts (true, predicted) as a heat map; `rate` colours and counts by the share of each true class.

    `scale` is how colour follows the number: `"sqrt"`, `"log"` or `"linear"`. `pictures` are rows `true`, `predicted`
    (class numbers), `image` and perhaps `title`; with them a click on a cell shows its pictures.
    """
    if scale not in BENT:
        raise InputError("confusion matrix", found=f"the scale {scale!r}", expected=f"one of {', '.join(BENT)}")
    matrix, names = square(counts, classes, "confusion matrix"), shown(classes)
    cells = cells_of(matrix, names, rate)
    chosen = alt.selection_point(
        name="cell", fields=["true", "predicted"], empty=False, value=first_choice(pictures, names)
    )
    heatmap = heat(cells, names, rate, scale, chosen if pictures else None)
    chart = heatmap
    if pictures:
        below = behind(matrix, names, pictures, chosen)
        chart = alt.vconcat(heatmap, *below, spacing=12).resolve_scale(color="independent")
    hints = ["Numbers are % of the true class."] if rate else []
    hints += ["Click a cell to see its pictures."] if pictures else []
    return finished(chart, title, told(matrix, names), " ".join([how_many(matrix), *hints]))


def cells_of(matrix: npt.NDArray[Any], names: Sequence[str], rate: bool) -> list[dict[str, Any]]:
    """A row for every cell that is not empty, with what is to be read in it."""
    of_class = matrix.sum(axis=1)
    return [
        {
            "true": names[i],
            "predicted": names[j],
            "count": int(matrix[i, j]),
            "share": float(matrix[i, j] / of_class[i]),
            "right": i == j,
            "read": f"{100 * matrix[i, j] / of_class[i]:.1f}" if rate else f"{int(matrix[i, j])}",
        }
        for i, j in np.argwhere(matrix > 0).tolist()
    ]


def on_the_ramp(cells: Sequence[Mapping[str, Any]], measured: str, scale: str) -> tuple[list[float], list[bool]]:
    """The smallest and the largest mistake, and for each cell whether its colour is from the ramp's upper end."""
    values = [cell[measured] for cell in cells if not cell["right"]] or [1]
    bend = BENT[scale]
    low, high = bend(min(values)), bend(max(values))
    reach = high - low or 1.0
    return [min(values), max(values)], [
        not cell["right"] and (bend(cell[measured]) - low) / reach > UPPER_END for cell in cells
    ]


def heat(cells: list[dict[str, Any]], names: Sequence[str], rate: bool, scale: str, chosen: Any) -> Any:
    """The matrix itself: quiet right cells, coloured mistakes, numbers, and a frame around the chosen cell."""
    size = len(names)
    side = min(WIDTH - 10, WIDEST_CELL * size)
    labels = alt.Axis(
        labelAngle=0 if size <= 10 and max(map(len, names)) <= 3 else -45,
        labelLimit=90,
        labels=size <= LABELS_UP_TO,
        ticks=False,
        domain=False,
        grid=False,
    )
    across = {"type": "ordinal", "scale": alt.Scale(domain=list(names), paddingInner=0.04)}
    down = alt.Axis(labelLimit=90, labels=size <= LABELS_UP_TO, ticks=False, domain=False, grid=False)
    measured, unit = ("share", "share of the true class") if rate else ("count", "pictures")
    domain, upper = on_the_ramp(cells, measured, scale)
    low, high = map(BENT[scale], domain)
    evenly = np.linspace(low, high, 4).tolist()  # along the ramp, where no two stand too close
    whole = sorted({round(STRAIGHT[scale](place)) for place in evenly})  # there are no half pictures
    ticks: dict[str, Any] = {"format": ".2~p"} if rate else {"format": "d", "values": whole}
    colour = alt.Color(
        measured,
        type="quantitative",
        scale=alt.Scale(type=scale, domain=domain, nice=False, zero=False),
        title=f"Mistakes ({unit})",
        legend=alt.Legend(gradientLength=160, gradientThickness=8, tickCount=4, **ticks),
    )
    rows = [cell | {"upper": is_upper} for cell, is_upper in zip(cells, upper, strict=True)]
    base = alt.Chart().encode(
        x=alt.X("predicted", title="Predicted class", axis=labels, **across),
        y=alt.Y("true", title="True class", axis=down, **across),
        tooltip=[
            alt.Tooltip("true", type="nominal", title="true"),
            alt.Tooltip("predicted", type="nominal", title="predicted"),
            alt.Tooltip("count", type="quantitative", title="pictures", format=","),
            alt.Tooltip("share", type="quantitative", title="of the true class", format=".2%"),
        ],
    )
    layers = [
        base.transform_filter("datum.right").mark_rect(style="faint"),
        base.transform_filter("!datum.right").mark_rect().encode(color=colour),
    ]
    if size <= NUMBERS_UP_TO:
        font = 11 if size <= 10 else 9
        for test, style in (("!datum.upper", "on-ramp-low"), ("datum.upper", "on-ramp-high")):
            text = base.transform_filter(test).mark_text(style=style, fontSize=font)
            layers.append(text.encode(text=alt.Text("read", type="nominal")))
    if chosen is not None:
        layers[1] = layers[1].add_params(chosen)
        layers.append(base.transform_filter(chosen).mark_rect(style="frame", filled=False))
    return alt.layer(*layers, data=table(rows)).properties(width=side, height=side)


def first_choice(pictures: Sequence[Mapping[str, Any]], names: Sequence[str]) -> Any:
    """The cell that is open before anybody clicks: the one with the most pictures of mistakes."""
    cells = [(int(row["true"]), int(row["predicted"])) for row in pictures]
    wrong = [cell for cell in cells if cell[0] != cell[1]] or cells
    if not wrong:
        return alt.Undefined
    true, predicted = max(sorted(set(wrong)), key=wrong.count)
    return [{"true": names[true], "predicted": names[predicted]}]


def behind(
    matrix: npt.NDArray[Any], names: Sequence[str], pictures: Sequence[Mapping[str, Any]], chosen: Any
) -> list[Any]:
    """The pictures of the chosen cell, with a line above that says which and how many there are."""
    filled: dict[tuple[int, int], int] = {}
    rows: list[dict[str, Any]] = []
    for row in pictures:
        cell = int(row["true"]), int(row["predicted"])
        place = filled.get(cell, 0)
        if place < PER_CELL and len(rows) < MOST_PICTURES:
            filled[cell] = place + 1
            rows.append(
                {
                    "true": names[cell[0]],
                    "predicted": names[cell[1]],
                    "across": place % COLUMNS,
                    "down": place // COLUMNS,
                    "picture": source(row["image"]),
                    "title": text_of(row.get("title", "")),
                }
            )
    heads = [
        {"true": names[i], "predicted": names[j], "line": line(names, i, j, int(matrix[i, j]), filled.get((i, j), 0))}
        for i, j in np.argwhere(matrix > 0).tolist()[:MOST_HEADS]
    ]
    at = {"type": "quantitative", "axis": None}
    grid = (
        alt.Chart(table(rows))
        .transform_filter(chosen)
        .mark_image(width=SIDE, height=SIDE)
        .encode(
            x=alt.X("across", scale=alt.Scale(domain=[-0.5, COLUMNS - 0.5], nice=False), **at),
            y=alt.Y("down", scale=alt.Scale(domain=[PER_CELL / COLUMNS - 0.5, -0.5], nice=False), **at),
            url=alt.Url("picture", type="nominal"),
            tooltip=[alt.Tooltip("title", type="nominal", title="picture")],
        )
        .properties(width=COLUMNS * (SIDE + 6), height=PER_CELL // COLUMNS * (SIDE + 6))
    )
    head = (
        alt.Chart(table(heads))
        .transform_filter(chosen)
        .mark_text(style="heading", align="left", x=0, y=8, limit=WIDTH)
        .encode(text=alt.Text("line", type="nominal"))
        .properties(width=COLUMNS * (SIDE + 6), height=16)
    )
    return [head, grid]


def line(names: Sequence[str], true: int, predicted: int, count: int, there: int) -> str:
    what = f"{names[true]}, and right" if true == predicted else f"{names[true]} taken for {names[predicted]}"
    return f"{what}: {there or 'none'} of {count:,} shown"


def how_many(matrix: npt.NDArray[Any]) -> str:
    total, wrong = int(matrix.sum()), int(matrix.sum() - np.trace(matrix))
    return f"{wrong:,} of {total:,} pictures are wrong."


def told(matrix: npt.NDArray[Any], names: Sequence[str]) -> str:
    """The matrix in words: how many are wrong, and the three largest confusions."""
    mistakes = matrix * (1 - np.eye(len(names), dtype=matrix.dtype))
    order = np.argsort(-mistakes, axis=None, kind="stable")[:3]
    pairs = [(int(place) // len(names), int(place) % len(names)) for place in order]
    worst = [
        f"{names[i]} was taken for {names[j]} {int(mistakes[i, j]):,} times." for i, j in pairs if mistakes[i, j] > 0
    ]
    return f"Confusion matrix of {len(names)} classes. {how_many(matrix)} {' '.join(worst)}".strip()
