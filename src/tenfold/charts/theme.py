"""The one look of every chart: colours that colour-blind people can tell apart, sizes for a phone, light and dark.

A chart names roles ("right", "wrong", "quiet"), never colours; what the roles look like is in its `config`, which
`finished` puts on the chart itself. So a chart looks the same whatever theme its user has enabled, importing this
changes nobody's theme, and the dark variant is the same chart with another config. For charts of their own, users find
both looks in Altair: `altair.theme.enable("tenfold")` and `"tenfold-dark"`.

Titles, alt texts and the width of everything are owned here; what is drawn is not.
"""

from __future__ import annotations

import textwrap
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import altair as alt

FONT = "sans-serif"  # with a list of families, every text of a picture is looked up in all of them: a third more time
WIDTH = 320  # pixels of a chart's inside: with axes it is about 400, which a phone shows at nearly its own size
TITLE_WIDTH, SUBTITLE_WIDTH = 36, 52  # characters in that width

# Okabe and Ito's colours, told apart with any kind of colour blindness; yellow is left out, unseen on white.
LIGHT_COLOURS = ["#0072B2", "#D55E00", "#009E73", "#CC79A7", "#E69F00", "#56B4E9", "#000000", "#8C6D31"]
DARK_COLOURS = ["#56B4E9", "#F2844B", "#2BC49A", "#E3A0C8", "#F0C14B", "#A9D5F5", "#FFFFFF", "#C9B27C"]
BLACK = 6  # its place among them
DASHES = [[1, 0], [6, 3], [2, 2], [8, 3, 2, 3]]


@dataclass(frozen=True)
class Palette:
    """The colours of a look, by what they are for."""

    paper: str
    ink: str
    quiet: str
    faint: str
    colours: Sequence[str]
    ramp: Sequence[str]  # from few to many
    on_ramp: str  # text on the ramp's upper end

    @property
    def right(self) -> str:
        return self.colours[0]

    @property
    def wrong(self) -> str:
        return self.colours[1]


def config(palette: Palette) -> dict[str, Any]:
    """Vega-Lite's config for these colours. Whatever another theme could change, and would be seen, is said here."""
    return {
        "background": palette.paper,
        "font": FONT,
        "padding": 8,
        "view": {"stroke": None, "fill": None, "continuousWidth": WIDTH, "continuousHeight": 200, "step": 20},
        **titles_and_guides(palette),
        "range": {
            "category": list(palette.colours),
            "diverging": [palette.wrong, palette.paper, palette.right],
            **{name: list(palette.ramp) for name in ("heatmap", "ordinal", "ramp")},
        },
        **marks(palette),
        "style": styles(palette),
    }


def titles_and_guides(palette: Palette) -> dict[str, Any]:
    """Titles, axes, headers and legends."""
    titles = {"titleFont": FONT, "titleFontSize": 12, "titleFontWeight": "normal", "titleColor": palette.ink}
    labels = {"labelFont": FONT, "labelFontSize": 11, "labelFontWeight": "normal", "labelColor": palette.ink}
    return {
        "title": {
            "anchor": "start",
            "align": "left",
            "frame": "group",
            "color": palette.ink,
            "font": FONT,
            "fontSize": 15,
            "fontStyle": "normal",
            "fontWeight": "bold",
            "offset": 10,
            "orient": "top",
            "subtitleColor": palette.quiet,
            "subtitleFont": FONT,
            "subtitleFontSize": 12,
            "subtitleFontStyle": "normal",
            "subtitleFontWeight": "normal",
            "subtitlePadding": 4,
        },
        "axis": {
            **titles,
            **labels,
            "domain": True,
            "domainColor": palette.quiet,
            "domainWidth": 1,
            "grid": False,
            "gridColor": palette.faint,
            "gridDash": [],
            "gridOpacity": 1,
            "gridWidth": 1,
            "labelAngle": 0,
            "labelLimit": 110,
            "labelPadding": 3,
            "labels": True,
            "tickColor": palette.quiet,
            "ticks": True,
            "tickSize": 4,
            "titlePadding": 6,
        },
        # Numbers are short, and with a limit each is measured once more.
        "axisQuantitative": {"grid": True, "tickCount": 5, "labelLimit": 0},
        "header": {**titles, **labels},
        "legend": {
            **titles,
            **labels,
            "columns": 2,
            "direction": "horizontal",
            "labelLimit": 150,
            "offset": 8,
            "orient": "bottom",
            "padding": 0,
            "strokeColor": None,
            "fillColor": None,
            "symbolStrokeWidth": 2,
            "titleLimit": WIDTH,
            "symbolSize": 80,
        },
    }


