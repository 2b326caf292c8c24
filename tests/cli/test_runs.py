"""`runs` and `evaluate`: what is told about runs, to people and to programs."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tenfold.cli.main import main


def test_runs_lists_every_run(runs: Path, told: Callable[..., dict[str, Any]], shown: Callable[..., str]) -> None:
    (run,) = told("runs", "--runs", runs)["runs"]
    assert run["run"] == "first-digits-0001"
    assert (run["state"], run["recipe"], run["data"], run["epoch"], run["epochs"]) == ("done", "first", "digits", 2, 2)
    header, line = shown("runs", "--runs", runs).splitlines()
    assert header.split()[:4] == ["run", "state", "recipe", "data"]
    assert line.startswith("first-digits-0001  done   first   digits     2/2")


def test_runs_knows_the_folder_from_the_environment(
    runs: Path, told: Callable[..., dict[str, Any]], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TENFOLD_RUNS", str(runs))
    assert len(told("runs")["runs"]) == 1


@pytest.mark.parametrize("words", [["runs"], ["show", "last"]])
def test_looking_back_wakes_no_keras(words: list[str], runs: Path) -> None:
    words = [*words, "--runs", str(runs)]
    program = f"import sys; from tenfold.cli.main import main; main({words!r}); sys.stderr.write(' '.join(sys.modules))"
    ran = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert "first-digits-0001" in ran.stdout
    assert not {"keras", "jax", "sklearn"} & set(ran.stderr.split())


def test_no_runs_yet_says_what_to_type(shown: Callable[..., str]) -> None:
    assert shown("runs") == "There are no runs in runs yet. To make one, type: tenfold train\n"


def test_an_unreadable_run_is_listed_below_the_others(runs: Path, tmp_path: Path, shown: Callable[..., str]) -> None:
    shutil.copytree(runs, tmp_path / "runs")
    (tmp_path / "runs" / "evil\x1b[31m").mkdir()
    (tmp_path / "runs" / "evil\x1b[31m" / "status.json").write_text("{")
    lines = shown("runs", "--runs", tmp_path / "runs").splitlines()
    assert lines[-1].startswith("unreadable: ")
    assert "\x1b" not in lines[-1]


def test_evaluate_counts_the_same_again(
    runs: Path, told: Callable[..., dict[str, Any]], shown: Callable[..., str]
) -> None:
    before = json.loads((runs / "first-digits-0001" / "evaluation.json").read_text())
    answer = told("evaluate", "last", "--no-report", "--runs", runs)
    assert {"accuracy", "accuracy_interval", "loss", "wrong", "total"} <= answer.keys()
    assert (answer["wrong"], answer["total"]) == (before["wrong"], before["total"])
    low, high = answer["accuracy_interval"]
    assert low < answer["accuracy"] < high
    text = shown("evaluate", "last", "--no-report", "--runs", runs)
    assert f"wrong          {before['wrong']} of 359" in text
    assert text.endswith(f"\nTest set scored {answer['test_looks']['times'] + 1} times\n"), "and that was a look"


def test_evaluate_tells_programs_about_every_class(runs: Path, told: Callable[..., dict[str, Any]]) -> None:
    answer = told("evaluate", "last", "--no-report", "--runs", runs)
    assert [score["name"] for score in answer["per_class"]] == list("0123456789")
    assert sum(score["support"] for score in answer["per_class"]) == answer["total"] == answer["weighted"]["support"]
    assert answer["weighted"]["recall"] == pytest.approx(answer["accuracy"])
    assert answer["accuracy"] < answer["top2_accuracy"] < 1
    assert answer["log_loss"] == pytest.approx(answer["loss"], rel=1e-5)
    assert 0.9 < answer["auc"]["macro"] < 1
    assert 0.9 < answer["average_precision"]["micro"] < 1
    assert 0 < answer["calibration"]["ece"] < 0.3
    assert answer["abstain"][0]["accuracy"] == answer["accuracy"]
    first = answer["most_confused"][0]
    assert (len(first["ids"]), first["true"] != first["predicted"]) == (first["count"], True)


def test_evaluate_prints_the_classification_report(runs: Path, shown: Callable[..., str]) -> None:
    lines = shown("evaluate", "last", "--no-report", "--runs", runs).splitlines()
    (header,) = [line for line in lines if line.split() == ["precision", "recall", "f1", "support"]]
    first = lines[lines.index(header) + 1]
    assert (first.split()[0], first.split()[-1], first.count(" to ")) == ("0", "36", 2)
    assert any(line.startswith("test loss      0.") for line in lines)
    assert not any(line.startswith("log loss") for line in lines), "which is the same number here"
    assert any(line.startswith("in two guesses 9") for line in lines)
    assert any(" taken for " in line for line in lines)
    assert lines[-3].startswith("answer only when at least 95 % sure: ")


def test_evaluate_tells_a_program_about_a_run_that_is_not_done(
    runs: Path, tmp_path: Path, told: Callable[..., dict[str, Any]]
) -> None:
    shutil.copytree(runs, tmp_path / "runs")
    status = tmp_path / "runs" / "first-digits-0001" / "status.json"
    status.write_text(json.dumps({**json.loads(status.read_text()), "state": "interrupted", "epoch": 1}))
    (status.parent / "predictions.npz").unlink()
    assert len(told("evaluate", "last", "--runs", tmp_path / "runs")["per_class"]) == 10
    assert not (status.parent / "predictions.npz").exists()
    assert not (status.parent / "report.html").exists(), "nothing of it is kept, so there is nothing new to report"


@pytest.mark.parametrize("command", ["resume", "evaluate", "show", "report"])
@pytest.mark.parametrize(
    ("named", "said"),
    [
        ("last", "run last: no runs in runs; expected at least one. Train one"),
        ("nothing", "run nothing: no run of this name in runs"),
        ("./nowhere", "nowhere: nothing is there; expected the directory of a run"),
    ],
)
def test_a_run_that_is_not_there(command: str, named: str, said: str, refused: Callable[..., str]) -> None:
    assert said in refused(command, named)


def test_a_run_that_is_done_is_not_trained_again(runs: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["resume", "last", "--no-report", "--runs", str(runs)]) == 0
    captured = capsys.readouterr()
    assert "is done already" in captured.err
    assert "test accuracy" in captured.out
