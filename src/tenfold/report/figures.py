"""Charts and pictures as they stand in a page: drawn once, light or dark by the reader's own choice.

A chart is drawn in its light colours. What those are in the dark is known to `charts/theme.py`; here both become a few
lines of CSS that exchange one for the other, so that a page does not carry every chart twice.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Any

import numpy as np
import numpy.typing as npt
from altair.utils.schemapi import debug_mode

from tenfold.charts.export import svg
from tenfold.charts.theme import DARK, LIGHT
from tenfold.errors import InputError
from tenfold.inline_png import inline_png
from tenfold.report.markup import Html, tag, together

TALLEST = 64  # pixels of a picture; larger ones are shown smaller
PROPERTIES = ("fill", "stroke")


def figure(draw: Callable[[Any], Any], rows: Any) -> Html:
    """What `draw` makes of `rows`, with its alt text; nothing where there is nothing in them that can be drawn.

    It is as wide as it was drawn where there is room, and never wider than the page.
    """
    try:
        with debug_mode(False):  # Altair would hold every part, and then the whole, against Vega-Lite's schema
            drawn = svg(draw(rows), checked=False)
    except InputError:
        return Html("")
    return tag("figure", Html(drawn), class_="chart")


def beside(*parts: Html) -> Html:
    """Figures, and a table or what else belongs to them, beside one another where there is room."""
    return tag("div", together(parts), class_="beside") if any(parts) else Html("")


def picture(pixels: npt.NDArray[np.uint8], description: str) -> Html:
    """One picture (height, width, channels)."""
    height, width = pixels.shape[:2]
    return tag("img", src=inline_png(pixels, tallest=TALLEST), alt=description, width=width, height=height)


def dark_charts() -> str:
    """CSS that gives a chart's light colours their dark counterparts."""
    colours = dict(exchanged(LIGHT, DARK))
    return "\n".join(
        f'.chart svg [{name}="{light}" i] {{ {name}: {dark}; }}'
        for light, dark in sorted(colours.items())
        for name in PROPERTIES
    )


def exchanged(light: Any, dark: Any) -> Iterator[tuple[str, str]]:
    """Every colour of one look with its counterpart in the other."""
    if isinstance(light, Mapping):
        for name, value in light.items():
            yield from exchanged(value, dark.get(name))
    elif isinstance(light, list) and isinstance(dark, list):
        for one, other in zip(light, dark, strict=True):
            yield from exchanged(one, other)
    elif isinstance(light, str) and isinstance(dark, str) and light.startswith("#") and light != dark:
        yield light, dark
