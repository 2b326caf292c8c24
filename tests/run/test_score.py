"""Scoring a model, and writing it so that its file is whole and on the run's own disk."""

from __future__ import annotations

import errno
import os
import tempfile
from pathlib import Path

import numpy as np
import pytest
from tests.run.small import small_recipe

from tenfold.errors import StorageError, TrainingError
from tenfold.images.load import load
from tenfold.recipe.network import build
from tenfold.run.directory import Directory
from tenfold.run.run import Run
from tenfold.run.score import score, write_model, write_score


class Saves:
    """Stands for a model: writes where it is told to, and may be stopped half-way."""

    def __init__(self, stopped_by: BaseException | None = None) -> None:
        self.stopped_by = stopped_by
        self.names: list[Path] = []

    def save(self, path: Path) -> None:
        self.names.append(path)
        path.write_bytes(b"half of it" if self.stopped_by else b"new")
        if self.stopped_by:
            raise self.stopped_by


def full(where: str) -> OSError:
    return OSError(errno.ENOSPC, os.strerror(errno.ENOSPC), where)


def test_a_model_is_written_beside_its_name(tmp_path: Path) -> None:
    model = Saves()
    write_model(Directory(tmp_path), model)
    assert model.names[0].parent == tmp_path
    assert model.names[0].name.startswith(".")
    assert [path.name for path in tmp_path.iterdir()] == ["model.keras"]
    assert (tmp_path / "model.keras").read_bytes() == b"new"


@pytest.mark.parametrize("error", [full("model.keras"), KeyboardInterrupt(), ValueError("no config")], ids=repr)
def test_half_a_model_is_none(error: BaseException, tmp_path: Path) -> None:
    (tmp_path / "model.keras").write_bytes(b"old")
    with pytest.raises(StorageError if isinstance(error, OSError) else type(error)):
        write_model(Directory(tmp_path), Saves(error))
    assert [path.name for path in tmp_path.iterdir()] == ["model.keras"]
    assert (tmp_path / "model.keras").read_bytes() == b"old"


def test_what_a_killed_process_left_is_swept_away(tmp_path: Path) -> None:
    model = Saves()
    write_model(Directory(tmp_path), model)
    model.names[0].write_bytes(b"half of it")
    Directory(tmp_path).sweep()
    assert [path.name for path in tmp_path.iterdir()] == ["model.keras"]


def test_a_full_temporary_folder_is_not_the_disk_of_the_run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Keras makes a folder there while it saves."""

    def refuse(*given: object, **named: object) -> str:
        raise full("/temporary/tmp123")

    monkeypatch.setattr(tempfile, "mkdtemp", refuse)
    model = build(small_recipe(), (28, 28, 1), 10)
    with pytest.raises(StorageError, match=r"^[^ ]*temporary.tmp123: the disk is full"):
        write_model(Directory(tmp_path), model)


def test_a_score_is_read_back(tmp_path: Path) -> None:
    recipe, data = small_recipe(), load("digits")
    model = build(recipe, data.shape, 10)
    predictions, evaluation = score(model, recipe, data)
    assert evaluation.total == len(data.test)
    assert evaluation.wrong == len(predictions.wrong)
    labels = data.test.labels
    expected = -np.log(predictions.probabilities[np.arange(len(labels)), labels]).mean()
    assert evaluation.loss == pytest.approx(expected, rel=1e-4)
    assert score(model, recipe, data, "train")[1].total == len(data.train)
    (tmp_path / "status.json").write_text("{}")
    write_score(Directory(tmp_path), predictions, evaluation)
    assert Run(tmp_path).evaluation == evaluation
    assert np.array_equal(Run(tmp_path).predictions.predicted, predictions.predicted)


def test_a_network_with_too_few_outputs_is_told() -> None:
    recipe = small_recipe()
    with pytest.raises(TrainingError, match=r"outputs of shape \(3,\) for a picture; expected one number for each of"):
        score(build(recipe, (28, 28, 1), 3), recipe, load("digits"))
