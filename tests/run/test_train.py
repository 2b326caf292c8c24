"""Training leaves a whole run or, when what was given cannot be used, nothing at all."""

import errno
import json
import os
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from tests.run.small import LAYERS, small_recipe

from tenfold.backend import keras
from tenfold.engine import evaluate as engine_evaluate
from tenfold.errors import InputError, RunError, StorageError, TrainingError
from tenfold.images.dataset import Dataset
from tenfold.images.load import load
from tenfold.images.splits import with_validation
from tenfold.recipe.settings import Network, Preprocessing
from tenfold.recipe.training import labels_for
from tenfold.run import session
from tenfold.run.find import find
from tenfold.run.recorder import numbers
from tenfold.run.run import Run
from tenfold.run.train import train


def test_a_finished_run_is_complete(finished: Path) -> None:
    run = Run(finished)
    before = {"recipe.toml", "environment.json", "status.json", "metrics.jsonl", "layers.jsonl", "looks.jsonl", "state"}
    afterwards = {"model.keras", "predictions.npz", "evaluation.json", "findings.json"}
    assert {path.name for path in finished.iterdir()} == before | afterwards
    status = run.status
    assert (status.state, status.epoch, status.epochs, status.step) == ("done", 2, 2, 0)
    assert (status.recipe, status.data, status.parameters) == ("small", "digits", 784 * 8 + 8 + 8 * 10 + 10)
    assert status.started < status.finished
    assert status.train_seconds > 0
    assert status.compile_seconds > 0


def test_metrics_are_one_object_an_epoch(finished: Path) -> None:
    rows = [json.loads(line) for line in (finished / "metrics.jsonl").read_text().splitlines()]
    assert [row["epoch"] for row in rows] == [1, 2]
    measured = {f"{stage}{name}" for stage in ("", "train_", "val_") for name in ("loss", "accuracy")}
    assert set(rows[0]) == {"epoch", "seconds", "learning_rate"} | measured
    assert rows[1]["loss"] < rows[0]["loss"]
    assert rows[0]["learning_rate"] == pytest.approx(0.001)
    assert Run(finished).history["loss"] == [row["loss"] for row in rows]


def test_training_pictures_are_scored_again_unless_that_is_switched_off(finished: Path, tmp_path: Path) -> None:
    plain = train(small_recipe(validation=0.2, rescore=False), "digits", runs=tmp_path, verbose=0)
    assert not [name for name in plain.metrics[0] if name.startswith("train_")]
    assert np.array_equal(plain.predictions.probabilities, Run(finished).predictions.probabilities)
    assert plain.recipe.digest == Run(finished).recipe.digest
    run = Run(finished)
    held_in = with_validation(load("digits"), 0.2, 0).train
    said = engine_evaluate(run.model(), held_in.images, held_in.labels)
    assert run.metrics[-1]["train_loss"] == pytest.approx(said["loss"], rel=0.05)  # 1,000 of 1,150 pictures


def test_the_environment_says_what_it_was_made_with(finished: Path) -> None:
    about, data = Run(finished).environment, load("digits")
    assert about["recipe"]["digest"] == Run(finished).recipe.digest == small_recipe(validation=0.2).digest
    assert about["data"]["fingerprint"] == data.fingerprint
    assert about["data"]["pictures"] == {"train": len(data.train), "test": len(data.test)}
    assert about["versions"]["keras"] == keras.__version__
    assert about["seed"] == 0
    assert about["threads"] >= 1
    assert about["devices"]


def test_the_result_is_what_keras_says(finished: Path) -> None:
    run, test = Run(finished), load("digits").test
    model = run.model()
    said = engine_evaluate(model, test.images, labels_for(run.recipe, test.labels, 10))
    assert run.evaluation.accuracy == pytest.approx(said["accuracy"], rel=1e-6)
    assert run.evaluation.loss == pytest.approx(said["loss"], rel=1e-5)
    assert run.predictions.predicted.tolist() == np.argmax(model.predict(test.images, verbose=0), axis=1).tolist()
    assert (run.status.wrong, run.status.total) == (len(run.predictions.wrong), len(test))


def test_penalties_on_weights_are_in_the_loss(tmp_path: Path) -> None:
    layers = [LAYERS[0], {**LAYERS[1], "kernel_regularizer": {"regularizer": "L2", "l2": 0.01}}, LAYERS[2]]
    recipe = small_recipe(layers, epochs=1)
    run = train(recipe, "digits", runs=tmp_path, verbose=0)
    test = load("digits").test
    said = engine_evaluate(run.model(), test.images, labels_for(recipe, test.labels, 10))
    assert run.evaluation.loss == pytest.approx(said["loss"], rel=1e-5)
    assert run.evaluation.loss > run.evaluation.log_loss + 0.01


