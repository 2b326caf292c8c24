"""`layers.jsonl` follows the epochs, also those of a run that was killed, and never stops one."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import numpy as np
import pytest
from tests.run.small import small_recipe

from tenfold.backend import keras
from tenfold.errors import RunError
from tenfold.run import checkpoint
from tenfold.run.directory import Directory
from tenfold.run.layer_log import MOST, LayerLog
from tenfold.run.resume import resume
from tenfold.run.run import Run
from tenfold.run.train import train


def test_every_weight_after_every_epoch(finished: Path) -> None:
    rows = Run(finished).weights
    names = [(row["epoch"], row["layer"], row["weight"]) for row in rows]
    of_one = [(layer, weight) for layer in ("dense_1", "dense_2") for weight in ("kernel", "bias")]
    assert names == [(epoch, *each) for epoch in (0, 1, 2) for each in of_one]
    assert [sum(row["counts"]) for row in rows[:4]] == [784 * 8, 8, 80, 10]
    assert rows[1]["norm"] == 0, "biases begin at nothing"
    kernel = Run(finished).model().get_layer("dense_1").kernel.numpy()
    assert rows[8]["norm"] == pytest.approx(np.linalg.norm(kernel), rel=1e-4)


def test_a_run_that_was_killed_ends_with_the_same_lines(finished: Path, tmp_path: Path) -> None:
    """Killed when the second epoch was in the files and not in a checkpoint."""
    killed = Path(shutil.copytree(finished, tmp_path / "killed" / finished.name))
    for name in ("model.keras", "predictions.npz", "evaluation.json"):
        (killed / name).unlink()
    max(checkpoint.files(killed / "state").items())[1].unlink()
    status = json.loads((killed / "status.json").read_text())
    (killed / "status.json").write_text(json.dumps({**status, "state": "running"}))
    with (killed / "layers.jsonl").open("a") as file:
        file.write('{"epoch": 3, "weights": []}\n{"epoch": 1, "wei')
    run = resume(killed, verbose=0)
    assert (run.path / "layers.jsonl").read_bytes() == (finished / "layers.jsonl").read_bytes()


@pytest.mark.parametrize("contents", [b"\xff", b"[]\n{}\n3\n", None])
def test_a_damaged_file_stops_no_training(contents: bytes | None, tmp_path: Path) -> None:
    if contents is not None:
        (tmp_path / "layers.jsonl").write_bytes(contents)
    model = keras.Sequential([keras.Input((2,)), keras.layers.Dense(1)])
    log = LayerLog(Directory(tmp_path), 5, known=3)
    log.begin(model)
    assert (tmp_path / "layers.jsonl").read_bytes() == b""
    log.look(model, 4)
    assert json.loads((tmp_path / "layers.jsonl").read_text())["epoch"] == 4


def test_a_damaged_file_is_told_to_whoever_looks(finished: Path) -> None:
    (finished / "layers.jsonl").write_text('{"epoch": 1}\n{"epoch": 2, "weights": [3]}\n')
    assert Run(finished).weights == []
    (finished / "layers.jsonl").write_text("{\n")
    with pytest.raises(RunError, match=r"layers\.jsonl: line 1 is not JSON"):
        _ = Run(finished).weights
    (finished / "layers.jsonl").write_text('{"epoch": 1, "weights": [{"layer": "a"}]}\n{"epoch": 2, "wei')
    assert Run(finished).weights == [{"epoch": 1, "layer": "a"}], "the last line is being written"
    (finished / "layers.jsonl").unlink()
    assert Run(finished).weights == []


def test_a_long_training_keeps_some_epochs(tmp_path: Path) -> None:
    model = keras.Sequential([keras.Input((2,)), keras.layers.Dense(1)])
    log = LayerLog(Directory(tmp_path), 1001, known=None)
    log.begin(model)
    for epoch in range(1, 1002):
        log.look(model, epoch)
    epochs = [json.loads(line)["epoch"] for line in (tmp_path / "layers.jsonl").read_text().splitlines()]
    assert (epochs[:3], epochs[-1]) == ([0, 6, 12], 1001)
    assert len(epochs) <= MOST + 2


def test_weights_that_are_no_numbers_are_told_as_such(tmp_path: Path) -> None:
    class Diverges(keras.callbacks.Callback):
        def on_epoch_begin(self, epoch: int, logs: object = None) -> None:
            self.model.set_weights([weights * np.nan for weights in self.model.get_weights()])

    run = train(small_recipe(epochs=1), "digits", runs=tmp_path, callbacks=[Diverges()], verbose=0)
    assert run.weights[-1] | {"epoch": 1} == {
        **{"epoch": 1, "layer": "dense_2", "weight": "bias", "shape": [10], "counts": [], "not_finite": 10},
        **dict.fromkeys(("min", "max", "mean", "deviation", "norm")),
    }
