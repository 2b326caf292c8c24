"""`show`: everything about one run, drawn in characters for people and as one object for programs."""

from __future__ import annotations

import io
import json
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from tenfold.cli.main import main
from tenfold.cli.show import bytes_in_words, lines_about
from tenfold.evaluation.finding import Finding
from tenfold.evaluation.predictions import Predictions
from tenfold.run.run import Run


@pytest.fixture
def run(runs: Path, tmp_path: Path) -> Run:
    """A run to be spoiled at will."""
    return Run(shutil.copytree(runs / "first-digits-0001", tmp_path / "first-digits-0001"))


def text_about(run: Run, **how: Any) -> str:
    lines = lines_about(run, **how)
    return "\n".join(
        line if isinstance(line, str) else "".join(part if isinstance(part, str) else part[0] for part in line)
        for line in lines
    )


def rewrite(path: Path, **news: Any) -> None:
    path.write_text(json.dumps({**json.loads(path.read_text(encoding="utf-8")), **news}), encoding="utf-8")


def test_show_tells_everything_and_has_a_list_of_findings(
    runs: Path, told: Callable[..., dict[str, Any]], shown: Callable[..., str]
) -> None:
    answer = told("show", "last", "--runs", runs)
    assert answer["run"] == "first-digits-0001"
    assert {"accuracy", "time"} <= {finding["kind"] for finding in answer["findings"]}
    assert all([*finding] == ["kind", "claim", "evidence", "confidence", "advice"] for finding in answer["findings"])
    assert [row["epoch"] for row in answer["metrics"]] == [1, 2]
    assert answer["environment"]["data"]["name"] == "digits"
    assert answer["evaluation"]["total"] == 359
    assert answer["test_looks"]["times"] >= 1
    text = shown("show", "first", "--runs", runs)
    order = (
        "101,770 parameters",
        "test accuracy",
        "what it teaches",
        "\nloss\n",
        "\naccuracy\n",
        "what is taken for what",
        "epoch  sec",
    )
    places = [text.index(said) for said in (*order, "\nfiles in ", "recipe.toml", "next, type\n")]
    assert places == sorted(places)
    assert "⠒⠒⠒ training" in text
    assert "\x1b" not in text


def test_show_tells_log_loss_and_two_guesses(run: Run) -> None:
    rewrite(run.directory.evaluation, loss=0.5, log_loss=0.25, top2_accuracy=0.9972)
    assert "\nbesides log loss 0.2500, 99.7 % in two guesses\n" in text_about(run)
    rewrite(run.directory.evaluation, log_loss=None, top2_accuracy=None)
    assert "\nbesides log loss not a number\n" in text_about(run)
    rewrite(run.directory.evaluation, log_loss=0.50001, top2_accuracy=0.9972)
    assert "\nbesides 99.7 % in two guesses\n" in text_about(run), "and no number twice"
    rewrite(run.directory.evaluation, wrong="many")
    assert "besides" not in text_about(run)


def test_a_run_that_is_not_done_shows_what_it_has(
    run: Run, told: Callable[..., dict[str, Any]], shown: Callable[..., str]
) -> None:
    rewrite(run.directory.status, state="interrupted", epoch=2, epochs=5, message="stopped by the user")
    for done in (run.directory.predictions, run.directory.evaluation, run.directory.model, run.directory.findings):
        done.unlink()
    answer = told("show", run.path)
    assert answer["evaluation"] is None
    assert answer["findings"][0]["kind"] == "unfinished"
    text = shown("show", run.path)
    assert "interrupted" in text
    assert "what it teaches so far\n• It is not done: training ended after 2 of 5 epochs (stopped by the user)" in text
    assert f"→ Go on with it: `tenfold resume {run.name}`" in text
    assert "\nloss\n" in text
    assert "what is taken for what" not in text
    assert "model.keras" not in text
    assert text.endswith(f"next, type\n  tenfold resume {run.path}\n")


def test_a_run_that_never_began_an_epoch_is_shown_too(run: Run, shown: Callable[..., str]) -> None:
    rewrite(run.directory.status, state="failed", epoch=0, message="the disk is full")
    run.directory.metrics.unlink()
    run.directory.predictions.unlink()
    assert "failed: the disk is full" in shown("show", run.path)


def test_predictions_that_are_damaged_say_so_and_the_rest_is_shown(run: Run, shown: Callable[..., str]) -> None:
    run.directory.predictions.write_bytes(b"PK nothing")
    text = shown("show", run.path)
    assert "predictions.npz: " in text
    assert "\nfiles in " in text


PARTS = ("evaluation", "findings", "metrics", "environment", "looks")