@pytest.fixture
def untrained(monkeypatch: pytest.MonkeyPatch) -> None:
    """For what is told and written before training: it ends when it would begin."""
    monkeypatch.setattr("tenfold.run.train.train_to_the_end", lambda *given: None)


def test_names(tmp_path: Path, untrained: None) -> None:
    recipe = small_recipe(epochs=1)
    assert train(recipe, "digits", runs=tmp_path, verbose=0).name == "small-digits-0001"
    assert train(recipe, "digits", runs=tmp_path, verbose=0).name == "small-digits-0002"
    with pytest.raises(RunError, match=r"run small-digits-0002: .* exists already"):
        train(recipe, "digits", runs=tmp_path, name="small-digits-0002", verbose=0)


def test_the_same_seed_gives_the_same_bytes(tmp_path: Path, finished: Path) -> None:
    recipe = small_recipe(validation=0.2)
    again = train(recipe, "digits", runs=tmp_path, verbose=0)
    other = train(recipe, "digits", runs=tmp_path, seed=1, verbose=0)
    expected = Run(finished).predictions.probabilities
    assert np.array_equal(again.predictions.probabilities, expected)
    assert not np.array_equal(other.predictions.probabilities, expected)


@pytest.mark.parametrize(
    "given",
    [
        {"recipe": "mpl"},
        {"data": "minst"},
        {"name": "../x"},
        {"name": "last"},
        {"overrides": ["network.layers.0.units=1000"]},
        {"overrides": ["training.batchsize=3"]},
        {"epochs": 0},
        {"learning_rate": -1.0},
    ],
    ids=str,
)
def test_bad_input_leaves_nothing(given: dict[str, Any], tmp_path: Path) -> None:
    with pytest.raises(InputError):
        train(**{"recipe": small_recipe(), "data": "digits", "runs": tmp_path / "runs", "verbose": 0, **given})
    assert not (tmp_path / "runs").exists()


def test_peeking_at_the_test_pictures_is_said(tmp_path: Path) -> None:
    said: list[str] = []
    run = train(small_recipe(epochs=1, validation="test"), "digits", runs=tmp_path, verbose=0, say=said.append)
    assert [sentence for sentence in said if 'validation = "test" looks at the test pictures' in sentence]
    assert run.metrics[0]["val_accuracy"] == pytest.approx(run.evaluation.accuracy, abs=1e-6)


def test_pictures_made_in_python(tmp_path: Path, digits: Dataset, untrained: None) -> None:
    made = replace(digits, name="my own")
    run = train(small_recipe(epochs=1), made, runs=tmp_path, verbose=0)
    assert run.name == "small-my-own-0001"
    with pytest.raises(
        RunError,
        match=r"the data of small-my-own-0001: they were made or changed in Python .*Run\(path, data=dataset\)",
    ):
        Run(run.path).data()


def test_a_network_that_diverges_writes_no_nan(tmp_path: Path) -> None:
    class Diverges(keras.callbacks.Callback):
        def on_epoch_begin(self, epoch: int, logs: Any = None) -> None:
            self.model.set_weights([weights * np.nan for weights in self.model.get_weights()])

    run = train(small_recipe(), "digits", runs=tmp_path, callbacks=[Diverges()], verbose=0)
    assert run.metrics[-1]["loss"] is None
    assert run.status.loss is None
    assert np.isnan(run.evaluation.loss)
    for name in ("metrics.jsonl", "evaluation.json", "status.json"):
        assert "NaN" not in (run.path / name).read_text()
    json.dumps(run.predict(load("digits").test.images[0]).as_json(), allow_nan=False)


def test_a_metric_with_a_number_for_each_class(tmp_path: Path) -> None:
    recipe = small_recipe(labels="one-hot", loss="categorical_crossentropy", metrics=["f1_score"], epochs=1)
    run = train(recipe, "digits", runs=tmp_path, verbose=0)
    assert len(run.metrics[0]["f1_score"]) == 10
    assert numbers([0.5, np.nan]) == [0.5, None]


@pytest.fixture
def digits() -> Dataset:
    return load("digits")


def test_an_error_while_training_is_told(tmp_path: Path) -> None:
    class Fails(keras.callbacks.Callback):
        def on_epoch_end(self, epoch: int, logs: Any = None) -> None:
            if epoch == 1:
                raise ValueError("no\nmore")

    with pytest.raises(ValueError, match="no\nmore") as caught:
        train(small_recipe(), "digits", runs=tmp_path, callbacks=[Fails()], verbose=0)
    run = caught.value.run
    assert (run.status.state, run.status.message) == ("failed", "ValueError: no\\nmore")
    assert run.status.epoch == 1
    assert len(run.metrics) == 1
    with pytest.raises(
        RunError, match=r"no evaluation\.json yet, for it is failed; .*tenfold resume small-digits-0001"
    ):
        _ = run.evaluation
    assert run.predict(load("digits").test.images[0]).label in "0123456789"  # as the checkpoint has it


