"""Handwriting: whatever the paper and the light, a digit arrives in MNIST's frame, and several in reading order."""

from __future__ import annotations

import re
import time
from pathlib import Path

import numpy as np
import pytest
from PIL import Image
from scipy import ndimage
from tests.images.handwritten import Picture, half_in_shadow, in_shadow, page, with_lines
from tests.images.picture_files import encoded

from tenfold.errors import DataError, UnsafeData
from tenfold.images.ink import LONGEST, Ink, read_ink
from tenfold.images.paper import median_around
from tenfold.images.showing import CAPTIONS, as_png, stages_sheet, with_boxes

SEVEN = page(("7", 50, 40))
WAYS = {
    "dark on light": SEVEN,
    "light on dark": 255 - SEVEN,
    "white on black": page(("7", 50, 40), paper=0, ink=255),
    "pencil": page(("7", 50, 40), ink=180),
    "shadow": in_shadow(SEVEN),
    "chalk in shadow": 255 - in_shadow(SEVEN),
    "ruled": with_lines(SEVEN, 37),
    "squared": with_lines(with_lines(SEVEN, 37), 33, upright=True),
    "off-centre": page(("7", 8, 6), size=(300, 400)),
    "thick": page(("7", 50, 40), pen=14),
    "thin": page(("7", 50, 40), pen=4),
    "small": page(("7", 20, 15), size=(50, 60), height=22, pen=3),
    "large": page(("7", 200, 150), size=(900, 700), height=500, pen=50),
}


def only(picture: Picture) -> Ink:
    (ink,) = read_ink(picture).digits
    return ink


def centre_of_mass(image: Picture) -> tuple[float, float]:
    total = float(image.sum())
    down, across = image.sum(axis=1, dtype=float), image.sum(axis=0, dtype=float)
    return float(down @ np.arange(28)) / total, float(across @ np.arange(28)) / total


@pytest.mark.parametrize("way", WAYS)
def test_a_digit_arrives_in_the_frame_of_mnist(way: str) -> None:
    image = only(WAYS[way]).image
    assert (image.shape, image.dtype) == ((28, 28), np.uint8)
    assert centre_of_mass(image) == pytest.approx((14, 14), abs=0.5)
    rows, columns = (np.flatnonzero((image > 127).any(axis=axis)) for axis in (1, 0))
    assert 18 <= max(np.ptp(rows), np.ptp(columns)) + 1 <= 21
    assert image.max() > 230
    assert image[[0, 0, -1, -1], [0, -1, 0, -1]].max() == 0


@pytest.mark.parametrize(
    ("place", "light"), [(-0.3, False), (-0.1, False), (0.1, False), (0.3, False), (-0.3, True), (0.3, True)]
)
def test_a_shadow_with_an_edge_is_neither_ink_nor_paper(place: float, light: bool) -> None:
    """Most of the page in it or little of it, wherever its edge runs and meets the border."""
    page_in_light = page(("7", 50, 40), paper=90, ink=235) if light else SEVEN
    for degrees in range(0, 360, 40):
        picture = (page_in_light * half_in_shadow(degrees, place)).astype(np.uint8)
        found = read_ink(picture)
        assert found.light_ink is light, degrees
        (ink,) = found.digits
        assert np.abs(ink.image.astype(int) - only(SEVEN).image).mean() < 5, degrees


@pytest.mark.parametrize("way", [way for way in WAYS if way not in ("thick", "thin")])
def test_paper_light_and_size_do_not_show_in_the_frame(way: str) -> None:
    difference = only(WAYS[way]).image.astype(int) - only(SEVEN).image
    assert np.abs(difference).mean() < 9


def test_proportions_are_kept() -> None:
    one = only(page(("1", 50, 40))).image
    columns = np.flatnonzero((one > 127).any(axis=0))
    assert np.ptp(columns) < 6


@pytest.mark.parametrize(("picture", "light"), [(SEVEN, False), (255 - SEVEN, True)])
def test_polarity_is_found(picture: Picture, light: bool) -> None:
    assert read_ink(picture).light_ink is light


def test_a_red_pen_is_read_where_it_is_dark() -> None:
    paper = np.full((*SEVEN.shape, 3), 240, np.uint8)
    paper[SEVEN < 128] = (240, 60, 60)
    difference = only(paper).image.astype(int) - only(SEVEN).image
    assert np.abs(difference).mean() < 9


def test_a_picture_of_mnist_stays_what_it_was() -> None:
    frame = only(SEVEN).image
    again = only(frame).image
    assert np.abs(again.astype(int) - frame).mean() < 8


def test_several_digits_are_read_row_after_row() -> None:
    names = [("3", 30, 30), ("0", 130, 40), ("7", 230, 50), ("1", 40, 190), ("2", 140, 200), ("4", 240, 195)]
    found = read_ink(page(*reversed(names), size=(330, 360))).digits
    assert [ink.row for ink in found] == [0, 0, 0, 1, 1, 1]
    for ink, (_, left, top) in zip(found, names, strict=True):
        assert (ink.box.left, ink.box.top) == pytest.approx((left, top), abs=22)


