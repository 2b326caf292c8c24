"""Charts become files and pieces of pages: whole, offline, the same every time, harmless."""

from __future__ import annotations

import io
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import altair as alt
import pytest
from PIL import Image
from tests.charts.conftest import HOSTILE

from tenfold.charts.curves import curves
from tenfold.charts.export import page, png, save, save_several, svg
from tenfold.errors import InputError, StorageError


@pytest.fixture(scope="module")
def make(epochs: list[dict[str, Any]]) -> Callable[[], Any]:
    return lambda: curves(epochs[:3], title=HOSTILE[1])


def test_the_ending_says_what_is_written(make: Callable[[], Any], tmp_path: Path) -> None:
    assert save(make(), tmp_path / "a.PNG").read_bytes().startswith(b"\x89PNG")
    assert ElementTree.fromstring(save(make(), tmp_path / "a.svg").read_text(encoding="utf-8")).tag.endswith("svg")
    assert json.loads(save(make(), tmp_path / "a.json").read_text(encoding="utf-8"))["vconcat"]
    assert save(make(), str(tmp_path / "a.html")).read_text(encoding="utf-8").startswith("<!doctype html>")


@pytest.mark.parametrize(("name", "found"), [("a.gif", r"the ending '\.gif'"), ("a", "no ending")])
def test_an_unknown_ending_is_one_line_and_no_file(
    name: str, found: str, make: Callable[[], Any], tmp_path: Path
) -> None:
    with pytest.raises(InputError, match=rf"{found}; expected one of \.png, \.svg, \.html, \.json\. Give the file"):
        save(make(), tmp_path / name)
    assert list(tmp_path.iterdir()) == []


def test_a_folder_that_is_not_there_is_made_and_one_that_cannot_be_is_one_line(
    make: Callable[[], Any], tmp_path: Path
) -> None:
    assert save(make(), tmp_path / "new" / "a.json").exists()
    with pytest.raises(StorageError, match="a part of this path is a file"):
        save(make(), tmp_path / "new" / "a.json" / "below" / "a.json")


def test_the_same_table_gives_the_same_bytes(make: Callable[[], Any]) -> None:
    assert svg(make()) == svg(make())
    assert png(make()) == png(make())
    assert page(make()) == page(make())


def test_scale_is_pixels_for_one_on_the_screen(make: Callable[[], Any]) -> None:
    small, large = (Image.open(io.BytesIO(png(make(), scale))) for scale in (1, 3))
    assert abs(large.width - 3 * small.width) <= 3
    assert small.width <= 420  # what a phone shows at nearly its own size


def test_the_dark_is_the_same_chart_on_dark_paper(make: Callable[[], Any]) -> None:
    paper = Image.open(io.BytesIO(png(make(), 1, dark=True))).convert("L").getpixel((2, 2))
    assert paper < 40
    assert svg(make(), dark=True) != svg(make())


def test_an_svg_says_what_is_to_be_seen(make: Callable[[], Any]) -> None:
    root = ElementTree.fromstring(svg(make()))
    assert root.get("role") == "img"
    assert root.get("aria-label", "").startswith("Learning curves. 3 epochs")


def test_two_charts_in_one_page_share_no_id() -> None:
    def clipped(last: int) -> str:
        rows = alt.InlineData(values=[{"x": 0}, {"x": last}])
        return svg(alt.Chart(rows).mark_line(clip=True).encode(x="x:Q", y="x:Q"))

    one, other = ({element.get("id") for element in ElementTree.fromstring(clipped(n)).iter()} - {None} for n in (1, 2))
    assert one
    assert not one & other
    assert all(f"url(#{name})" in clipped(1) for name in one)  # drawn again, later, it has the same ids


def test_a_page_needs_nothing_from_anywhere_and_a_title_stays_a_title(make: Callable[[], Any]) -> None:
    text = page(make())
    assert text.count("</script>") == 2
    assert "&lt;/script&gt;" in text.partition("</title>")[0]
    assert "src=" not in text.partition("<body")[0].partition("<script>")[0]
    assert len(text) < 1_200_000


def test_several_stand_beside_one_another_in_a_page_and_below_one_another_in_a_picture(
    make: Callable[[], Any], tmp_path: Path
) -> None:
    text = save_several([make(), make()], tmp_path / "new" / "a.html", HOSTILE[1]).read_text(encoding="utf-8")
    assert text.count("</script>") == 2
    assert text.count('role="figure" aria-label="') == 2
    assert "<h1>&lt;/script&gt;" in text
    assert "flex-wrap:wrap" in text
    drawn = json.loads(save_several([make(), make()], tmp_path / "a.json", "Two").read_text(encoding="utf-8"))
    assert (len(drawn["concat"]), drawn["columns"]) == (2, 1)
