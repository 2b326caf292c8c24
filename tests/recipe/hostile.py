""".keras files as an attacker would make them: honest ones, with their insides exchanged."""

from __future__ import annotations

import io
import json
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import h5py

from tenfold.backend import keras

SHAPE = (4, 4, 1)


def model(*layers: Any) -> Any:
    """A small classifier of three classes, built and with weights."""
    output = keras.layers.Dense(3, activation="softmax", name="out")
    return keras.Sequential([keras.Input(SHAPE), *layers, keras.layers.Flatten(), output])


def saved(path: Path, *layers: Any) -> Path:
    model(*layers).save(path)
    return path


def rewritten(
    path: Path,
    *,
    config: Callable[[dict[str, Any]], Any] | None = None,
    weights: Callable[[h5py.File], Any] | None = None,
    extra: dict[str, bytes] | None = None,
    without: tuple[str, ...] = (),
    method: int = zipfile.ZIP_STORED,
) -> Path:
    """The .keras file at `path` with its config and its weights changed, members added and left out."""
    with zipfile.ZipFile(path) as archive:
        members = {name: archive.read(name) for name in archive.namelist() if name not in without}
    if config is not None:
        tree = json.loads(members["config.json"])
        members["config.json"] = json.dumps(config(tree) or tree).encode()
    if weights is not None:
        file = io.BytesIO(members["model.weights.h5"])
        with h5py.File(file, "r+") as h5:
            weights(h5)
        members["model.weights.h5"] = file.getvalue()
    with zipfile.ZipFile(path, "w", method) as archive:
        for name, data in {**members, **(extra or {})}.items():
            archive.writestr(name, data)
    return path


def layer(
    name: str, module: str | None = "keras.layers", registered: str | None = None, **config: Any
) -> dict[str, Any]:
    """One object as Keras writes it."""
    return {"module": module, "class_name": name, "config": {"name": "it", **config}, "registered_name": registered}


def inserting(node: Any) -> Callable[[dict[str, Any]], None]:
    """A change to a config that puts `node` among the layers, before the last."""

    def change(tree: dict[str, Any]) -> None:
        tree["config"]["layers"].insert(-1, node)

    return change