@pytest.mark.parametrize("name", [*PARTS, "recipe"])
def test_a_damaged_file_is_one_line_and_the_rest_is_shown(
    name: str, run: Run, told: Callable[..., dict[str, Any]], shown: Callable[..., str]
) -> None:
    path = getattr(run.directory, name)
    path.write_bytes(b"\xff{")
    answer = told("show", run.path)
    (line,) = answer["missing"]
    assert path.name in line
    assert answer["status"]["state"] == "done"
    text = shown("show", run.path)
    assert [path.name in each for each in text.splitlines()].count(True) == (2 if name in PARTS else 1)
    assert "what is taken for what" in text
    assert "\nfiles in " in text


def test_a_person_does_not_wait_for_the_json(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tenfold.cli.show.run_as_json", lambda run: 1 / 0)
    assert main(["show", str(run.path)]) == 0


def test_a_stream_that_has_only_ascii_gets_only_ascii(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    ascii_only = io.TextIOWrapper(io.BytesIO(), encoding="ascii", write_through=True)
    monkeypatch.setattr("sys.stdout", ascii_only)
    assert main(["show", str(run.path)]) == 0
    told = ascii_only.buffer.getvalue().decode("ascii")  # type: ignore[attr-defined]
    assert "* training" in told
    assert "?" not in told.partition("what it teaches")[2]


def test_a_hundred_classes_are_told_in_pairs(run: Run) -> None:
    labels = np.repeat(np.arange(100), 3)
    said = labels.copy()
    said[:30] = (said[:30] + 1) % 100
    names = tuple(f"class {index}\x1b[31m" for index in range(100))
    Predictions.of(np.eye(100, dtype=np.float32)[said], labels, names).save(run.directory.predictions)
    text = text_about(run, width=80)
    assert "class 0\\x1b[31m taken for class 1\\x1b[31m: 3 (100.0 %)" in text
    assert "\x1b" not in text
    assert max(len(line) for line in text.splitlines() if "taken" in line) < 80


def test_findings_are_told_with_how_sure_they_are_and_what_to_do(run: Run) -> None:
    found = Finding("hostile", "It is called \x1b[31m " + "word " * 30, {}, 0.91, "type: tenfold train --no-more " * 4)
    run.directory.findings.write_text(json.dumps({"findings": [found.as_json()]}), encoding="utf-8")
    _, _, told = text_about(run, width=60).partition("what it teaches\n")
    lines = told.partition("\n\n")[0].splitlines()
    assert lines[0].startswith("• It is called \\x1b[31m word")
    assert lines[3].endswith("(91 % sure)")
    assert lines[4].startswith("  → type: tenfold train --no-more")
    assert max(map(len, lines)) <= 60
    assert text_about(run, plain=True).isascii()


def test_findings_that_make_no_sense_are_said_to_and_the_rest_is_shown(run: Run) -> None:
    run.directory.findings.write_text("[]", encoding="utf-8")
    assert "findings.json: a JSON list; expected a JSON object" in text_about(run)
    assert "\nfiles in " in text_about(run)


def test_when_nothing_is_confused_it_says_so(run: Run) -> None:
    Predictions.of(np.eye(10, dtype=np.float32), np.arange(10), tuple("0123456789")).save(run.directory.predictions)
    assert "nothing: every picture is right" in text_about(run)


def test_a_long_training_is_shown_from_both_ends(run: Run) -> None:
    rows = "".join(json.dumps({"epoch": epoch, "loss": 1 / epoch}) + "\n" for epoch in range(1, 1001))
    run.directory.metrics.write_text(rows, encoding="utf-8")
    text = text_about(run, width=80)
    assert "… 970 more epochs, which are in metrics.jsonl" in text
    numbers = [line.split()[0] for line in text.partition("\nepoch ")[2].splitlines() if line.strip()]
    assert numbers[1:32] == [*map(str, range(1, 11)), "…", *map(str, range(981, 1001))]


@pytest.mark.parametrize("width", [60, 80])
def test_nothing_but_paths_and_commands_is_wider_than_the_terminal(width: int, run: Run) -> None:
    names = [f"{kind}{measure}" for kind in ("", "train_", "val_") for measure in ("loss", "accuracy", "top_2")]
    rows = [{"epoch": epoch, "seconds": 1.5, **dict.fromkeys(names, 1 / epoch)} for epoch in range(1, 41)]
    run.directory.metrics.write_text("".join(json.dumps(row) + "\n" for row in rows), encoding="utf-8")
    text = text_about(run, width=width)
    long = [line for line in text.splitlines() if len(line) > width and str(run.path) not in line]
    assert long == []
    headers = [line.split() for line in text.splitlines() if line.startswith("epoch ")]
    assert len(headers) > 1
    assert [name for header in headers for name in header if name != "epoch"] == ["seconds", *names]


@pytest.mark.parametrize(
    ("count", "said"), [(0, "0 B"), (812, "812 B"), (5300, "5.3 kB"), (1_249_000, "1.25 MB"), (7.25e9, "7.2 GB")]
)
def test_sizes_in_words(count: float, said: str) -> None:
    assert bytes_in_words(count) == said
