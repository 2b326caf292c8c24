"""A chart as something that can be kept: PNG, SVG, a page that works offline, or Vega-Lite's JSON.

vl-convert draws, with the JavaScript and the fonts that are on the machine; nothing is fetched, and the same table
gives the same bytes. Any Altair chart will do; what this folder's functions return can be had in the dark, too.
"""

from __future__ import annotations

import hashlib
import html
import json
import re
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import altair as alt
import vl_convert

from tenfold.charts.theme import DARK, LIGHT, together
from tenfold.errors import InputError
from tenfold.files import make_folder, write_bytes

STYLE = (  # of a page: as wide as a report
    "body{margin:0 auto;max-width:72rem;padding:1rem;box-sizing:border-box}"
    "h1{font:bold 1.5rem/1.25 Arial,'Liberation Sans',Helvetica,sans-serif;margin:0 0 1.5rem;overflow-wrap:anywhere}"
    "main{display:flex;flex-wrap:wrap;gap:2.5rem;align-items:flex-start}"
    "main>div{max-width:100%}main svg{max-width:100%;height:auto}"
)
NOWHERE: list[str] = []  # the addresses from which a chart may load something
IDS = re.compile(r'(?<=\bid=")[^"]+(?=")')


def spec(chart: Any, dark: bool = False, *, checked: bool = True) -> dict[str, Any]:
    """The chart as Vega-Lite, for a page that draws it itself; whatever theme is enabled has no part in it.

    checked: hold it against Vega-Lite's schema first, which takes as long as all the rest.
    """
    with alt.theme.enable("none"):
        told: dict[str, Any] = chart.to_dict(validate=checked)
    if told.get("config", LIGHT) == LIGHT:
        told["config"] = DARK if dark else LIGHT
    return told


def svg(chart: Any, dark: bool = False, *, checked: bool = True) -> str:
    """The chart as SVG to stand in a page: with its alt text, and with ids that are no other chart's."""
    told = spec(chart, dark, checked=checked)
    drawn = vl_convert.vegalite_to_svg(told, allowed_base_urls=NOWHERE)
    return named(with_ids_of_its_own(drawn), str(told.get("description", "")))


def png(chart: Any, scale: float = 2, dark: bool = False) -> bytes:
    """The chart as PNG, `scale` times as many pixels as it has on the screen."""
    return bytes(vl_convert.vegalite_to_png(spec(chart, dark), scale=scale, allowed_base_urls=NOWHERE))


def javascript() -> str:
    """Vega, Vega-Lite and vega-embed as one script, which makes `vegaEmbed(element, spec)` known: 900 kB."""
    return str(vl_convert.javascript_bundle())  # type: ignore[call-arg]  # has a default, whatever its stub says


def page(chart: Any, dark: bool = False) -> str:
    """The chart as a page of its own that can be clicked and needs no network: Vega's JavaScript is in it."""
    return page_of([chart], title_of(spec(chart, dark)), dark)


def page_of(charts: Sequence[Any], title: str, dark: bool = False) -> str:
    """Several charts in one such page: beside one another where there is room, on a phone one below another."""
    told = [spec(chart, dark) for chart in charts]
    heading = f"<h1>{html.escape(title)}</h1>" if len(told) > 1 else ""
    seen = [html.escape(str(one.get("description", "chart"))) for one in told]
    places = "".join(
        f'<div id="chart-{number}" role="figure" aria-label="{words}"></div>' for number, words in enumerate(seen)
    )
    drawn = json.dumps(told, ensure_ascii=False, sort_keys=True).replace("<", "\\u003c")
    config = told[0]["config"]
    paper, ink = config.get("background", ""), config.get("title", {}).get("color", "")
    return (
        '<!doctype html>\n<html lang="en"><head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        f"<title>{html.escape(title)}</title>\n<style>{STYLE}</style>\n<script>{javascript()}</script></head>\n"
        f'<body style="background:{paper};color:{ink}">{heading}<main>{places}</main>\n'
        f"<script>{drawn}.forEach((chart, number) => "
        'vegaEmbed(`#chart-${number}`, chart, {renderer: "svg", actions: false}));</script></body></html>\n'
    )


def as_json(chart: Any, dark: bool = False) -> str:
    return json.dumps(spec(chart, dark), indent=1, ensure_ascii=False, sort_keys=True, allow_nan=False) + "\n"


Writer = Callable[[Any, bool], bytes]  # of a chart, light or dark
WRITERS: dict[str, Writer] = {
    ".png": lambda chart, dark: png(chart, dark=dark),
    ".svg": lambda chart, dark: svg(chart, dark).encode(),
    ".html": lambda chart, dark: page(chart, dark).encode(),
    ".json": lambda chart, dark: as_json(chart, dark).encode(),
}


def save(chart: Any, path: str | Path, dark: bool = False) -> Path:
    """Write the chart at `path`, whole or not at all, as what its ending says: .png, .svg, .html or .json."""
    path = Path(path)
    drawn = writer_for(path)(chart, dark)
    make_folder(path.parent)
    write_bytes(path, drawn)
    return path


def save_several(charts: Sequence[Any], path: str | Path, title: str, dark: bool = False) -> Path:
    """Write several charts at `path` as one: beside one another in a page, which is as wide as its reader's screen, and
    one below another in a picture."""
    path = Path(path)
    if path.suffix.lower() != ".html":
        return save(together(*charts, title=title), path, dark)
    page = page_of(charts, title, dark)
    make_folder(path.parent)
    write_bytes(path, page.encode())
    return path


def writer_for(path: Path) -> Writer:
    """What writes a file of this ending."""
    writer = WRITERS.get(path.suffix.lower())
    if writer is None:
        found = f"the ending {path.suffix!r}" if path.suffix else "no ending"
        raise InputError(path, found=found, expected=f"one of {', '.join(WRITERS)}", do="give the file such an ending")
    return writer


def title_of(told: dict[str, Any]) -> str:
    title = told.get("title", "Chart")
    text = title.get("text", "Chart") if isinstance(title, dict) else title
    return " ".join(text) if isinstance(text, list) else str(text)


def with_ids_of_its_own(drawn: str) -> str:
    """Vega gives every chart the same ids; in one page the second chart would be clipped as the first is."""
    names = list(dict.fromkeys(IDS.findall(drawn)))
    for number, name in enumerate(names):  # Vega counts on from chart to chart; the same chart is the same text
        drawn = drawn.replace(f'id="{name}"', f'id="part-{number}"').replace(f"#{name})", f"#part-{number})")
    digest = hashlib.sha256(drawn.encode()).hexdigest()[:8]
    return re.sub(r'(?<=\bid=")part-|(?<=url\(#)part-', f"chart-{digest}-", drawn)


def named(drawn: str, description: str) -> str:
    """Say what is to be seen to whoever does not see it."""
    if not description:
        return drawn
    return drawn.replace("<svg ", f'<svg role="img" aria-label="{html.escape(description)}" ', 1)
