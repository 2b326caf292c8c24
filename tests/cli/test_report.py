"""`report`: one file, where it was asked for, and a line that says where."""

from __future__ import annotations

import shutil
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tenfold.cli.failure import in_four_parts
from tenfold.cli.main import main
from tenfold.cli.output import Screen
from tenfold.cli.result import written_report
from tenfold.report.page import GENERATOR
from tenfold.report.report import Report
from tenfold.run.run import Run


@pytest.fixture
def own(runs: Path, tmp_path: Path) -> Path:
    """The folder with the run, to be written into."""
    return Path(shutil.copytree(runs, tmp_path / "runs"))


@pytest.fixture
def made(own: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A report that is there at once, for what is done with one."""
    report = Report(Run(own / "first-digits-0001"), f'{GENERATOR}">', ())
    monkeypatch.setattr(Report, "of", lambda *given, **named: report)


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
    started: bool, said: str, own: Path, made: None, shown: Callable[..., str], monkeypatch: pytest.MonkeyPatch
) -> None:
    opened: list[str] = []
    monkeypatch.setattr("webbrowser.open", lambda address: opened.append(address) or started)
    text = shown("report", "last", "--runs", own, "--to", "own.html", "--open")
    assert opened == [(Path.cwd() / "own.html").as_uri()]
    assert text.startswith("report  own.html\n")
    assert said in text


def test_a_place_that_is_none_is_refused_before_anything_is_computed(
    own: Path, refused: Callable[..., str], monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(Report, "of", None)
    assert "it is a folder; expected the name of a file" in refused("report", "last", "--runs", own, "--to", own)
    Path("file").touch()
    assert main(["report", "last", "--runs", str(own), "--to", "file/no/where.html"]) == 1
    assert "where.html: a part of this path is a file" in capsys.readouterr().err


def test_only_an_older_report_is_written_over(
    own: Path, made: None, refused: Callable[..., str], shown: Callable[..., str], tmp_path: Path
) -> None:
    mine = tmp_path / "mk.py"
    mine.write_text("precious", encoding="utf-8")
    words = (
        "mk.py: something that is no report of Tenfold is there already; expected a free name, or that of an older "
        "report. Choose another name"
    )
    assert refused("report", "last", "--runs", own, "--to", mine).endswith(words)
    assert mine.read_text(encoding="utf-8") == "precious"
    for _ in range(2):
        shown("report", "last", "--runs", own, "--to", tmp_path / "new" / "folder" / "mine.html")


def test_whoever_waits_for_it_is_told(own: Path, made: None, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["report", "last", "--runs", str(own), "--to", "mine.html"]) == 0
    assert capsys.readouterr().err.startswith("Looking through first-digits-0001: some seconds")


def test_ctrl_c_while_it_is_written_says_that_the_run_is_saved(
    own: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def stop(*given: Any, **named: Any) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(Report, "of", stop)
    run = Run(own / "first-digits-0001")
    with pytest.raises(KeyboardInterrupt) as caught:
        written_report(run, Screen(sys.stdout), trust_code=False)
    assert in_four_parts(caught.value).line == (
        f"stopped: everything up to here is saved. Go on with: tenfold resume {run.path}"
    )
    assert main(["evaluate", "last", "--runs", str(own)]) == 130, "of which resume would write none"
    assert capsys.readouterr().err.endswith(
        f"stopped: everything up to here is saved. Go on with: tenfold report {run.path}\n"
    )


def test_an_evaluation_writes_it_anew_unless_told_not_to(
    own: Path, told: Callable[..., dict[str, Any]], shown: Callable[..., str]
) -> None:
    path = own / "first-digits-0001" / "report.html"
    assert told("evaluate", "last", "--runs", own, "--no-report")["report"] is None
    assert not path.exists()
    assert shown("evaluate", "last", "--runs", own).endswith(f"The report is written anew: {path}\n")
    assert f"test set scored {Run(path.parent).looks.times} times" in path.read_text(encoding="utf-8")
    path.write_text("mine", encoding="utf-8")
    assert told("evaluate", "last", "--runs", own)["report"] is None, "and the evaluation is whole all the same"
    assert path.read_text(encoding="utf-8") == "mine"


def test_a_report_that_fails_takes_nothing_from_the_training(own: Path, capsys: pytest.CaptureFixture[str]) -> None:
    run = Run(own / "first-digits-0001")
    (run.path / "report.html").mkdir()
    assert written_report(run, Screen(sys.stdout), trust_code=False) is None
    told = capsys.readouterr().err
    assert told.startswith("The run is whole, but its report could not be written: ")
    assert "report.html: it is a folder; expected the name of a file" in told
