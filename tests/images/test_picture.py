"""One picture: every mode and format becomes the right pixels, and every bad file its own line."""

from __future__ import annotations

import struct
import zlib
from contextlib import suppress
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image
from tests.images.picture_files import GREYS, colour, encoded, grey

from tenfold.errors import DataError, DataNotFound, UnsafeData
from tenfold.images.limits import LIMITS
from tenfold.images.picture import ORIENTATION, picture_bytes, read_picture

COLOURS = np.stack([GREYS[0], GREYS[1], GREYS[2]], axis=-1)  # (12, 12, 3)


@pytest.mark.parametrize("kind", ["PNG", "BMP", "GIF"])
def test_lossless_formats_give_back_the_pixels(kind: str) -> None:
    assert (read_picture(encoded(GREYS[0], kind))[:, :, 0] == GREYS[0]).all()


@pytest.mark.parametrize("kind", ["PNG", "BMP"])
def test_colour_gives_back_the_pixels(kind: str) -> None:
    assert (read_picture(encoded(COLOURS, kind)) == COLOURS).all()


def test_a_jpeg_comes_close() -> None:
    smooth = np.add.outer(np.arange(64), np.arange(64)).astype(np.uint8)
    read = read_picture(encoded(smooth, "JPEG", quality=95))
    assert read.shape == (64, 64, 1)
    assert abs(read[:, :, 0].astype(int) - smooth).max() < 8


def test_a_path_reads_as_its_bytes(tmp_path: Path) -> None:
    (tmp_path / "a.png").write_bytes(grey(3))
    assert (read_picture(tmp_path / "a.png") == read_picture(grey(3))).all()


@pytest.mark.parametrize("mode", ["L", "RGB", "RGBA", "LA", "P", "1"])
def test_a_grey_picture_is_grey_however_it_was_stored(mode: str) -> None:
    black_and_white = Image.fromarray((GREYS[0] > 127).astype(np.uint8) * 255)
    read = read_picture(encoded(black_and_white.convert(mode, dither=Image.Dither.NONE)))
    assert read.shape == (12, 12, 1)
    assert (read[:, :, 0] == np.asarray(black_and_white)).all()


def test_channels_are_what_was_asked_for() -> None:
    assert (read_picture(grey(0), channels=3) == GREYS[0][:, :, None]).all()
    assert (
        read_picture(encoded(COLOURS), channels=1)[:, :, 0] == np.asarray(Image.fromarray(COLOURS).convert("L"))
    ).all()
    with pytest.raises(DataError, match=r"2 channels asked for; expected 1 \(grey\) or 3 \(colour\)"):
        read_picture(grey(0), channels=2)


def test_transparency_is_laid_on_white() -> None:
    ink = np.zeros((4, 4, 4), np.uint8)
    ink[1, 1, 3] = 255  # one opaque black pixel
    ink[2, 2, 3] = 128  # one half transparent
    read = read_picture(encoded(ink))[:, :, 0]
    assert (read[0, 0], read[1, 1], read[2, 2]) == (255, 0, 127)


def test_white_strokes_on_nothing_are_laid_on_black() -> None:
    """As a drawing app in dark mode saves them: on white there would be nothing to see."""
    ink = np.zeros((8, 8, 4), np.uint8)
    ink[2:6, 3] = 255
    read = read_picture(encoded(Image.fromarray(ink), "PNG"))
    np.testing.assert_array_equal(read[..., 0], ink[..., 3])


def test_a_transparent_colour_of_a_palette_is_white() -> None:
    image = Image.fromarray(np.array([[0, 1], [1, 0]], np.uint8)).convert("P")
    image.putpalette([200, 0, 0, 0, 0, 200])
    read = read_picture(encoded(image, "PNG", transparency=0))
    assert read[0, 0].tolist() == [255, 255, 255]
    assert read[0, 1].tolist() == [0, 0, 200]


def test_sixteen_bits_are_scaled_and_not_cut_off() -> None:
    deep = np.array([[0, 200, 257, 32896, 65535]], np.uint16)
    assert read_picture(encoded(deep)).ravel().tolist() == [0, 1, 1, 128, 255]


def test_cmyk_becomes_red_green_and_blue() -> None:
    cyan = Image.new("CMYK", (16, 16), (255, 0, 0, 0))
    red, green, blue = read_picture(encoded(cyan, "JPEG", quality=100))[8, 8].tolist()
    assert red < 10
    assert green > 240
    assert blue > 240


@pytest.mark.parametrize("kind", ["JPEG", "PNG"])
def test_the_camera_s_orientation_is_applied(kind: str) -> None:
    sideways = np.zeros((16, 32), np.uint8)
    sideways[:, :16] = 255  # the left half is white
    exif = Image.Exif()
    exif[ORIENTATION] = 6  # turn right: left becomes top
    read = read_picture(encoded(sideways, kind, exif=exif))
    assert read.shape == (32, 16, 1)
    assert read[:12].min() > 200
    assert read[20:].max() < 50


def test_damaged_exif_data_does_not_cost_the_picture() -> None:
    assert read_picture(encoded(GREYS[0], "JPEG", exif=b"Exif\0\0MM\0*\xff\xff\xff\xff")).shape == (12, 12, 1)


def test_of_an_animation_the_first_frame_counts() -> None:
    frames = [Image.fromarray(GREYS[i]) for i in range(3)]
    read = read_picture(encoded(frames[0], "GIF", save_all=True, append_images=frames[1:]))
    assert (read[:, :, 0] == GREYS[0]).all()


