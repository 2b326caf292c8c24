"""`tenfold lab`: the list, a copy, and what is said where no Jupyter is."""

from __future__ import annotations

import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from tests.cli.conftest import Command

from tenfold.labs import copy

Words = Callable[..., str]


def test_the_sheets_are_listed(shown: Words, told: Command) -> None:
    lines = shown("lab").splitlines()
    assert lines[1] == "first     Sheet 0: your first network, and what each part of it does"
    assert lines[-1] == "To work on one: tenfold lab NAME"
    assert [each["name"] for each in told("lab")["labs"]] == ["first", "hidden10", "wide", "cnn", "mlp"]


def test_a_copy_is_written_and_not_opened(shown: Words, told: Command, tmp_path: Path) -> None:
    assert shown("lab", "cnn", "--no-open") == "written: cnn.ipynb\n"
    assert Path("cnn.ipynb").exists()
    assert told("lab", "cnn", "--to", tmp_path) == {"lab": "cnn", "file": str(tmp_path / "cnn.ipynb")}


def test_without_jupyter_it_says_what_to_install(shown: Words, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(copy, "opener", lambda path: [])
    monkeypatch.setattr(sys, "executable", str(Path("my env", "bin", "python").absolute()))
    assert shown("lab", "mlp", "--to", "week 1").splitlines() == [
        "written: week 1/mlp.ipynb",
        "To work on it you need Jupyter, which is not installed here: 'my env/bin/python' -m pip install notebook",
        "Then open it: 'my env/bin/python' -m jupyter notebook 'week 1/mlp.ipynb'",
    ]


def test_jupyter_is_given_the_copy(shown: Words, monkeypatch: pytest.MonkeyPatch) -> None:
    opened: list[list[str]] = []
    monkeypatch.setattr(copy, "opener", lambda path: ["jupyter", str(path)])
    monkeypatch.setattr(copy, "open_copy", lambda command: opened.append(command) or 0)
    assert shown("lab", "wide").splitlines() == [
        "written: wide.ipynb",
        "Jupyter opens it in your browser, and runs until you press Ctrl-C here.",
    ]
    assert opened == [["jupyter", "wide.ipynb"]]


def test_mistakes_are_one_line(refused: Words) -> None:
    assert "Did you mean 'hidden10'" in refused("lab", "hiden10")
    Path("first.ipynb").touch()
    assert "it exists already, and may hold your work" in refused("lab", "first")