def marks(palette: Palette) -> dict[str, Any]:
    """What a mark looks like that says nothing about itself."""
    right = palette.right
    return {
        "mark": {"color": right, "tooltip": None},
        "arc": {"color": right},
        "area": {"color": right, "line": False, "opacity": 0.35},
        "bar": {"color": right, "cornerRadius": 0, "stroke": palette.paper, "strokeWidth": 1},
        "circle": {"color": right, "opacity": 1, "size": 40},
        "image": {"smooth": False},
        "line": {"color": right, "strokeWidth": 2, "point": False, "interpolate": "linear"},
        "point": {"color": right, "filled": True, "opacity": 1, "size": 36},
        "rect": {"color": right},
        "rule": {"color": palette.quiet, "strokeWidth": 1},
        "text": {"color": palette.ink, "font": FONT, "fontSize": 12, "fontStyle": "normal", "fontWeight": "normal"},
        "tick": {"color": right},
    }


def styles(palette: Palette) -> dict[str, Any]:
    """The roles that charts name in place of colours."""
    return {
        "right": {"color": palette.right},
        "wrong": {"color": palette.wrong},
        "quiet": {"color": palette.quiet},
        "faint": {"color": palette.faint},
        "guide": {"color": palette.quiet, "strokeWidth": 1, "strokeDash": [4, 4]},
        "frame": {"color": palette.ink, "filled": False, "strokeWidth": 2},
        "box": {"color": palette.faint, "stroke": palette.quiet, "strokeWidth": 1, "cornerRadius": 4},
        "note": {"color": palette.quiet, "fontSize": 11},
        "heading": {"color": palette.ink, "fontWeight": "bold"},
        "wrong-text": {"color": palette.wrong, "fontWeight": "bold"},
        "on-ramp-low": {"color": palette.ink, "fontSize": 11},
        "on-ramp-high": {"color": palette.on_ramp, "fontSize": 11},
    }


LIGHT = config(
    Palette(
        paper="#ffffff",
        ink="#1f2328",
        quiet="#66707a",
        faint="#e4e8ec",
        colours=LIGHT_COLOURS,
        ramp=["#fdf0e6", "#f9c9a1", "#ee8f4f", "#c9540f", "#7a2d00"],
        on_ramp="#ffffff",
    )
)
DARK = config(
    Palette(
        paper="#16191d",
        ink="#e8eaed",
        quiet="#9aa4ae",
        faint="#2f353b",
        colours=DARK_COLOURS,
        ramp=["#33231a", "#6b3715", "#a04e14", "#ef8540", "#ffd3ae"],
        on_ramp="#16191d",
    )
)


@alt.theme.register("tenfold", enable=False)  # type: ignore[untyped-decorator]
def tenfold_light() -> alt.theme.ThemeConfig:
    return alt.theme.ThemeConfig(config=LIGHT)


@alt.theme.register("tenfold-dark", enable=False)  # type: ignore[untyped-decorator]
def tenfold_dark() -> alt.theme.ThemeConfig:
    return alt.theme.ThemeConfig(config=DARK)


def finished(chart: Any, title: str, description: str, subtitle: str = "") -> Any:
    """`chart` with its title, its alt text and its looks: what every function of this folder returns."""
    chart = chart.copy(deep=False)
    chart.title = heading(title, subtitle)
    chart.description = description
    chart.config = LIGHT  # as it is: to make Altair's own object of it takes a tenth of a second
    chart.usermeta = {
        "embedOptions": {"theme": None}
    }  # or a Vega theme that the user has enabled would be laid over it
    return chart


def heading(title: str, subtitle: str = "") -> alt.TitleParams:
    """A title that breaks where a phone ends, for Vega breaks no lines."""
    below = {"subtitle": textwrap.wrap(subtitle, SUBTITLE_WIDTH)} if subtitle else {}
    return alt.TitleParams(text=textwrap.wrap(title, TITLE_WIDTH), **below)


def together(*charts: Any, title: str, description: str = "", columns: int = 1) -> Any:
    """Several finished charts as one, below or beside one another; each keeps its title."""
    parts = []
    for chart in charts:
        part = chart.copy(deep=False)
        part.config, part.usermeta = alt.Undefined, alt.Undefined
        parts.append(part)
    told = description or " ".join(str(part.description) for part in parts)
    for part in parts:
        part.description = alt.Undefined
    joined = alt.concat(*parts, columns=columns, spacing=24).resolve_scale(
        color="independent", strokeDash="independent"
    )
    return finished(joined, title, told)
