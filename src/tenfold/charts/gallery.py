"""Pictures in rows and columns, each with a line above it: samples, mistakes, neighbours, filters, what a network saw.

Rows are dicts: `image` (an array), and if wanted `title`, `below` (a second line, under the picture), `right` (False
colours the title as a mistake) and `told` (a sentence for whoever points at the picture or does not see it; without it
the two lines). Arrays that are not pictures become some in `pictures.py`. A chart holds at most `MOST` of them; what is
left out is said.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import altair as alt
import numpy as np
import numpy.typing as npt

from tenfold.charts.pictures import around_zero, blended, grey, source
from tenfold.charts.rows import table, text_of
from tenfold.charts.theme import WIDTH, finished
from tenfold.errors import InputError

Rows = Sequence[Mapping[str, Any]]

MOST = 200  # pictures
SMALLEST, LARGEST = 32, 150  # pixels of a side
LINE = 15  # pixels of a line of text
GAP = 6


def gallery(
    rows: Rows, *, columns: int = 5, side: int | None = None, title: str = "Pictures", subtitle: str = ""
) -> Any:
    """Pictures in a grid, row by row, `side` pixels each on the screen: by default what a phone has room for."""
    rows = list(rows)
    if not rows:
        raise InputError("gallery", found="no picture", expected="at least one")
    kept = rows[:MOST]
    columns = max(1, min(columns, len(kept)))
    side = side or max(SMALLEST, min(LARGEST, (WIDTH + 40) // columns - GAP))
    told = [
        {
            "across": place % columns,
            "down": place // columns,
            "picture": source(row["image"]),
            "title": text_of(row.get("title", "")),
            "below": text_of(row.get("below", "")),
            "right": row.get("right", True) is not False,
            "told": text_of(row.get("told", "")) or lines_of(row) or f"picture {place + 1}",
        }
        for place, row in enumerate(kept)
    ]
    chart = grid(told, columns, side)
    if len(rows) > MOST:
        subtitle = f"{subtitle} The first {MOST} of {len(rows):,}.".strip()
    named = [str(row["title"]) for row in told if row["title"]]
    some = f": {'; '.join(named[:12])}{' …' if len(named) > 12 else ''}" if named else ""
    return finished(chart, title, f"{text_of(title)}. {len(kept)} pictures{some}.", subtitle)


def lines_of(row: Mapping[str, Any]) -> str:
    return ", ".join(text for name in ("title", "below") if (text := text_of(row.get(name, ""))))


def grid(rows: Rows, columns: int, side: int) -> Any:
    """The pictures and their lines, placed by `across` and `down`."""
    above, below = (LINE if any(row[line] for row in rows) else 0 for line in ("title", "below"))
    wide, tall = side + GAP, side + above + below + GAP
    down = max(row["down"] for row in rows) + 1
    base = alt.Chart().encode(
        x=alt.X("across", type="quantitative", axis=None, scale=flat(columns)),
        y=alt.Y("down", type="quantitative", axis=None, scale=flat(down, upwards=True)),
    )
    shift = (above - below) / 2  # the picture's centre, from that of its place
    layers = [
        base.mark_image(width=side, height=side, yOffset=shift).encode(
            url=alt.Url("picture", type="nominal"),
            tooltip=alt.Tooltip("told", type="nominal"),
            description=alt.Description("told", type="nominal"),
        )
    ]
    if above:
        at = shift - side / 2 - LINE / 2 + 1
        for test, style in (("datum.right", "text"), ("!datum.right", "wrong-text")):
            lines = base.transform_filter(test).mark_text(
                style=style, dy=at, baseline="middle", fontWeight="normal", **fitting(rows, "title", wide)
            )
            layers.append(lines.encode(text=alt.Text("title", type="nominal")))
    if below:
        lines = base.mark_text(
            style="note", dy=shift + side / 2 + LINE / 2, baseline="middle", **fitting(rows, "below", wide)
        )
        layers.append(lines.encode(text=alt.Text("below", type="nominal")))
    return alt.layer(*layers, data=table(rows)).properties(width=columns * wide, height=down * tall)


def fitting(rows: Rows, line: str, wide: int) -> dict[str, int]:
    """The size of letters with which the longest line fits its picture, or nearly; the rest is cut."""
    longest = max(len(row[line]) for row in rows)
    return {"limit": wide - 2, "fontSize": max(8, min(12, int(wide / (0.6 * longest))))}


def flat(places: int, upwards: bool = False) -> alt.Scale:
    ends = [-0.5, places - 0.5]
    return alt.Scale(domain=ends[::-1] if upwards else ends, nice=False, zero=False)


def single(image: npt.ArrayLike) -> dict[str, Any]:
    """One picture as the row of a grid."""
    told = {"title": "", "below": "", "told": "the picture", "right": True}
    return {"across": 0, "down": 0, "picture": source(image), **told}


def filters(
    weights: npt.ArrayLike,
    *,
    columns: int = 8,
    names: Sequence[str] = (),
    title: str = "What the first layer looks for",
) -> Any:
    """Weights as pictures (filters, height, width) or with channels, all on one scale: orange below zero, blue above.

    Filters over three channels are shown in their colours, brightest where largest; of others the mean over channels.
    """
    array = np.asarray(weights, np.float64)
    if array.ndim not in (3, 4) or 0 in array.shape:
        raise InputError("filters", found=f"an array of shape {array.shape}", expected="(filters, height, width)")
    top = float(np.abs(np.nan_to_num(array)).max())
    if array.ndim == 4 and array.shape[3] == 3:
        images: list[Any] = [np.nan_to_num(each / (2 * top or 1.0)) + 0.5 for each in array]
        key = "Grey is a weight of zero."
    else:
        flat_array = array if array.ndim == 3 else array.mean(axis=3)
        images = [around_zero(each, top) for each in flat_array]
        key = f"Orange: below zero. Blue: above. Strongest: ±{top:.3g}."
    return numbered(images, columns, names, title, key)


def activations(
    maps: npt.ArrayLike, *, columns: int = 8, names: Sequence[str] = (), title: str = "What a layer answers"
) -> Any:
    """What each unit of a layer answers to one picture (units, height, width): the brighter the more."""
    array = np.asarray(maps, np.float64)
    if array.ndim != 3 or 0 in array.shape:
        raise InputError("activations", found=f"an array of shape {array.shape}", expected="(units, height, width)")
    top = float(np.nan_to_num(array).max())
    return numbered(
        [grey(each, top) for each in array], columns, names, title, f"White is the strongest answer, {top:.3g}."
    )


def numbered(images: Sequence[Any], columns: int, names: Sequence[str], title: str, key: str) -> Any:
    named = list(names) or [str(number) for number in range(len(images))]
    rows: list[dict[str, Any]] = [{"image": image, "title": name} for image, name in zip(images, named, strict=False)]
    return gallery(rows, columns=columns, title=title, subtitle=key)


def saliency(
    image: npt.ArrayLike, values: npt.ArrayLike, *, title: str = "What the answer hangs on", subtitle: str = ""
) -> Any:
    """A picture, how much each of its pixels matters, and the one laid over the other.

    `values` may have a sign and channels: what counts is the strongest channel, whatever its sign.
    """
    strength = np.abs(np.nan_to_num(np.asarray(values, np.float64)))
    strength = strength.max(axis=2) if strength.ndim == 3 else strength  # (height, width)
    rows: list[dict[str, Any]] = [
        {"image": image, "title": "the picture"},
        {"image": grey(strength), "title": "what matters"},
        {"image": blended(image, strength), "title": "both"},
    ]
    return gallery(rows, columns=3, title=title, subtitle=subtitle)