def test_proportions_are_kept_on_a_ground_of_the_edge_s_colour() -> None:
    wide = np.full((20, 80), 200, np.uint8)
    wide[4:16, 20:60] = 0
    read = read_picture(encoded(wide), size=(20, 20))[:, :, 0]
    assert read.shape == (20, 20)
    assert (read[:7] == 200).all()  # a band above and below
    assert (read[13:] == 200).all()
    assert read[9, 10] == 0
    assert np.flatnonzero((read < 100).any(axis=0)).tolist() == list(range(5, 15))  # as wide as before: half of it


def test_height_comes_before_width() -> None:
    assert read_picture(colour(0), size=(7, 9)).shape == (7, 9, 3)


@pytest.mark.parametrize(("side", "to"), [(800, 8), (192, 64)])
def test_a_large_jpeg_may_be_decoded_small_and_looks_the_same(side: int, to: int) -> None:
    large = np.kron(GREYS[0][:8, :8], np.ones((side // 8, side // 8), np.uint8))
    small = read_picture(encoded(large, "JPEG", quality=95), size=(to, to)).astype(int)
    exact = read_picture(encoded(large, "PNG"), size=(to, to)).astype(int)
    assert abs(small - exact).mean() < 2


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (b"", "an empty file; expected a png, jpg, bmp or gif picture"),
        (b"\n <!DOCTYPE html><html>", r"a web page \(HTML\); expected a png"),
        (b"<html><body>404", r"a web page \(HTML\)"),
        (b"II*\0....", "a TIFF picture; expected .* Save it as png"),
        (b"RIFF1234WEBPVP8 ", "a WebP picture"),
        (b"\0\0\0\x18ftypheic", "a HEIC or AVIF picture"),
        (b"<svg xmlns=", "an SVG drawing"),
        (b"%PDF-1.7", "a PDF"),
        (b"hello", "another kind of file"),
        (grey(0)[:60], r"a png that ends too soon \(truncated\)|a damaged png"),
        (encoded(COLOURS, "BMP")[:100], "a bmp that ends too soon"),
        (encoded(COLOURS, "GIF")[:850], "gif"),
        (b"\x89PNG\r\n\x1a\n" + b"\0" * 50, "a damaged png"),
    ],
)
def test_what_is_no_picture_is_called_by_its_name(data: bytes, words: str) -> None:
    with pytest.raises(DataError, match=words) as caught:
        read_picture(data, thing="cats/1.png")
    assert caught.value.line.startswith("cats/1.png: ")


def test_a_truncated_jpeg_is_refused() -> None:
    whole = encoded(np.random.default_rng(0).integers(0, 256, (64, 64), dtype=np.uint8), "JPEG")
    with pytest.raises(DataError, match=r"a jpg that ends too soon \(truncated\)"):
        read_picture(whole[: len(whole) // 2])


def test_pixels_are_counted_before_they_are_decoded() -> None:
    bomb = bytearray(grey(0))
    bomb[16:24] = struct.pack(">2I", 60_000, 60_000)  # the header alone says so, and its checksum agrees
    bomb[29:33] = struct.pack(">I", zlib.crc32(bomb[12:29]))
    with pytest.raises(UnsafeData, match=r"a picture of 60,000×60,000 pixels; expected at most 64,000,000 pixels"):
        read_picture(bytes(bomb), thing="bomb.png")


def test_a_file_that_grew_is_not_read_to_its_end(tmp_path: Path) -> None:
    (tmp_path / "big.png").write_bytes(bytes(5000))
    assert len(picture_bytes(tmp_path / "big.png", replace(LIMITS, picture_bytes=100))) == 101


def test_bytes_are_counted_before_they_are_decoded(tmp_path: Path) -> None:
    (tmp_path / "big.png").write_bytes(grey(0))
    with pytest.raises(UnsafeData, match="expected a picture file of at most 100 bytes"):
        read_picture(tmp_path / "big.png", limits=replace(LIMITS, picture_bytes=100))


@pytest.mark.parametrize("size", [(0, 28), (28, -1), (28, 5000)])
def test_a_size_out_of_range_is_refused(size: tuple[int, int]) -> None:
    with pytest.raises(DataError, match="expected a height and width from 1 to 1024"):
        read_picture(grey(0), size=size)


def test_a_missing_file_and_a_folder_are_told_apart(tmp_path: Path) -> None:
    with pytest.raises(DataNotFound, match=r"none\.png: no such file"):
        read_picture(tmp_path / "none.png")
    with pytest.raises(DataError, match="a folder; expected a png"):
        read_picture(tmp_path)


@settings(max_examples=150, deadline=None)
@given(
    kind=st.sampled_from(["PNG", "JPEG", "BMP", "GIF"]),
    changes=st.lists(st.tuples(st.integers(0, 10_000), st.integers(0, 255)), min_size=1, max_size=8),
    cut=st.integers(0, 10_000),
)
def test_damaged_files_end_in_a_picture_or_one_line(kind: str, changes: list[tuple[int, int]], cut: int) -> None:
    data = bytearray(encoded(COLOURS, kind))
    for place, value in changes:
        data[place % len(data)] = value
    with suppress(DataError):
        read = read_picture(bytes(data[: max(1, len(data) - cut % len(data))]), size=(8, 8))
        assert read.shape in ((8, 8, 1), (8, 8, 3))
