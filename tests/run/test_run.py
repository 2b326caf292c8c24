"""A `Run` reads its directory, which may have come from anyone, and says plainly what is wrong with it."""

import json
import shutil
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image
from tests.run.small import small_recipe

from tenfold.errors import DataError, InputError, ModelFileError, RunError
from tenfold.images.load import load
from tenfold.recipe.toml import write_toml
from tenfold.run.evaluate import evaluate
from tenfold.run.lock import held
from tenfold.run.run import Run


def change(path: Path, **changes: Any) -> None:
    path.write_text(json.dumps({**json.loads(path.read_text()), **changes}))


def test_as_text(finished: Path) -> None:
    lines = str(Run(finished)).splitlines()
    assert lines[0] == "run     small-digits-0001"
    assert lines[1] == "state   done"
    assert lines[2] == "recipe  small, 6,370 parameters"
    assert lines[4].startswith("trained 2 of 2 epochs in ")
    assert lines[5].startswith("result  test accuracy ")
    assert lines[6] == "looks   test set scored once"
    assert lines[7] == f"where   {finished}"


def test_as_html_everything_is_escaped(finished: Path) -> None:
    change(finished / "status.json", data="<script>alert(1)</script>", state="failed", message="a\nb\x1b[2J")
    page = Run(finished)._repr_html_()
    assert "<script>" not in page
    assert "&lt;script&gt;alert(1)&lt;/script&gt;" in page
    assert "failed: a\\nb\\x1b[2J" in page


def test_a_run_that_cannot_be_read_says_so_instead(tmp_path: Path) -> None:
    assert "status.json: there is no such file" in str(Run(tmp_path))
    hostile = tmp_path / "a\u202egpj"
    hostile.mkdir()
    assert "<td" in Run(hostile)._repr_html_()
    assert "\u202e" not in Run(hostile)._repr_html_()


def test_predicting_from_a_file_and_from_an_array(finished: Path, tmp_path: Path) -> None:
    picture = load("digits").test.images[5]
    Image.fromarray(picture[:, :, 0]).save(tmp_path / "digit.png")
    run = Run(finished)
    pictures = [tmp_path / "digit.png", (tmp_path / "digit.png").read_bytes(), picture, picture[:, :, 0]]
    assert [answer.label for answer in run.predict_all(pictures)] == [str(run.predictions.predicted[5])] * 4
    answers = run.predict_all(pictures, ink=False)
    assert {answer.label for answer in answers} == {str(run.predictions.predicted[5])}
    assert sum(answers[0].probabilities.values()) == pytest.approx(1, abs=1e-5)
    assert answers[0].probability == max(answers[0].probabilities.values())
    assert list(answers[0].as_json()) == ["label", "probability", "probabilities", "nearest", "warnings"]
    assert run.predict_all([]) == []
    assert f"{answers[0].label}, " in json.dumps(answers[0].chart(picture).to_dict()), "the answer and how sure it is"


def test_a_picture_of_another_shape(finished: Path) -> None:
    with pytest.raises(DataError, match=r"shape \(8, 8\); expected uint8 with shape \(28, 28, 1\)"):
        Run(finished).predict(np.zeros((8, 8), np.uint8), ink=False)


def test_the_data_are_loaded_again(finished: Path) -> None:
    assert Run(finished).data().fingerprint == load("digits").fingerprint


def test_numbers_about_its_predictions(finished: Path) -> None:
    run = Run(finished)
    total, accuracy = run.evaluation.total, run.evaluation.accuracy
    assert run.confusion.counts.trace() / total == accuracy == run.classification_report.accuracy
    assert len(run.mistakes) == run.evaluation.wrong
    assert run.calibration.accuracy == pytest.approx(accuracy)
    assert run.abstaining.thresholds[0].accuracy == accuracy
    assert 0.5 < run.roc.macro_area < 1
    assert 0.1 < run.precision_recall.micro_area < 1
    images = run.data().test.images
    for chart in (run.confusion.chart(images=images), run.mistakes.chart(images, n=3), run.roc.chart()):
        assert chart.to_dict()["$schema"]


def test_of_a_run_that_is_not_done_there_are_none(finished: Path) -> None:
    change(finished / "status.json", state="interrupted")
    (finished / "predictions.npz").unlink()
    for name in ("confusion", "classification_report", "roc", "precision_recall", "calibration", "mistakes"):
        with pytest.raises(RunError, match=r"no predictions\.npz yet, for it is interrupted; expected a run"):
            getattr(Run(finished), name)


def test_evaluating_again_writes_what_was_lost(finished: Path) -> None:
    before = Run(finished).evaluation
    for name in ("evaluation.json", "predictions.npz"):
        (finished / name).unlink()
    assert evaluate(Run(finished)) == before
    assert Run(finished).evaluation == before
    assert len(Run(finished).predictions) == before.total


