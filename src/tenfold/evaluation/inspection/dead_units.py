"""Units that never fire: relus whose input is negative for every picture that is tried.

A relu that gives 0 for all training pictures has a gradient of 0 for all of them. It stays as it is, and the layer is
as much smaller. A few are nothing to worry about; many mean that the learning rate was too high, or the pixels not
scaled.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np
import numpy.typing as npt

from tenfold.backend import keras
from tenfold.evaluation.inspection.activations import run_telling
from tenfold.evaluation.inspection.layers import prepares

BATCH = 250  # pictures at once


def dead_units(model: keras.Model, pictures: npt.NDArray[Any]) -> list[dict[str, Any]]:
    """A row for every layer that ends in a relu: layer, units, dead, share, and which units are dead.

    pictures: a sample (pictures, height, width, channels) of raw pixels. A unit of a convolution is a filter: it is
    dead if it fires at no place of any picture.
    """
    fires: dict[str, npt.NDArray[np.bool_]] = {}

    def count(layer: Any, outputs: Any) -> None:
        if is_relu(layer) and not prepares(layer):
            values = np.asarray(outputs)
            fired = (values > 0).any(axis=tuple(range(values.ndim - 1)))  # (units,)
            fires[layer.name] = np.logical_or(fires.get(layer.name, False), fired)

    for batch in batches(pictures):
        run_telling(model, batch, count)
    return [row(name, fired) for name, fired in fires.items()]


def row(name: str, fired: npt.NDArray[np.bool_]) -> dict[str, Any]:
    dead = np.flatnonzero(~fired).tolist()
    return {"layer": name, "units": len(fired), "dead": len(dead), "share": len(dead) / len(fired), "which": dead}


def batches(pictures: npt.NDArray[Any]) -> Iterator[npt.NDArray[Any]]:
    for first in range(0, len(pictures), BATCH):
        yield pictures[first : first + BATCH]


def is_relu(layer: Any) -> bool:
    """Whether a layer ends in a relu that is 0 for all that is negative, by itself or as its activation."""
    if isinstance(layer, keras.layers.ReLU):
        return not layer.negative_slope and not layer.threshold
    return getattr(layer, "activation", None) in (keras.activations.relu, keras.activations.relu6)
