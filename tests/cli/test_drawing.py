"""Curves and matrices made of characters, line by line."""

from __future__ import annotations

import io

import pytest
from rich.cells import cell_len

from tenfold.cli import drawing

LOSS = {"training": [1.0, 0.5, 0.25, 0.125], "validation": [0.75, 0.5, 0.5, 0.5]}
NAMES = ("cat", "dog", "owl")
COUNTS = [[8, 2, 0], [0, 9, 1], [0, 0, 12]]


def test_two_curves_of_dots_are_told_apart_by_dashes_and_named_where_they_end() -> None:
    assert drawing.curves(LOSS, width=50, height=4) == [
        "    1 │⠑⠢⢄⡀",
        "      │⠉ ⠢⠈⢕⠤⣀",
        "      │      ⠉⠉⠒⠤⠶⣀⣒ ⠒ ⠒ ⠒ ⠒ ⠒⠒ ⠒ ⠒ validation 0.5",
        "0.125 │             ⠉⠉⠒⠒⠢⠤⠤⠤⠤⣀⣀ ⠒⠒⠒ training 0.125",
        "      └────────────────────────",
        "       1        epoch         4",
    ]


def test_the_same_in_ascii() -> None:
    lines = drawing.curves(LOSS, width=44, height=4, plain=True)
    assert lines == [
        "    1 |**",
        "      |ooo**",
        "      |   ooooooooooooooooo o validation 0.5",
        "0.125 |          ********** * training 0.125",
        "      +--------------------",
        "       1      epoch       4",
    ]
    assert all(line.isascii() for line in lines)


def test_a_gap_is_a_gap() -> None:
    assert drawing.curves({"loss": [0.0, None, 1.0, 1.0]}, width=24, height=2, plain=True) == [
        "1 |       ***** * loss 1",
        "0 |*",
        "  +------------",
        "   1  epoch   4",
    ]


def test_a_curve_that_does_not_change_is_a_level_line_with_one_number() -> None:
    assert drawing.curves({"loss": [0.5, 0.5]}, width=24, height=3, plain=True) == [
        "0.5 |",
        "    |******** * loss 0.5",
        "    |",
        "    +--------",
        "     1epoch 2",
    ]


def test_curves_that_end_on_one_line_are_named_on_two() -> None:
    same = {"training": [0.0, 1.0], "validation": [0.5, 1.0]}
    first, second, *_ = drawing.curves(same, width=40, height=4, plain=True)
    assert first.endswith("* training 1")
    assert second.endswith("o validation 1")
    third, fourth, *_ = reversed(drawing.curves({"a": [1.0, 0.0], "b": [0.5, 0.0]}, width=40, height=4)[:4])
    assert third.endswith("a 0")
    assert fourth.endswith("b 0")


@pytest.mark.parametrize("points", [[], [0.5], [None, None], [None, 0.5]])
def test_there_is_nothing_to_draw_of_less_than_two_epochs(points: list[float | None]) -> None:
    assert drawing.curves({"loss": points}, width=80) == []


@pytest.mark.parametrize("plain", [False, True])
@pytest.mark.parametrize("width", [1, 40, 80, 200])
def test_thousands_of_epochs_fit_into_the_width_and_a_spike_is_seen(width: int, plain: bool) -> None:
    spike = [0.0] * 5000 + [1.0] + [0.0] * 5000
    lines = drawing.curves({"loss": spike}, width=width, plain=plain)
    assert all(len(line) <= max(width, 30) for line in lines)
    assert all(set(line) - set(" │|01⠒loss*") for line in lines[1:6]) or plain
    assert all(line.rstrip("|│").strip() not in ("", "1", "0") for line in lines[:6])


def test_a_matrix_has_the_true_classes_at_the_left_and_marks_what_is_most_confused() -> None:
    assert drawing.confusion(COUNTS, NAMES, width=80) == [
        "true cat  dog  owl",
        "cat    8   [2]   ·",
        "dog    ·    9   [1]",
        "owl    ·    ·   12",
    ]
    assert drawing.confusion(COUNTS, NAMES, width=80, plain=True)[1] == "cat    8   [2]   ."


def test_long_names_are_cut_in_the_columns_and_whole_in_the_rows() -> None:
    lines = drawing.confusion(COUNTS, ("Ankle boot", "T-shirt/top", "Bag"), width=32)
    assert lines == [
        "true        Ankl…  T-sh…    Bag",
        "Ankle boot      8     [2]     ·",
        "T-shirt/top     ·      9     [1]",
        "Bag             ·      ·     12",
    ]
    assert drawing.confusion(COUNTS, ("Ankle boot", "T-shirt/top", "Bag"), width=32, plain=True)[0].isascii()


def test_wide_characters_stand_under_one_another() -> None:
    lines = drawing.confusion(COUNTS, ("日本語", "猫", "c"), width=40)
    ends = [cell_len(line[: line.rindex(mark) + 1]) for line, mark in zip(lines[1:], ("·", "]", "2"), strict=True)]
    assert cell_len(lines[0]) == ends[0] == ends[2] == ends[1] - 1


def test_a_hostile_name_is_harmless() -> None:
    text = "\n".join(drawing.confusion(COUNTS, ("\x1b[31m", "a\nb", "\u202e"), width=80))
    assert not {"\x1b", "\u202e"} & set(text)
    assert "a\\nb" in text


def test_a_matrix_that_is_too_wide_is_no_matrix() -> None:
    assert drawing.confusion([[1] * 100] * 100, [f"class {index}" for index in range(100)], width=80) == []
    assert drawing.confusion([[9] * 30] * 30, ["a"] * 30, width=80) == []


def test_nothing_confused_is_nothing_marked() -> None:
    assert "[" not in "".join(drawing.confusion([[3, 0], [0, 4]], ("a", "b"), width=80))


@pytest.mark.parametrize(
    ("encoding", "shows"), [("utf-8", True), ("ascii", False), ("cp437", False), ("latin-1", False)]
)
def test_what_a_stream_can_show(encoding: str, shows: bool) -> None:
    assert drawing.can_show(io.TextIOWrapper(io.BytesIO(), encoding=encoding)) is shows


def test_the_signs_of_a_sentence_have_their_like_in_ascii() -> None:
    assert drawing.in_ascii("“8” → 28×28 … é") == '"8" > 28x28 ... é'


def test_a_stream_without_an_encoding_gets_ascii() -> None:
    assert not drawing.can_show(io.StringIO())