def test_evaluating_other_pictures_is_refused(finished: Path) -> None:
    with pytest.raises(DataError, match="other pictures or labels than before"):
        evaluate(Run(finished), data=load("digits", seed=5))


def test_evaluating_what_is_being_trained_is_refused(finished: Path) -> None:
    with held(finished / "state" / "lock", "x"), pytest.raises(RunError, match="is being trained right now"):
        evaluate(Run(finished))


def test_evaluating_a_run_that_is_not_done_changes_nothing(finished: Path) -> None:
    change(finished / "status.json", state="interrupted")
    (finished / "evaluation.json").unlink()
    assert evaluate(finished).total == 359
    assert not (finished / "evaluation.json").exists()
    assert Run(finished).status.state == "interrupted"


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"shape": [28, 28]}, r"pictures of \[28, 28\]; expected three sizes"),
        ({"shape": [28, 28, "1"]}, "expected three sizes"),
        ({"shape": [2**40, 28, 1]}, "expected three sizes"),
        ({"classes": ["a"] * 3}, r"a model from .* to \(None, 10\); expected one from .* to \(None, 3\)"),
        ({"shape": [14, 28, 1]}, r"expected one from \(None, 14, 28, 1\)"),
    ],
)
def test_data_that_do_not_fit_the_model(changes: dict[str, Any], words: str, finished: Path) -> None:
    about = Run(finished).environment["data"]
    change(finished / "environment.json", data={**about, **changes})
    with pytest.raises(RunError, match=words):
        Run(finished).model()


@pytest.mark.parametrize(
    ("reload", "words"),
    [
        ({}, "data.reload.what is None; expected what the run wrote"),
        ("digits", "data.reload.what is None"),
        ({"what": 3}, "data.reload.what is 3"),
        ({"what": "gone.npz", "data_dir": None, "size": None, "seed": 0, "test_fraction": 0.2}, "the data of small-"),
        ({"what": "digits", "data_dir": None, "size": None, "seed": 0, "test_fraction": True}, "test_fraction is True"),
    ],
)
def test_data_that_cannot_be_found_again(reload: Any, words: str, finished: Path) -> None:
    about = Run(finished).environment["data"]
    change(finished / "environment.json", data={**about, "reload": reload})
    with pytest.raises(InputError, match=words):
        Run(finished).data()


def test_nothing_about_the_data(finished: Path) -> None:
    change(finished / "environment.json", data=None)
    with pytest.raises(RunError, match="nothing about its data"):
        Run(finished).data()
    with pytest.raises(RunError, match="nothing about the data"):
        _ = Run(finished).classes


def test_a_model_file_that_is_damaged(finished: Path) -> None:
    (finished / "model.keras").write_bytes(b"no")
    with pytest.raises(ModelFileError, match=r"model\.keras"):
        Run(finished).model()


def test_a_recipe_with_code_is_shown_and_not_run(finished: Path) -> None:
    recipe = small_recipe()
    write_toml(
        replace(recipe, network=replace(recipe.network, layers=(), function="os:abort")), finished / "recipe.toml"
    )
    assert Run(finished).recipe.network.function == "os:abort"
    Run(finished).model()  # out of model.keras, which holds no code


@pytest.mark.parametrize(
    ("text", "words"),
    [("{}\n{", "line 2 is not JSON"), ("3\n", "line 1 is a int"), ('{"loss": NaN}\n', "NaN is not JSON")],
)
def test_metrics_that_make_no_sense(text: str, words: str, finished: Path) -> None:
    (finished / "metrics.jsonl").write_text(text)
    with pytest.raises(RunError, match=rf"{words}.*It is damaged: restore it from a copy, or delete that line"):
        _ = Run(finished).metrics


def test_damaged_predictions_say_how_to_have_them_again(finished: Path) -> None:
    path = finished / "predictions.npz"
    path.write_bytes(path.read_bytes()[:-20])
    with pytest.raises(RunError, match=rf"no readable arrays .*Write it again: `tenfold evaluate {finished.name}`"):
        _ = Run(finished).predictions
    (finished / "evaluation.json").write_text("{")
    with pytest.raises(RunError, match=rf"evaluation\.json: it is not JSON .*`tenfold evaluate {finished.name}`"):
        _ = Run(finished).evaluation


def test_a_moved_run_is_the_same_run(finished: Path, tmp_path: Path) -> None:
    moved = Path(shutil.move(finished, tmp_path / "elsewhere"))
    assert Run(moved).name == "elsewhere"
    assert Run(moved).evaluation.total == 359
    assert Run(moved).predict(load("digits").test.images[0]).label in "0123456789"
