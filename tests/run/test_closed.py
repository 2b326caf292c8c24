"""With `training.test = "never"` the test set stays closed until `evaluate` opens it, and everything says so."""

from __future__ import annotations

import json
import shutil
import sys
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from tests.run.small import small_recipe

from tenfold.cli.main import main
from tenfold.cli.output import Screen
from tenfold.cli.result import show_trained
from tenfold.errors import RecipeError, RunError
from tenfold.images.load import load
from tenfold.report.report import Report
from tenfold.run import looks, session
from tenfold.run.compare import compare
from tenfold.run.evaluate import evaluate
from tenfold.run.resume import resume
from tenfold.run.run import Run
from tenfold.run.score import score
from tenfold.run.session import split_for
from tenfold.run.train import train

Shown = Callable[..., str]
OF_THE_TEST = ("predictions.npz", "evaluation.json", "looks.jsonl")


@pytest.fixture(scope="module")
def trained(tmp_path_factory: pytest.TempPathFactory) -> Path:
    recipe = small_recipe(validation=0.2, test="never")
    return train(recipe, "digits", runs=tmp_path_factory.mktemp("runs"), verbose=0).path


@pytest.fixture
def closed(trained: Path, tmp_path: Path) -> Run:
    return Run(shutil.copytree(trained, tmp_path / "copy" / trained.name))


@pytest.fixture
def shown(capsys: pytest.CaptureFixture[str]) -> Shown:
    def show(*words: object) -> str:
        assert main([*map(str, words)]) == 0
        return capsys.readouterr().out

    return show


def test_nothing_of_the_test_pictures_is_scored_kept_or_counted(closed: Run) -> None:
    assert closed.status.state == "done"
    assert closed.closed
    assert not any((closed.path / name).exists() for name in OF_THE_TEST)
    assert closed.directory.model.exists()
    assert str(closed.looks) == "test set not scored yet"
    status = closed.status
    assert (status.accuracy, status.loss, status.wrong, status.total) == (None, None, None, None)


def test_the_weights_are_those_of_a_run_that_scored_them(closed: Run, finished: Path) -> None:
    for one, other in zip(closed.model().get_weights(), Run(finished).model().get_weights(), strict=True):
        assert np.array_equal(one, other)
    assert closed.recipe.digest == Run(finished).recipe.digest


def test_validation_is_that_of_the_finished_network(closed: Run) -> None:
    dataset = split_for(session.Session(closed.recipe, load("digits"), closed.model()))
    evaluation = score(closed.model(), closed.recipe, dataset, "validation")[1]
    assert closed.validation == replace(evaluation, top2=None)
    assert closed.validation is not None
    assert closed.validation.accuracy == pytest.approx(closed.metrics[-1]["val_accuracy"])


def test_findings_that_are_lost_are_no_reason_to_open_the_test_set(closed: Run) -> None:
    closed.directory.findings.unlink()
    with pytest.raises(RunError, match=r"no findings\.json; .* writes it again, but opens the test set"):
        _ = closed.findings
    closed.directory.findings.write_text("{}")
    with pytest.raises(RunError, match=r"no list of findings; .* it opens a test set that is still closed"):
        _ = closed.findings


def test_every_command_says_that_it_is_closed(closed: Run, shown: Shown) -> None:
    assert closed.validation is not None
    right = f"{100 * closed.validation.accuracy:.1f} %"
    shows = shown("show", closed.path)
    assert "test    the test set is still closed; to open it: tenfold evaluate small-digits-0001" in shows
    assert f"result  validation accuracy {right}" in shows
    assert f"\n  tenfold evaluate {closed.path}\n" in shows
    listed = shown("runs", "--runs", closed.path.parent)
    assert f"closed, validation {right}" in listed
    assert "closed: its test pictures are not scored yet; to open them, type: tenfold evaluate RUN" in listed
    told = json.loads(shown("show", closed.path, "--json"))
    assert told["evaluation"] is None
    assert told["status"]["val_accuracy"] == closed.validation.accuracy
    kinds = [finding["kind"] for finding in told["findings"]]
    assert "closed" in kinds
    assert not {"failed", "accuracy", "many_looks", "no_validation", "calibrated"} & set(kinds)


def test_the_report_says_it_and_shows_validation(closed: Run) -> None:
    text = Report.of(closed).text
    assert "The test set is still closed. To open it for this run, type: tenfold evaluate small-digits-0001" in text
    assert closed.validation is not None
    assert f"of the {closed.validation.total} validation pictures are recognised" in text
    assert "validation loss" in text
    assert "test loss" not in text


