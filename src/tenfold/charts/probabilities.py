"""What a network said about one picture: the probability of every class, as bars."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import Any

import altair as alt
import numpy as np
import numpy.typing as npt

from tenfold.charts.gallery import grid, single
from tenfold.charts.rows import shown, table, text_of
from tenfold.charts.theme import finished
from tenfold.errors import InputError

MOST = 12  # classes; of more, the most probable


def probabilities(
    values: npt.ArrayLike,
    classes: Sequence[object],
    *,
    image: npt.ArrayLike | None = None,
    true: int | None = None,
    title: str = "",
) -> Any:
    """Bars for each class; beside its `image`, if that is given. `true` is the number of the right class, if known."""
    array = checked(values, len(classes))
    names, best = shown(classes), int(np.argmax(np.nan_to_num(array)))
    styles = {"answer": "right" if true in (None, best) else "wrong", "truth": "right", "other": "quiet"}
    chart: Any = bars(rows_of(array, names, best, true), styles, wide=170 if image is not None else 260)
    if image is not None:
        chart = alt.hconcat(grid([single(image)], 1, 120), chart, spacing=8)
    truth = "" if true is None else " That is right." if true == best else f" It is {names[true]}."
    said = f"{names[best]}, {spelled(float(array[best]))} sure."
    heading = title or f"Predicted: {names[best]}"
    return finished(chart, heading, f"{text_of(heading)}. The network says {said}{truth}", f"{said}{truth}")


def checked(values: npt.ArrayLike, count: int) -> npt.NDArray[np.float64]:
    """One number for each of `count` classes, of which there is at least one."""
    array = np.asarray(values, np.float64)
    if not count:
        raise InputError("probabilities", found="no class", expected="the probability of each")
    if array.shape != (count,):
        raise InputError("probabilities", found=f"shape {array.shape}", expected=f"({count},), one for each class")
    return array


def rows_of(
    array: npt.NDArray[np.float64], names: Sequence[str], best: int, true: int | None
) -> list[dict[str, object]]:
    """A bar for each class, in their order; of many classes the most probable ones, in that order."""
    order = sorted(range(len(names)), key=lambda place: (-np.nan_to_num(array[place]), place))
    return [
        {
            "class": names[place],
            "probability": array[place],
            "read": spelled(float(array[place])),
            "kind": "answer" if place == best else "truth" if place == true else "other",
        }
        for place in (order[:MOST] if len(names) > MOST else range(len(names)))
    ]


def bars(rows: list[dict[str, object]], styles: Mapping[str, str], *, wide: int) -> Any:
    """The bars, each kind in its style, with what they say beside them."""
    base = alt.Chart().encode(
        y=alt.Y(
            "class",
            type="nominal",
            sort=[row["class"] for row in rows],
            title="Class",
            axis=alt.Axis(ticks=False, domain=False, labelLimit=90),
        ),
        x=alt.X(
            "probability",
            type="quantitative",
            title="Probability (%)",
            scale=alt.Scale(domain=[0, 1.25], nice=False),
            axis=alt.Axis(format="%", values=[0, 0.5, 1]),
        ),
        tooltip=[
            alt.Tooltip("class", type="nominal", title="class"),
            alt.Tooltip("probability", type="quantitative", title="probability", format=".4~%"),
        ],
    )
    layers = [base.transform_filter(f"datum.kind == '{kind}'").mark_bar(style=style) for kind, style in styles.items()]
    layers.append(base.mark_text(style="note", align="left", dx=3).encode(text=alt.Text("read", type="nominal")))
    return alt.layer(*layers, data=table(rows)).properties(width=wide, height=alt.Step(19))


def spelled(probability: float) -> str:
    """A probability as a person says it, never rounded up to certainty."""
    if not math.isfinite(probability):
        return "no number"
    text = f"{100 * probability:.1f}"
    if probability < 1 and text == "100.0":
        return "> 99.9 %"
    return f"{text} %" if text != "0.0" or probability == 0 else "< 0.1 %"
