"""What is written is fit for its reader: whole in a pipe, JSON without NaN, coloured where that is wanted."""

from __future__ import annotations

import io
import json
import sys

import numpy as np
import pytest

from tenfold.cli.output import Screen, write_json, write_lines


def test_json_has_no_nan_and_only_ascii() -> None:
    stream = io.StringIO()
    write_json(stream, {"loss": float("nan"), "best": float("inf"), "shape": (np.int64(2), np.float32(0.5)), "a": "×"})
    assert stream.getvalue().isascii()
    assert json.loads(stream.getvalue()) == {"loss": None, "best": None, "shape": [2, 0.5], "a": "×"}


def test_lines_are_never_cut_and_markup_is_not_read() -> None:
    stream = io.StringIO()
    write_lines(stream, ["x" * 500, "[bold]:smile: 1234", [("loud", "bold red"), " plain"]])
    assert stream.getvalue() == f"{'x' * 500}\n[bold]:smile: 1234\nloud plain\n"


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


@pytest.mark.parametrize(("setting", "coloured"), [({}, True), ({"NO_COLOR": "1"}, False), ({"TERM": "dumb"}, False)])
def test_colours_only_where_they_are_wanted(
    setting: dict[str, str], coloured: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TERM", "xterm")
    monkeypatch.delenv("NO_COLOR", raising=False)
    for name, value in setting.items():
        monkeypatch.setenv(name, value)
    stream = Terminal()
    write_lines(stream, [[("loud", "red")]])
    assert ("\x1b[31m" in stream.getvalue()) == coloured


def test_sentences_break_between_words_in_a_terminal_and_nowhere_else(monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in {"TERM": "xterm", "NO_COLOR": "1", "COLUMNS": "12"}.items():
        monkeypatch.setenv(name, value)
    sentence = "four and twenty blackbirds"
    terminal, pipe = Terminal(), io.StringIO()
    for stream in (terminal, pipe):
        monkeypatch.setattr(sys, "stderr", stream)
        Screen(io.StringIO()).say(sentence)
    assert max(map(len, terminal.getvalue().splitlines())) <= 12
    assert terminal.getvalue().split() == sentence.split()
    assert pipe.getvalue() == f"{sentence}\n"


def test_without_rich_there_are_no_colours_and_no_error(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "rich.console", None)  # importing it fails from now on
    stream = Terminal()
    write_lines(stream, [[("loud", "red"), " plain"]])
    assert stream.getvalue() == "loud plain\n"


def test_a_closed_stderr_stops_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    closed = io.StringIO()
    closed.close()
    monkeypatch.setattr(sys, "stderr", closed)
    Screen(io.StringIO()).say("nobody hears this")
