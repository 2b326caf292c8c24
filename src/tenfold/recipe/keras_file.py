"""A .keras file from elsewhere, read as untrusted: the one door to a model in a file.

    1. keras_archive.py   the zip: known members, bounded sizes
    2. keras_config.py    config.json: only classes from the allow-list
    3. sizes.py           how large the network would be, asked without building it
    4. keras_weights.py   the HDF5 file: plain arrays in the shapes of that network

Only then does Keras build the network from the very config that was checked, with its safe mode on, and load the very
weights that were checked, from a folder that no one else can write to. Each step refuses in one line.
"""

from __future__ import annotations

import copy
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

from tenfold.backend import keras
from tenfold.errors import ModelFileError, TenfoldError
from tenfold.files import storage_errors
from tenfold.recipe.keras_archive import WEIGHTS, Archive, open_archive
from tenfold.recipe.keras_config import read_config
from tenfold.recipe.keras_weights import check_weights, most_bytes
from tenfold.recipe.objects import reason
from tenfold.recipe.sizes import Outline, outline, refuse_too_large, sizes_of


def load_keras(path: Path, *, sha256: str = "", weights: bool = True) -> Any:
    """The model in a .keras file, uncompiled. `sha256`, when given, is what the file must contain.

    Without `weights` the network is built and keeps the weights it starts with.
    """
    with open_archive(path) as archive:
        if sha256 and archive.sha256() != sha256:
            raise ModelFileError(
                path,
                found="other contents than when the recipe was made",
                expected=f"the file with SHA-256 {sha256[:12]}...",
                do="put that file back, or name this one in a new recipe",
            )
        config = read_config(archive.config(), path)
        sizes = outline(lambda: model_from(config, path))
        refuse_too_large(sizes, path, ModelFileError)
        if not weights:
            return model_from(config, path)
        return with_weights_of(archive, lambda: model_from(config, path), sizes)


def put_weights_into(model: Any, path: Path) -> Any:
    """`model`, which its owner's code has built, with the weights in a .keras file of the same network."""
    with open_archive(path) as archive:
        return with_weights_of(archive, lambda: model, sizes_of(model))


def with_weights_of(archive: Archive, make: Callable[[], Any], sizes: Outline) -> Any:
    """The model that `make` gives, made when the weights have been checked against its sizes, with them in it."""
    with tempfile.TemporaryDirectory(prefix="tenfold-") as folder:
        unpacked = unpacked_weights(archive, Path(folder), sizes)
        model = make()
        try:
            model.load_weights(unpacked)
        except Exception as error:  # Keras compares names and shapes with whatever error came to hand
            raise ModelFileError(
                archive.path,
                found=f"weights that do not fit its network: {reason(error)}",
                expected="weights of this network",
            ) from error
    return model


def unpacked_weights(archive: Archive, folder: Path, sizes: Outline) -> Path:
    """The checked weights, in a file of our own."""
    weights = folder / WEIGHTS
    with storage_errors(weights), weights.open("wb") as file:
        archive.unpack_weights(file, most_bytes(sizes))
    check_weights(weights, sizes, archive.path)
    return weights


def model_from(config: dict[str, Any], path: Path) -> Any:
    """The network that a checked config describes, with its first weights."""
    try:
        model = keras.saving.deserialize_keras_object(copy.deepcopy(config), safe_mode=True)
    except TenfoldError:
        raise
    except Exception as error:  # a config can be wrong in as many ways as Keras has errors
        raise ModelFileError(
            path, found=f"a network that Keras cannot build: {reason(error)}", expected="a model that Keras wrote"
        ) from error
    if not isinstance(model, keras.Model) or not model.built:
        raise ModelFileError(path, found="no model, or one without a known input", expected="a model that was built")
    return model
