"""A picture of the network: a box for each layer, with what it gives and how its parameters are counted.

Nodes are rows `name`, `kind`, `output_shape`, `parameters`, `arithmetic` and perhaps `activation` and `preprocessing`,
in the order of the network. Without edges they are a chain; `edges` are pairs of places in `nodes`, for networks that
branch. Every layer stands below all that it is fed from; lines that pass by a layer go around it, each in a lane of its
own where several do. No other program draws here.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import altair as alt

from tenfold.charts.rows import clipped, shown, table, text_of
from tenfold.charts.theme import WIDTH, finished
from tenfold.errors import InputError, one_line

Rows = Sequence[Mapping[str, Any]]
Edges = Sequence[tuple[int, int]]

BOX, ROW = 54, 76  # pixels: a box's height, and the way from one to the next
WIDEST, GAP = 300, 12
MOST_LANES = 12  # beside the boxes; where more lines pass by, the last lane has several
MOST_NAMED = 12  # of the lines that are no chain, in the alt text
MOST_ROWS = 60  # of boxes; a deeper network is shown with its middle left out


@dataclass(frozen=True)
class Place:
    """Where a box stands, in pixels: its centre and its width."""

    x: float
    y: float
    width: float


def layers(
    nodes: Rows, edges: Iterable[tuple[int, int]] | None = None, *, title: str = "The network", subtitle: str = ""
) -> Any:
    """The network from its input at the top to its output at the bottom."""
    if not nodes:
        raise InputError("network", found="no layer", expected="a row for each")
    total = sum(int(node["parameters"]) for node in nodes)
    count = len(nodes)
    pairs = checked(count, edges)
    levels = levels_of(len(nodes), pairs)
    nodes, pairs, levels = without_the_middle(nodes, pairs, levels)
    places = placed(levels)
    lanes = lanes_of(pairs, levels)
    right = max(place.x + place.width / 2 for place in places)
    sides = {pair: right + GAP * lane for pair, lane in lanes.items()}
    width = max(sides.values(), default=right + GAP) + GAP
    height = (max(levels) + 1) * ROW
    x = alt.X("x", type="quantitative", axis=None, scale=alt.Scale(domain=[0, width], nice=False))
    y = alt.Y("y", type="quantitative", axis=None, scale=alt.Scale(domain=[height, 0], nice=False))
    boxes = table([box(node, place) for node, place in zip(nodes, places, strict=True)])
    base = alt.Chart().encode(x=x, y=y)
    tips = [alt.Tooltip(name, type="nominal", title=title) for name, title in TIPS]
    lines = alt.Chart(table(points_of(pairs, places, sides))).mark_line(style="quiet", strokeWidth=1.5)
    heads = alt.Chart(table(arrows_of(pairs, places))).mark_point(style="quiet", shape="triangle-down", size=50)
    frame = base.encode(
        x=alt.X("left", type="quantitative", axis=None), x2="right", y=alt.Y("top", **VALUE), y2="bottom", tooltip=tips
    )
    drawn = [
        lines.encode(
            x=x, y=y, detail=alt.Detail("line", type="nominal"), order=alt.Order("order", type="quantitative")
        ),
        heads.encode(x=x, y=y),
        frame.transform_filter("!datum.preprocessing").mark_rect(style="box"),
        frame.transform_filter("datum.preprocessing").mark_rect(style="box", fillOpacity=0.3, strokeDash=[4, 3]),
        *(
            base.mark_text(style=style, dy=dy, limit=int(places[0].width) - 10, fontSize=size).encode(
                text=alt.Text(line, type="nominal")
            )
            for line, style, dy, size in (
                ("head", "heading", -16, 12),
                ("gives", "text", 1, 11),
                ("sum", "note", 17, 11),
            )
        ),
    ]
    chart = alt.layer(*drawn, data=boxes).properties(width=width, height=height)
    told = f"A network of {count} layers with {total:,} parameters: " + ", ".join(told_of(node) for node in nodes) + "."
    told += branches_in_words(nodes, pairs)
    below = f"{subtitle} {total:,} parameters in {count} layers.".strip()
    return finished(chart, title, told, below)


TIPS = (("name", "layer"), ("kind", "kind"), ("gives", "gives"), ("sum", "parameters"))
VALUE = {"type": "quantitative", "axis": None}


def checked(count: int, edges: Iterable[tuple[int, int]] | None) -> Edges:
    """The edges, each once; a chain where nothing is said."""
    if edges is None:
        return [(place, place + 1) for place in range(count - 1)]
    pairs = sorted(set(edges))
    for place in (place for pair in pairs for place in pair):
        if not 0 <= place < count:
            raise InputError("network", found=f"an edge of layer {place}", expected=f"places from 0 to {count - 1}")
    return pairs


def levels_of(count: int, pairs: Edges) -> list[int]:
    """How deep each layer stands: one below the deepest that it is fed from."""
    levels = [0] * count
    for _ in range(count):
        changed = False
        for begin, end in pairs:
            if levels[end] <= levels[begin]:
                levels[end], changed = levels[begin] + 1, True
        if not changed:
            return levels
    raise InputError("network", found="edges that lead in a circle", expected="a way from input to output")


def without_the_middle(nodes: Rows, pairs: Edges, levels: list[int]) -> tuple[Rows, Edges, list[int]]:
    """The same, with one box in place of all that is between the first and the last rows of a very deep network."""
    deepest = max(levels)
    if deepest < MOST_ROWS:
        return nodes, pairs, levels
    first, last = MOST_ROWS // 2, deepest - (MOST_ROWS - MOST_ROWS // 2) + 2
    hidden = [place for place, level in enumerate(levels) if first <= level < last]
    parameters = sum(int(nodes[place]["parameters"]) for place in hidden)
    instead = {
        "name": f"… {len(hidden)} more layers …",
        "kind": "",
        "output_shape": (),
        "parameters": parameters,
        "arithmetic": f"{parameters:,}",
    }
    kept = [place for place in range(len(nodes)) if not first <= levels[place] < last]
    number = {place: new for new, place in enumerate(kept)} | dict.fromkeys(hidden, len(kept))
    shortened = {(number[begin], number[end]) for begin, end in pairs}
    new_levels = [level if level < first else level - (last - first) + 1 for level in (levels[place] for place in kept)]
    return (
        [*(nodes[place] for place in kept), instead],
        sorted((a, b) for a, b in shortened if a != b),
        [*new_levels, first],
    )


def placed(levels: Sequence[int]) -> list[Place]:
    """A place for each layer: those of one level side by side, the level in the middle."""
    widest = max(levels.count(level) for level in set(levels))
    width = float(WIDEST if widest == 1 else max(110, (WIDTH + 60) // widest - GAP))
    whole = widest * (width + GAP)
    taken: dict[int, int] = {}
    places = []
    for level in levels:
        beside, place = levels.count(level), taken.get(level, 0)
        taken[level] = place + 1
        left = GAP + (whole - beside * (width + GAP)) / 2
        places.append(Place(left + place * (width + GAP) + width / 2, level * ROW + ROW / 2, width))
    return places


def box(node: Mapping[str, Any], place: Place) -> dict[str, Any]:
    """The box of a layer: its corners and its three lines."""
    shape = "×".join("?" if size is None else str(size) for size in node["output_shape"])
    name, kind = shown([node["name"]])[0], text_of(node["kind"])
    characters = int(place.width / 7.2)
    parameters = int(node["parameters"])
    return {
        "name": name,
        "kind": kind,
        "head": clipped(f"{kind}  {name}".strip(), characters),
        "gives": ", ".join(part for part in (f"gives {shape}" if shape else "", activation_of(node)) if part),
        "sum": one_line(node["arithmetic"]) or (f"{parameters:,} parameters" if parameters else "no parameters"),
        "preprocessing": bool(node.get("preprocessing", False)),
        "x": place.x,
        "y": place.y,
        "left": place.x - place.width / 2,
        "right": place.x + place.width / 2,
        "top": place.y - BOX / 2,
        "bottom": place.y + BOX / 2,
    }


def lanes_of(pairs: Edges, levels: Sequence[int]) -> dict[tuple[int, int], int]:
    """For each line that passes by a layer the lane beside the boxes, from 1, in which no other runs beside it."""
    lanes: dict[tuple[int, int], int] = {}
    ends: list[int] = []  # the level down to which each lane is taken
    for begin, end in sorted(pairs, key=lambda pair: (levels[pair[0]], levels[pair[1]])):
        first, last = levels[begin], levels[end]
        if last - first < 2:
            continue
        lane = next((lane for lane, taken in enumerate(ends) if taken <= first), min(len(ends), MOST_LANES - 1))
        ends[lane : lane + 1] = [last]
        lanes[begin, end] = lane + 1
    return lanes


def points_of(pairs: Edges, places: Sequence[Place], sides: Mapping[tuple[int, int], float]) -> list[dict[str, Any]]:
    """The lines between boxes: straight to the next level, or past others at their place in `sides`."""
    rows = []
    for line, (begin, end) in enumerate(pairs):
        start, stop = places[begin], places[end]
        top, bottom = start.y + BOX / 2, stop.y - BOX / 2 - 4
        way = [(start.x, top), (stop.x, bottom)]
        if (side := sides.get((begin, end))) is not None:
            way[1:1] = [(start.x, top + 6), (side, top + 6), (side, bottom - 8), (stop.x, bottom - 8)]
        rows += [{"line": line, "order": order, "x": x, "y": y} for order, (x, y) in enumerate(way)]
    return rows


def arrows_of(pairs: Edges, places: Sequence[Place]) -> list[dict[str, Any]]:
    ends = sorted({end for _, end in pairs})
    return [{"x": places[end].x, "y": places[end].y - BOX / 2 - 5} for end in ends]


def branches_in_words(nodes: Rows, pairs: Edges) -> str:
    """The lines that do not just lead on to the layer that was named next."""
    names = shown(node["name"] for node in nodes)
    others = [f"{names[begin]} to {names[end]}" for begin, end in pairs if end != begin + 1]
    more = f" and {len(others) - MOST_NAMED} more" if len(others) > MOST_NAMED else ""
    return f" It branches; lines that pass by others: {', '.join(others[:MOST_NAMED])}{more}." if others else ""


def told_of(node: Mapping[str, Any]) -> str:
    shape = "×".join("?" if size is None else str(size) for size in node["output_shape"])
    ending = "".join([f" giving {shape}" if shape else "", f" through {name}" if (name := activation_of(node)) else ""])
    return f"{text_of(node['kind'])} {shown([node['name']])[0]}{ending}"


def activation_of(node: Mapping[str, Any]) -> str:
    return text_of(node.get("activation", ""))
