"""Runs are compared where they were tested on the same pictures, and told apart by what differs."""

from __future__ import annotations

import json
import shutil
from pathlib import Path
from typing import Any

import pytest
from tests.run.small import small_recipe

import tenfold
from tenfold.errors import InputError, RunError, UsageError
from tenfold.run.compare import RunComparison, cells, compare
from tenfold.run.lock import held
from tenfold.run.run import Run


@pytest.fixture(scope="module")
def pair_once(finished_once: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with two runs that differ in their seed and in how long they trained."""
    folder = tmp_path_factory.mktemp("pair")
    shutil.copytree(finished_once, folder / finished_once.name)
    tenfold.train(small_recipe(validation=0.2, epochs=3, seed=5), "digits", runs=folder, verbose=0)
    return folder


@pytest.fixture
def pair(pair_once: Path, tmp_path: Path) -> Path:
    """The same, to be spoiled at will."""
    return Path(shutil.copytree(pair_once, tmp_path / "pair"))


def change(path: Path, **changes: Any) -> None:
    path.write_text(json.dumps({**json.loads(path.read_text()), **changes}))


def compared(folder: Path) -> RunComparison:
    return compare("small-digits-0001", "small-digits-0002", runs=folder)


def test_the_numbers_are_those_of_the_runs(pair_once: Path) -> None:
    comparison = compared(pair_once)
    first, second = (Run(pair_once / name) for name in ("small-digits-0001", "small-digits-0002"))
    (difference,) = comparison.results.differences
    assert difference.difference == pytest.approx(second.evaluation.accuracy - first.evaluation.accuracy)
    assert difference.better - difference.worse == first.evaluation.wrong - second.evaluation.wrong
    one, other = comparison.table()
    assert (one["run"], one["epochs"], other["epochs"]) == ("small-digits-0001", 2, 3)
    assert one["accuracy"] == first.evaluation.accuracy
    assert json.dumps(comparison.as_json(), allow_nan=False)


def test_what_differs(pair_once: Path) -> None:
    assert compared(pair_once).settings == {"training.epochs": [2, 3], "training.seed": [0, 5]}


def test_as_text(pair_once: Path) -> None:
    text = str(compared(pair_once))
    lines = text.splitlines()
    assert lines[1].startswith("small-digits-0001 ")
    assert [line.split() for line in lines if "training.seed" in line] == [["training.seed", "0", "5"]]
    assert "small-digits-0002 is better on " in text
    assert "train each with several seeds" in text
    assert "only small-digits-0001 gets right: " in text
    assert f" {Run(pair_once / 'small-digits-0001').evaluation.accuracy:.1%}".replace("%", " %") in lines[1]


def test_values_that_differ_never_look_the_same() -> None:
    assert cells(["a" * 60, "b"]) == ["a" * 47 + "…", "b"]
    assert cells(["a" * 60 + "1", "a" * 60 + "2"]) == ["a" * 60 + "1", "a" * 60 + "2"]


def test_as_html_everything_is_escaped(pair: Path) -> None:
    change(pair / "small-digits-0002" / "environment.json", processor="<script>alert(1)</script>\x1b")
    page = compared(pair)._repr_html_()
    assert "<script>" not in page
    assert "&lt;script&gt;" in page
    assert '<img alt="Picture ' in page
    assert "\x1b" not in page
    assert "\x1b" not in str(compared(pair))


def test_only_the_seed(pair: Path) -> None:
    recipe = pair / "small-digits-0002" / "recipe.toml"
    recipe.write_text(recipe.read_text().replace("epochs = 3", "epochs = 2"))
    assert "Another recipe is better only if it is better by more than that." in str(compared(pair))


def test_the_same_training_twice(pair: Path) -> None:
    shutil.copytree(pair / "small-digits-0001", pair / "again")
    comparison = compare(Run(pair / "small-digits-0001"), pair / "again")
    assert comparison.settings == {}
    assert "the same training, done again" in str(comparison)
    assert "right about the very same pictures" in str(comparison)


def test_curves_laid_over_one_another(pair_once: Path) -> None:
    comparison = compared(pair_once)
    assert comparison.curve() == ("val_", "accuracy")
    assert [len(rows) for rows in comparison.curves().values()] == [2, 3]
    values = json.dumps(comparison.chart().to_dict())
    assert "small-digits-0001" in values
    assert "small-digits-0002" in values
    assert '"accuracy_low"' in values, "beside how accurate each is"
    assert '"epoch"' in values


def test_without_validation_what_both_have_is_drawn(pair: Path) -> None:
    metrics = pair / "small-digits-0002" / "metrics.jsonl"
    rows = [json.loads(line) for line in metrics.read_text().splitlines()]
    kept = [{name: row[name] for name in ("epoch", "loss", "accuracy")} for row in rows]
    metrics.write_text("".join(json.dumps(row) + "\n" for row in kept))
    assert compared(pair).curve() == ("", "accuracy")


def test_runs_of_the_same_name_are_told_apart_by_their_paths(pair: Path) -> None:
    other = pair / "elsewhere" / "small-digits-0001"
    shutil.copytree(pair / "small-digits-0002", other)
    comparison = compare(pair / "small-digits-0001", other)
    assert list(comparison.runs) == [str(pair / "small-digits-0001"), str(other)]


def test_one_run_is_too_few(pair_once: Path) -> None:
    with pytest.raises(UsageError, match="compare: 1 run; expected two or more"):
        compare("small-digits-0001", runs=pair_once)


def test_the_same_run_twice_is_refused(pair_once: Path) -> None:
    with pytest.raises(UsageError, match="run small-digits-0001: it is named twice; expected different runs"):
        compare("small-digits-0001", Run(pair_once / "small-digits-0002" / ".." / "small-digits-0001"), runs=pair_once)


def test_a_run_that_is_not_done_is_refused(pair: Path) -> None:
    change(pair / "small-digits-0002" / "status.json", state="interrupted")
    words = r"0002: it is interrupted; expected a run that is done\. Go on with it: `tenfold resume small-digits-0002`"
    with pytest.raises(RunError, match=words):
        compared(pair)
    change(pair / "small-digits-0002" / "status.json", state="running")
    with (
        held(pair / "small-digits-0002" / "state" / "lock", "x"),
        pytest.raises(RunError, match=r"it is running; expected a run that is done\. Wait for it$"),
    ):
        compared(pair)


@pytest.mark.parametrize(
    ("name", "words"), [("fashion", r"\(digits and fashion\)"), ("digits", r"\(both are called digits\)")]
)
def test_other_test_pictures_are_refused(name: str, words: str, pair: Path) -> None:
    environment = pair / "small-digits-0002" / "environment.json"
    about = json.loads(environment.read_text())["data"]
    changed = {**about, "name": name, "fingerprint": "f" * 64, "fingerprints": {"test": "f" * 64}}
    change(environment, data=changed)
    with pytest.raises(RunError, match=rf"they were tested on different pictures {words}; expected the same test"):
        compared(pair)


def test_other_training_pictures_are_told(pair: Path) -> None:
    environment = pair / "small-digits-0002" / "environment.json"
    about = json.loads(environment.read_text())["data"]
    change(environment, data={**about, "fingerprint": "f" * 64, "pictures": {**about["pictures"], "train": 700}})
    assert compared(pair).settings["training pictures"] == [1438, 700]


@pytest.mark.parametrize(
    ("data", "found"),
    [
        (None, "nothing about the data"),
        ({}, "no fingerprint of its pictures"),
        ({"fingerprint": 3}, "no fingerprint of its pictures"),
        ({"fingerprints": ["x"]}, "no fingerprint of its pictures"),
    ],
)
@pytest.mark.parametrize("damaged", ["small-digits-0001", "small-digits-0002"])
def test_a_run_that_does_not_say_what_it_was_tested_on_is_named(
    damaged: str, data: Any, found: str, pair: Path
) -> None:
    change(pair / damaged / "environment.json", data=data)
    with pytest.raises(InputError, match=rf"{damaged}.environment\.json: {found}.*; expected what the run wrote"):
        compared(pair)


def test_predictions_that_were_exchanged_are_noticed(pair: Path) -> None:
    from tenfold.evaluation.predictions import Predictions

    path = pair / "small-digits-0002" / "predictions.npz"
    said = Predictions.load(path)
    Predictions(said.probabilities, said.labels[::-1].copy(), said.classes).save(path)
    with pytest.raises(InputError, match="predictions for different pictures, labels or classes"):
        compared(pair)
