"""Pictures in charts: which, where, under which line, and how numbers become colours."""

from __future__ import annotations

import base64
import io
from typing import Any

import numpy as np
import pytest
from PIL import Image
from tests.charts.conftest import HOSTILE
from tests.charts.reading import check_contract, marks_of, rows_of, texts_of

from tenfold.charts.export import spec
from tenfold.charts.gallery import MOST, activations, filters, gallery, saliency
from tenfold.charts.pictures import around_zero, blended, grey, pixels_of, source
from tenfold.errors import InputError

Noise = np.ndarray[Any, Any]


def decoded(url: str) -> Image.Image:
    return Image.open(io.BytesIO(base64.b64decode(url.partition(",")[2])))


def test_pictures_keep_their_pixels_and_their_order(noise: Noise) -> None:
    chart = gallery([{"image": image, "title": str(place)} for place, image in enumerate(noise[:7])], columns=3)
    check_contract(chart)
    rows = rows_of(chart)
    assert [(row["across"], row["down"]) for row in rows] == [(0, 0), (1, 0), (2, 0), (0, 1), (1, 1), (2, 1), (0, 2)]
    assert (np.asarray(decoded(rows[4]["picture"])) == noise[4]).all()


def test_titles_are_drawn_and_those_of_mistakes_stand_out(noise: Noise) -> None:
    rows = [
        {"image": noise[0], "title": "7 → 1, 98 %", "below": "picture 12", "right": False},
        {"image": noise[1], "title": "8"},
    ]
    chart = gallery(rows, title="Mistakes")
    assert {"7 → 1, 98 %", "picture 12", "8", "Mistakes"} <= set(texts_of(chart))
    assert "wrong-text" in {mark["style"] for mark in _marks(chart) if "style" in mark}
    assert "7 → 1, 98 %; 8" in spec(chart)["description"]


def _marks(chart: Any) -> list[dict[str, Any]]:
    return [layer["mark"] for layer in spec(chart)["layer"]]


def test_pictures_without_lines_leave_no_room_for_them(noise: Noise) -> None:
    plain, titled = (gallery([{"image": noise[0], "title": title}], side=50) for title in ("", "a"))
    assert marks_of(plain) == ["image"]
    assert spec(plain)["height"] < spec(titled)["height"]


def test_what_is_too_many_is_left_out_and_said(noise: Noise) -> None:
    chart = gallery([{"image": noise[0]}] * (MOST + 5))
    assert len(rows_of(chart)) == MOST
    assert f"The first {MOST} of {MOST + 5} pictures" not in texts_of(chart)
    assert f"The first {MOST} of {MOST + 5}." in spec(chart)["title"]["subtitle"][0]


def test_hostile_titles_stay_text(noise: Noise) -> None:
    chart = gallery([{"image": noise[0], "title": name} for name in HOSTILE], title=HOSTILE[1])
    check_contract(chart)
    assert all(row["title"].isprintable() for row in rows_of(chart))
    assert HOSTILE[1] in " ".join(texts_of(chart))


def test_signs_become_colours_and_zero_is_white() -> None:
    colours = around_zero([[-2.0, 0.0, 1.0, 2.0, np.nan]])
    assert colours[0, 0].tolist() == [213, 94, 0]
    assert colours[0, 1].tolist() == colours[0, 4].tolist() == [247, 247, 247]
    assert colours[0, 3].tolist() == [0, 114, 178]
    assert (around_zero(np.zeros((2, 2))) == 247).all()


def test_strengths_become_grey_on_one_scale() -> None:
    assert grey([[0.0, 1.0, -3.0]]).tolist() == [[0, 255, 0]]
    assert grey([[1.0]], largest=2.0).tolist() == [[128]]


def test_saliency_glows_where_it_matters() -> None:
    both = blended(np.full((1, 2), 200, np.uint8), [[0.0, 5.0]])
    assert both[0, 0].tolist() == [120, 120, 120]
    assert both[0, 1, 0] > 230 > 60 > both[0, 1, 2]


def test_filters_share_one_scale_and_say_it() -> None:
    chart = filters(np.stack([np.full((3, 3), 0.5), np.full((3, 3), -0.25)]))
    check_contract(chart)
    assert "Strongest: ±0.5." in " ".join(spec(chart)["title"]["subtitle"])
    first, second = (np.asarray(decoded(row["picture"]))[0, 0] for row in rows_of(chart))
    assert first.tolist() == [0, 114, 178]
    assert second.tolist() == [230, 170, 124]


def test_filters_of_three_channels_are_coloured_and_of_many_averaged() -> None:
    red = np.zeros((1, 2, 2, 3))
    red[..., 0] = 1
    assert np.asarray(decoded(rows_of(filters(red))[0]["picture"]))[0, 0].tolist() == [255, 128, 128]
    assert len(rows_of(filters(np.ones((4, 3, 3, 16))))) == 4


def test_activations_and_saliency_are_galleries(noise: Noise) -> None:
    maps = activations(np.abs(np.random.default_rng(0).normal(size=(6, 5, 5))), names=[f"unit {i}" for i in range(6)])
    check_contract(maps)
    assert [row["title"] for row in rows_of(maps)][:2] == ["unit 0", "unit 1"]
    three = saliency(noise[0], np.random.default_rng(0).normal(size=(8, 8)))
    check_contract(three)
    assert [row["title"] for row in rows_of(three)] == ["the picture", "what matters", "both"]


def test_saliency_takes_the_strongest_channel_whatever_its_sign() -> None:
    values = np.zeros((2, 2, 3))
    values[0, 0], values[1, 1] = (-4, 1, 0), (0, 0, 2)
    _, matters, _ = rows_of(saliency(np.zeros((2, 2, 3), np.uint8), values))
    assert np.asarray(decoded(matters["picture"])).tolist() == [[255, 0], [0, 128]]


def test_large_pictures_are_shown_smaller_and_channels_are_kept() -> None:
    assert decoded(source(np.zeros((300, 600, 3), np.uint8))).size == (256, 128)
    assert decoded(source(np.zeros((8, 8, 1), np.uint8))).mode == "L"
    assert pixels_of(np.array([[0.0, 1.0, 2.0, np.nan]])).tolist() == [[0, 255, 255, 0]]


def test_what_is_no_picture_is_said() -> None:
    with pytest.raises(InputError, match=r"picture: an array of shape \(3,\); expected \(height, width\)"):
        pixels_of(np.zeros(3))
    with pytest.raises(InputError, match="picture: an array of int64; expected uint8, or numbers from 0 to 1"):
        pixels_of(np.zeros((2, 2), np.int64))
    with pytest.raises(InputError, match="gallery: no picture"):
        gallery([])
    with pytest.raises(InputError, match="filters: an array of shape"):
        filters(np.zeros((2, 2)))
    with pytest.raises(InputError, match="activations: an array of shape"):
        activations(np.zeros((2, 2)))
