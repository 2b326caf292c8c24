"""What the tests of `images/` share: a small named set, and a way to write an npz file."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from tests.images.tiny import Tiny, pictures

from tenfold.images.named import NamedSet
from tenfold.images.search import digest
from tenfold.images.stored import Array


@pytest.fixture
def tiny() -> Tiny:
    x_train, y_train = pictures(60)
    x_test, y_test = pictures(20, seed=1)
    arrays = {"x_train": x_train, "y_train": y_train, "x_test": x_test, "y_test": y_test}
    named = NamedSet(
        name="tiny",
        title="Tiny",
        pictures=80,
        classes=("a", "b", "c"),
        licence="none",
        hashes={name: digest(array) for name, array in arrays.items()},
        npz_names=("tiny.npz",),
        folders=("tiny",),
        most_bytes=100_000,
    )
    return Tiny(named, arrays)


@pytest.fixture
def save(tmp_path: Path) -> Callable[..., Path]:
    """Write arrays as an npz file and say where."""

    def saved(**arrays: Array) -> Path:
        np.savez(tmp_path / "own.npz", **arrays)  # type: ignore[arg-type]  # none is called allow_pickle
        return tmp_path / "own.npz"

    return saved
