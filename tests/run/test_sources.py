"""The pictures of a run are found again as they were loaded, or it is said why not."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image

from tenfold.errors import DataError, RunError
from tenfold.images.assemble import ignore
from tenfold.images.dataset import Dataset
from tenfold.images.load import load
from tenfold.run.sources import described, reopened


def about(dataset: Dataset) -> dict[str, Any]:
    """`environment.json` of a run that was trained on `dataset`, as it comes back from the disk."""
    told = json.loads(json.dumps({"data": described(dataset)}))
    assert isinstance(told, dict)
    return told


@pytest.fixture
def leaves(tmp_path: Path) -> Path:
    random = np.random.default_rng(0)
    for name in ("oak", "elm"):
        (tmp_path / "leaves" / name).mkdir(parents=True)
        for number in range(10):
            picture = random.integers(0, 256, (12, 12), dtype=np.uint8)
            Image.fromarray(picture).save(tmp_path / "leaves" / name / f"{number}.png")
    return tmp_path / "leaves"


def test_a_dataset_is_loaded_again_as_it_was(leaves: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    dataset = load("leaves", size=10, seed=5, test_fraction=0.5)
    environment = about(dataset)
    monkeypatch.chdir(leaves)
    again = reopened(environment, "run mine", None, ignore)
    assert again.fingerprint == dataset.fingerprint
    assert (again.shape, len(again.test)) == ((10, 10, 1), 10)


def test_another_name_for_it_changes_nothing() -> None:
    dataset = load("digits", seed=3).renamed("mine")
    assert reopened(about(dataset), "run mine", None, ignore).fingerprint == dataset.fingerprint


def test_what_was_loaded_and_then_changed_has_to_be_given_again() -> None:
    changed = load("digits").with_validation(0.1)
    with pytest.raises(RunError, match=r"made or changed in Python .* tenfold\.resume\(run, data=dataset\)"):
        reopened(about(changed), "run mine", None, ignore)
    assert reopened(about(changed), "run mine", changed, ignore) is changed


def test_a_named_set_in_python_hands_is_no_longer_that_set() -> None:
    whole = load("digits")
    half = replace(whole, train=replace(whole.train, images=whole.train.images[::2], labels=whole.train.labels[::2]))
    with pytest.raises(RunError, match="given again"):
        reopened(about(half), "run mine", None, ignore)


def test_other_pictures_at_the_same_place(leaves: Path) -> None:
    environment = about(load(leaves))
    (leaves / "oak" / "0.png").unlink()
    with pytest.raises(DataError, match=r"the data of run mine: other pictures .* Bring back the pictures"):
        reopened(environment, "run mine", None, ignore)


def test_other_pictures_given_by_hand() -> None:
    with pytest.raises(DataError, match=r"other pictures .* Give the very Dataset that it was trained on"):
        reopened(about(load("digits")), "run mine", load("digits", seed=9), ignore)