@pytest.mark.parametrize("name", ["evaluation", "predictions", "confusion"])
def test_what_needs_the_test_pictures_says_how_to_open_them(name: str, closed: Run) -> None:
    with pytest.raises(
        RunError, match=r"test set is still closed, .* Open it, .*: `tenfold evaluate small-digits-0001`"
    ):
        getattr(closed, name)


def test_a_closed_run_is_not_compared(closed: Run, finished: Path) -> None:
    other = Run(shutil.copytree(finished, closed.path.with_name("other")))
    with pytest.raises(RunError, match=r"run small-digits-0001: its test set is still closed"):
        compare(other, closed)


def test_looks_of_others_count_although_it_has_none(closed: Run, finished: Path) -> None:
    shutil.copytree(finished, closed.path.with_name("other"))
    assert str(closed.looks) == "test set not scored yet, and once by another run in this folder"
    closed.directory.environment.write_text("{}")
    assert closed.looks.others == 0


def test_evaluate_opens_it(closed: Run, shown: Shown) -> None:
    text = shown("evaluate", closed.path)
    assert "Test set scored once" in text
    assert f"The test set is open now.\nThe report is written anew: {closed.directory.report}\n" in text
    report = closed.directory.report.read_text(encoding="utf-8")
    assert "still closed" not in report
    assert "test pictures are recognised" in report
    assert not closed.closed
    assert closed.status.accuracy == closed.evaluation.accuracy == closed.predictions.accuracy
    kinds = [finding.kind for finding in closed.findings]
    assert "accuracy" in kinds
    assert "closed" not in kinds
    assert "closed" not in shown("show", closed.path)
    assert "closed" not in shown("runs", "--runs", closed.path.parent)
    assert "The test set is open now" not in shown("evaluate", closed.path, "--no-report")


def test_the_end_of_its_training_says_it(closed: Run, capsys: pytest.CaptureFixture[str]) -> None:
    show_trained(closed, Screen(sys.stdout), None)
    text = capsys.readouterr().out
    assert "\nvalidation     " in text
    assert f"test set       still closed; to open it: tenfold evaluate {closed.path}\n" in text
    assert "looks          test set not scored yet\n" in text
    assert "test accuracy" not in text


def test_train_tells_a_program_and_the_other_commands_agree(tmp_path: Path, shown: Shown) -> None:
    words = ("train", "first", "--data", "digits", "--epochs", "1", "--set", "training.test=never", "--no-report")
    told = json.loads(shown(*words, "--runs", tmp_path, "--json"))
    measured = ("test_accuracy", "test_accuracy_interval", "test_loss", "wrong", "total", "validation")
    assert [told[name] for name in measured] == [None] * len(measured)
    assert {name.name for name in looks.directories(tmp_path)} == {"first-digits-0001"}
    assert "closed" in shown("runs", "--runs", tmp_path)
    assert "\nresult " not in shown("show", tmp_path / "first-digits-0001")


def test_a_run_that_was_stopped_stays_closed_when_it_is_resumed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def stop(*given: Any) -> Any:
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(session, "write_model", stop)
        with pytest.raises(KeyboardInterrupt) as caught:
            train(small_recipe(epochs=1, test="never"), "digits", runs=tmp_path, verbose=0)
    stopped = caught.value.run
    assert not stopped.closed
    assert resume(stopped, verbose=0).closed
    assert stopped.looks.times == 0


def test_an_evaluation_of_a_run_that_was_killed_while_it_was_opened_is_believed(closed: Run) -> None:
    before = closed.directory.status.read_text(encoding="utf-8")
    evaluate(closed)
    closed.directory.status.write_text(before, encoding="utf-8")
    assert not closed.closed
    assert "test accuracy" in str(closed)


def test_closed_and_validated_on_it_is_a_contradiction() -> None:
    with pytest.raises(RecipeError) as caught:
        small_recipe(validation="test", test="never")
    assert str(caught.value) == (
        "training.test: 'never', but training.validation = \"test\" looks at the test pictures after every epoch; "
        "expected validation on training pictures that are held out. Set training.validation to 0.1"
    )


def test_validation_numbers_that_make_no_sense_are_said_to(closed: Run) -> None:
    status = json.loads(closed.directory.status.read_text(encoding="utf-8"))
    closed.directory.status.write_text(json.dumps({**status, "val_wrong": 10**6}), encoding="utf-8")
    with pytest.raises(RunError, match=r"status\.json: no evaluation that makes sense"):
        _ = closed.validation
    assert "no evaluation that makes sense" in str(closed)