def test_boxes_are_in_the_pixels_of_the_picture_as_it_was_given() -> None:
    large = np.repeat(np.repeat(SEVEN, 15, axis=0), 15, axis=1)
    small, big = only(SEVEN).box, only(large)
    assert max(read_ink(large).original.shape) <= LONGEST
    for side in ("left", "top", "right", "bottom"):
        assert getattr(big.box, side) == pytest.approx(15 * getattr(small, side), abs=30)


def test_a_bar_that_stands_apart_belongs_to_its_five() -> None:
    picture = page(("5", 50, 40)).copy()
    picture[52:58] = 235  # between the bar and the rest
    assert len(read_ink(picture).digits) == 1


@pytest.mark.parametrize("pen", [18, 24])
def test_a_stroke_that_fills_the_picture_is_ink_throughout(pen: int) -> None:
    """It is wider than the window in which paper is looked for."""
    picture = page(("1", 2, 18), size=(92, 44), height=56, pen=pen)
    for one in (picture, 255 - picture):
        found = read_ink(one)
        assert (len(found.digits), found.light_ink) == (1, one is not picture)
        assert np.mean(found.mask != (picture < 138)) < 0.02


def test_a_digit_that_a_faint_pen_broke_is_one() -> None:
    picture = page(("0", 50, 40)).copy()
    picture[78:81] = 235
    assert len(read_ink(picture).digits) == 1


@pytest.mark.parametrize("name", "012357")
@pytest.mark.parametrize("pen", [5, 8])
def test_a_stroke_that_was_interrupted_is_one_digit(name: str, pen: int) -> None:
    """Cut across where it runs downwards, wider than the pen: alone and in a row with others."""
    for where in ("alone", "in a row"):
        others = [] if where == "alone" else [("3", 10, 40), ("1", 190, 40)]
        picture = page((name, 100, 40), *others, size=(160, 280), pen=pen).copy()
        picture[84 : 84 + pen + 1, 95:165] = 235
        assert len(read_ink(picture).digits) == len(others) + 1, where


@pytest.mark.parametrize("pair", ["11", "17", "71", "15", "41", "10", "73"])
@pytest.mark.parametrize("gap", [5, 10])
def test_neighbours_are_two_however_near(pair: str, gap: int) -> None:
    left = only(page((pair[0], 60, 40), size=(160, 300)))
    right = only(page((pair[1], 60, 40), size=(160, 300)))
    second = 60 + left.box.right + gap - right.box.left
    assert len(read_ink(page((pair[0], 60, 40), (pair[1], second, 40), size=(160, 300))).digits) == 2


def test_two_rows_are_not_one_digit_that_broke() -> None:
    for upper, lower in ("11", "71", "14", "43"):
        assert len(read_ink(page((upper, 50, 30), (lower, 50, 150), size=(260, 160))).digits) == 2, (upper, lower)


def test_parts_that_stay_apart_are_told_as_an_interrupted_stroke() -> None:
    picture = page(("3", 50, 40)).copy()
    picture[76:96, 40:120] = 235
    found = read_ink(picture).digits
    assert len(found) == 2
    for ink in found:
        assert "perhaps one digit whose stroke is interrupted; write with a stronger pen" in " ".join(ink.warnings)
        assert "touch" not in " ".join(ink.warnings)


def test_specks_are_left_out_and_counted() -> None:
    picture = page(("2", 100, 90), size=(260, 260)).copy()
    picture[20:26, 20:26] = 40
    picture[230:233, 200:203] = 40
    found = read_ink(picture)
    assert (len(found.digits), found.specks) == (1, 2)


def test_a_shadow_along_the_border_is_no_digit() -> None:
    picture = page(("2", 100, 90), size=(260, 260)).copy()
    picture[:, -5:] = 90
    assert len(read_ink(picture).digits) == 1


def test_printed_lines_are_taken_away_and_counted() -> None:
    found = read_ink(with_lines(page(("2", 100, 90), size=(260, 260)), 40, ink=90))
    assert (len(found.digits), found.lines) == (1, 6)


@pytest.mark.parametrize(
    ("picture", "said"),
    [
        (page(("7", 8, 6), size=(30, 30), height=9, pen=2), "only 1. pixels tall: photograph it closer"),
        (page(("0", 60, 110)), "it touches the border of the picture: part of it may be missing"),
        (page(("0", 20, 60), ("0", 72, 60), ("0", 124, 60), size=(200, 220)), "perhaps two digits that touch"),
        (page(("0", 60, 60), size=(420, 420), height=300, pen=6), "pixels thick in its frame.* use a thicker pen"),
        (page(("0", 60, 60), size=(220, 220), height=90, pen=30), "pixels thick in its frame.* use a thinner pen"),
        (page(("1", 60, 60), size=(420, 420), height=300, pen=6), "there is little ink in it: .* MNIST has 39 to 193"),
    ],
)
def test_what_is_unlike_the_training_data_is_said(picture: Picture, said: str) -> None:
    warnings = [warning for ink in read_ink(picture).digits for warning in ink.warnings]
    assert any(re.search(said, warning) for warning in warnings), warnings


