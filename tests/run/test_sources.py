"""The pictures of a run are found again as they were loaded, or it is said why not."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image
from tests.images.tiny import pictures

from tenfold.errors import DataError, RunError
from tenfold.images.assemble import ignore
from tenfold.images.dataset import Dataset
from tenfold.images.load import load
from tenfold.images.named import NAMED_SETS
from tenfold.images.search import digest
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


@pytest.fixture
def small_mnist(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder with a set of the name mnist that is read in no time; it can be downloaded from nowhere."""
    (x_train, y_train), (x_test, y_test) = pictures(60), pictures(20, seed=1)
    arrays = {"x_train": x_train, "y_train": y_train, "x_test": x_test, "y_test": y_test}
    hashes = {name: digest(array) for name, array in arrays.items()}
    monkeypatch.setitem(NAMED_SETS, "mnist", replace(NAMED_SETS["mnist"], hashes=hashes, mirrors=()))
    (tmp_path / "data").mkdir()
    np.savez(tmp_path / "data" / "mnist.npz", **arrays)  # type: ignore[arg-type]  # none is called allow_pickle
    return tmp_path / "data"


def test_a_named_set_is_found_where_it_was(small_mnist: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(small_mnist.parent)
    monkeypatch.setenv("TENFOLD_DATA", "data")
    dataset = load()
    monkeypatch.delenv("TENFOLD_DATA")
    monkeypatch.chdir(small_mnist)
    again = reopened(about(dataset), "run mine", None, ignore)
    assert (again.name, again.fingerprint) == ("mnist", dataset.fingerprint)


@pytest.mark.parametrize("left", ["no folder", "an empty folder", "a damaged file"])
def test_a_named_set_that_has_moved_is_looked_for(
    left: str, small_mnist: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    environment = about(load("mnist", data_dir=small_mnist))
    small_mnist.rename(tmp_path / "moved")
    if left != "no folder":
        small_mnist.mkdir()
    if left == "a damaged file":
        (small_mnist / "mnist.npz").write_bytes(b"PK")
    with pytest.raises(DataError, match="mnist: no sound copy in"):
        reopened(environment, "run mine", None, ignore)
    monkeypatch.setenv("TENFOLD_DATA", str(tmp_path / "moved"))
    assert reopened(environment, "run mine", None, ignore).source == str(tmp_path / "moved" / "mnist.npz")
