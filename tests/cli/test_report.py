"""`report`: one file, where it was asked for, and a line that says where."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest


@pytest.fixture
def own(runs: Path, tmp_path: Path) -> Path:
    """The folder with the run, to be written into."""
    return Path(shutil.copytree(runs, tmp_path / "runs"))


def test_it_is_written_into_the_run(own: Path, told: Callable[..., dict[str, Any]], shown: Callable[..., str]) -> None:
    path = own / "first-digits-0001" / "report.html"
    answer = told("report", "last", "--runs", own)
    assert answer == {
        "run": "first-digits-0001",
        "report": str(path.resolve()),
        "bytes": path.stat().st_size,
        "missing": [],
    }
    assert shown("report", "last", "--runs", own) == f"report  {path}\n"
    assert "report.html" in shown("show", "last", "--runs", own)


@pytest.mark.parametrize(("started", "said"), [(True, ""), (False, "No browser could be started: open that file in")])
def test_it_is_opened_when_asked_to(
    started: bool, said: str, own: Path, shown: Callable[..., str], monkeypatch: pytest.MonkeyPatch
) -> None:
    opened: list[str] = []
    monkeypatch.setattr("webbrowser.open", lambda address: opened.append(address) or started)
    text = shown("report", "last", "--runs", own, "--to", "own.html", "--open")
    assert opened == [(Path.cwd() / "own.html").as_uri()]
    assert text.startswith("report  own.html\n")
    assert said in text


def test_a_folder_is_no_file(own: Path, refused: Callable[..., str]) -> None:
    assert "it is a folder; expected the name of a file" in refused("report", "last", "--runs", own, "--to", own)