def test_a_folder_for_runs_that_cannot_be_made_is_told_before_the_data_are_loaded(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(StorageError, match="file/runs: a part of this path is a file"):
        train(small_recipe(), "no such data", runs=tmp_path / "file" / "runs", verbose=0)


def test_when_the_name_is_none_no_folder_is_left(tmp_path: Path) -> None:
    with pytest.raises(RunError, match="run name"):
        train(small_recipe(), "digits", runs=tmp_path / "a" / "runs", name="..", verbose=0)
    assert list(tmp_path.iterdir()) == []


def full_disk_at(number: int, monkeypatch: pytest.MonkeyPatch) -> None:
    """Let the disk be full from rename number `number` on."""
    really, count = os.replace, 0

    def counting(*arguments: Any) -> None:
        nonlocal count
        count += 1
        if count > number:
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
        really(*arguments)

    monkeypatch.setattr(os, "replace", counting)


def test_a_full_disk_with_room_for_a_word_tells_the_reason(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*given: Any) -> None:
        raise StorageError("the checkpoint", found="the disk is full", do="free some space")

    monkeypatch.setattr("tenfold.run.checkpoint.save", full)
    with pytest.raises(StorageError) as caught:
        train(small_recipe(), "digits", runs=tmp_path, verbose=0)
    status = caught.value.run.status  # type: ignore[attr-defined]
    assert (status.state, status.message) == ("failed", "the checkpoint: the disk is full. Free some space")


def test_a_reader_that_goes_away_interrupts(tmp_path: Path) -> None:
    class Prints(keras.callbacks.Callback):
        def on_epoch_begin(self, epoch: int, logs: Any = None) -> None:
            if epoch == 1:
                raise BrokenPipeError(errno.EPIPE, os.strerror(errno.EPIPE))

    with pytest.raises(BrokenPipeError) as caught:
        train(small_recipe(), "digits", runs=tmp_path, callbacks=[Prints()], verbose=0)
    status = caught.value.run.status  # type: ignore[attr-defined]
    assert (status.state, status.epoch) == ("interrupted", 1)
    assert status.message == "the reader of its output went away"


@pytest.mark.parametrize("renames", [0, 2])
def test_a_disk_that_is_full_from_the_beginning_leaves_nothing(
    renames: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    full_disk_at(renames, monkeypatch)
    with pytest.raises(StorageError, match="the disk is full"):
        train(small_recipe(), "digits", runs=tmp_path, verbose=0)
    assert list(tmp_path.iterdir()) == []


def test_a_disk_that_fills_up_while_training_leaves_the_last_checkpoint(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as patch:
        full_disk_at(10, patch)  # recipe, environment, 2 × status, 2 × no rows; metrics, checkpoint, status; metrics
        with pytest.raises(StorageError, match=r"checkpoint-000002\.npz: the disk is full"):
            train(small_recipe(), "digits", runs=tmp_path, verbose=0)
    run = find(tmp_path, "last")
    assert run.status.state == "interrupted"  # nothing more could be written than that it was running
    assert run.status.epoch == 1
    assert run.predict(load("digits").test.images[0]).label in "0123456789"
    assert not list(tmp_path.rglob("*.partial"))


def test_a_network_of_the_wrong_size_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tenfold.run.score.predict", lambda model, images: np.zeros((len(images), 3)))
    with pytest.raises(TrainingError, match=r"outputs of shape \(3,\) for a picture; expected one number for each of"):
        train(small_recipe(epochs=1), "digits", runs=tmp_path, verbose=0)


def test_ctrl_c_after_training_loses_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def stop(*given: Any) -> Any:
        raise KeyboardInterrupt

    monkeypatch.setattr(session, "score", stop)
    with pytest.raises(KeyboardInterrupt) as caught:
        train(small_recipe(), "digits", runs=tmp_path, verbose=0)
    status = caught.value.run.status
    assert (status.state, status.epoch, status.message) == ("interrupted", 2, "stopped by the user")


@pytest.mark.parametrize(("scale", "twice"), [("unit", True), ("none", False)])
def test_pixels_that_are_scaled_twice_are_told(scale: str, twice: bool, tmp_path: Path, untrained: None) -> None:
    recipe = small_recipe()
    layers = ({"layer": "Rescaling", "scale": 1 / 255}, *LAYERS)
    recipe = replace(recipe, network=Network(layers=layers), preprocessing=Preprocessing(scale=scale))
    said: list[str] = []
    train(recipe, "digits", runs=tmp_path, epochs=1, verbose=0, say=said.append)
    told = "Pixels are scaled twice: the network begins with a Rescaling of its own, and preprocessing.scale is 'unit'"
    assert any(sentence.startswith(told) for sentence in said) == twice
