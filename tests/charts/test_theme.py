"""One look that no other theme changes and that changes no other chart."""

from __future__ import annotations

import subprocess
import sys

import altair as alt
import pytest
from tests.charts.conftest import HOSTILE
from tests.charts.reading import check_contract

from tenfold.charts.curves import curves
from tenfold.charts.export import spec, svg
from tenfold.charts.rows import plain, shown
from tenfold.charts.theme import DARK, DARK_COLOURS, LIGHT, LIGHT_COLOURS, finished, together


def test_importing_it_leaves_the_users_theme_alone() -> None:
    program = "import altair; altair.theme.enable('dark'); import tenfold.charts.theme; print(altair.theme.active)"
    assert subprocess.run([sys.executable, "-c", program], capture_output=True, text=True).stdout == "dark\n"


@pytest.mark.parametrize("theme", ["dark", "fivethirtyeight", "opaque"])
def test_another_theme_changes_nothing_that_is_drawn(theme: str, epochs: list[dict[str, object]]) -> None:
    chart = curves(epochs)
    before = svg(chart)
    with alt.theme.enable(theme):
        assert svg(chart) == before
        shown_by_altair = chart.to_dict()
        assert alt.theme.active == theme
    assert shown_by_altair["usermeta"] == {"embedOptions": {"theme": None}}  # as vega-embed reads it
    assert {name: shown_by_altair["config"][name] for name in LIGHT} == LIGHT


def test_users_can_have_both_looks_for_their_own_charts() -> None:
    own = alt.Chart(alt.InlineData(values=[{"x": 1}])).mark_point().encode(x="x:Q")
    for name, look in (("tenfold", LIGHT), ("tenfold-dark", DARK)):
        with alt.theme.enable(name):
            assert own.to_dict()["config"] == look


def test_who_changes_a_charts_look_changes_no_others(epochs: list[dict[str, object]]) -> None:
    changed = curves(epochs).configure_axis(labelFontSize=20).configure_view(stroke="red")
    assert changed.to_dict()["config"]["axis"] == {"labelFontSize": 20}
    assert changed.to_dict()["config"]["background"] == LIGHT["background"]
    assert spec(curves(epochs))["config"] == LIGHT
    assert LIGHT["axis"]["labelFontSize"] == 11


def luminance(colour: str) -> float:
    parts = [int(colour[place : place + 2], 16) / 255 for place in (1, 3, 5)]
    red, green, blue = (part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: str, other: str) -> float:
    high, low = sorted((luminance(one), luminance(other)), reverse=True)
    return (high + 0.05) / (low + 0.05)


@pytest.mark.parametrize(("look", "colours"), [(LIGHT, LIGHT_COLOURS), (DARK, DARK_COLOURS)])
def test_texts_and_lines_stand_out_from_the_paper(look: dict[str, object], colours: list[str]) -> None:
    paper = look["background"]
    assert contrast(look["axis"]["labelColor"], paper) > 7
    assert contrast(look["title"]["subtitleColor"], paper) > 4.5
    assert min(contrast(colour, paper) for colour in colours) > 2.2
    assert contrast(look["style"]["on-ramp-low"]["color"], look["range"]["ramp"][2]) > 4.5
    assert contrast(look["style"]["on-ramp-high"]["color"], look["range"]["ramp"][4]) > 7


def test_long_titles_break_where_a_phone_ends() -> None:
    chart = finished(alt.Chart(alt.InlineData(values=[])).mark_point(), "word " * 30, "An alt text.", "more " * 40)
    title = spec(chart)["title"]
    assert max(map(len, title["text"] + title["subtitle"])) <= 52
    assert len(title["text"]) > 1


def test_charts_together_keep_their_titles_and_have_one_look(epochs: list[dict[str, object]]) -> None:
    both = together(curves(epochs, title="Here"), curves(epochs[:1], title="There"), title="Both", columns=2)
    check_contract(both)
    assert [part["title"]["text"] for part in spec(both)["concat"]] == [["Here"], ["There"]]
    assert all("config" not in part for part in spec(both)["concat"])
    assert spec(both, dark=True)["config"] == DARK


def test_names_stay_different_short_and_in_one_line() -> None:
    names = shown([*HOSTILE, "very long " * 31, "", "", "twice (2)", "twice", "twice"])
    assert len(set(names)) == len(names)
    assert max(map(len, names)) < 50
    assert all(name.isprintable() for name in names)


def test_what_is_no_number_becomes_null() -> None:
    assert [plain(value) for value in (float("nan"), float("-inf"), None, 0.123456789, 3, True, "x")] == [
        None,
        None,
        None,
        0.123457,
        3,
        True,
        "x",
    ]