def test_a_usual_digit_needs_no_warning() -> None:
    found = read_ink(SEVEN)
    assert found.warnings == found.digits[0].warnings == ()


def test_faint_ink_is_said() -> None:
    assert "the ink is faint: it takes only 1" in read_ink(page(("7", 50, 40), ink=205)).warnings[0]


@pytest.mark.parametrize(
    "blank",
    [np.full((100, 100), 255, np.uint8), np.zeros((28, 28), np.uint8), in_shadow(np.full((200, 300), 240, np.uint8))],
    ids=["white", "black", "shadow"],
)
def test_a_blank_page_is_one_clear_line(blank: Picture) -> None:
    with pytest.raises(DataError, match=r"picture: nothing written on it.*expected a digit.*Photograph it closer"):
        read_ink(blank)


def test_the_median_around_each_pixel_is_that_of_ndimage() -> None:
    grey = np.random.default_rng(0).random((20, 31)).astype(np.float32)
    assert np.array_equal(median_around(grey, 7), ndimage.median_filter(grey, 7, mode="nearest"))


@pytest.mark.parametrize("noise", [2, 12])
def test_noise_alone_is_nothing_written(noise: int) -> None:
    random = np.random.default_rng(0)
    grain = (220 + noise * random.standard_normal((150, 200))).clip(0, 255).astype(np.uint8)
    with pytest.raises(DataError, match="nothing written"):
        read_ink(grain)


@pytest.mark.parametrize(
    ("array", "said"),
    [
        (np.zeros((28, 28)), r"an array of float64 with shape \(28, 28\); expected uint8"),
        (np.zeros((4, 28, 28, 1), np.uint8), "with shape"),
        (np.zeros((3, 400), np.uint8), "at least 8 pixels each way"),
    ],
)
def test_what_is_no_picture_is_refused(array: Picture, said: str) -> None:
    with pytest.raises(DataError, match=said):
        read_ink(array)


def test_every_kind_of_picture_file_is_read(tmp_path: Path) -> None:
    grey = Image.fromarray(SEVEN)
    clear = Image.merge("RGBA", (*[Image.new("L", grey.size, 0)] * 3, Image.fromarray(255 - SEVEN)))
    turned = Image.Exif()
    turned[0x0112] = 6
    files = {
        "sixteen.png": encoded(Image.fromarray(SEVEN.astype(np.uint16) * 257)),
        "alpha.png": encoded(clear),
        "palette.gif": encoded(grey.convert("P"), "GIF"),
        "plain.bmp": encoded(grey, "BMP"),
        "exif.jpg": encoded(grey.transpose(Image.Transpose.ROTATE_90), "JPEG", quality=95, exif=turned),
    }
    for name, data in files.items():
        (tmp_path / name).write_bytes(data)
        difference = only_in(tmp_path / name).image.astype(int) - only(SEVEN).image
        assert np.abs(difference).mean() < 9, name


def only_in(path: Path) -> Ink:
    (ink,) = read_ink(path).digits
    return ink


def test_a_photo_of_fifty_megapixels_is_read_within_seconds(tmp_path: Path) -> None:
    small = Image.fromarray(page(("7", 500, 400), size=(1500, 2000), height=600, pen=60))
    small.resize((8000, 6000)).save(tmp_path / "photo.jpg", quality=60)
    started = time.perf_counter()
    found = read_ink(tmp_path / "photo.jpg")
    assert time.perf_counter() - started < 20
    assert (found.size, len(found.digits)) == ((6000, 8000), 1)
    assert max(found.original.shape) <= LONGEST


def test_a_picture_beyond_all_reason_is_refused_unread() -> None:
    with pytest.raises(UnsafeData, match="at most 64,000,000 pixels"):
        read_ink(encoded(Image.new("1", (9000, 9000))))


def test_every_stage_is_kept_and_can_be_looked_at() -> None:
    found = read_ink(page(("3", 30, 30), ("7", 130, 30), size=(150, 240)))
    assert set(found.digits[0].stages) == set(CAPTIONS)
    assert all(stage.dtype == np.uint8 for stage in found.digits[0].stages.values())
    assert found.digits[0].stages["seen"] is found.digits[0].image
    assert found.images.shape == (2, 28, 28, 1)
    sheet = stages_sheet(found, ["3", "7"])
    assert as_png(sheet).startswith(b"\x89PNG")
    boxes = with_boxes(found, ["3", "7"])
    assert boxes.shape == (150, 240, 3)
    assert (boxes != np.repeat(found.original, 3, axis=2)).any()


def test_in_a_notebook_a_page_shows_its_stages_and_harms_nobody() -> None:
    found = read_ink(SEVEN, thing="<script>alert(1)</script>")
    shown = found._repr_html_()
    assert "<script>" not in shown
    assert "what the network saw" in shown
    assert "dark ink on light" in str(found)
    assert "what the network saw" in found.digits[0]._repr_html_()
