"""What every layer makes of a picture.

The model is called as it is, and each layer tells what it gave: so it does not matter whether the model is a chain of
layers, a graph, or has models inside. What prepares the pixels is told as well, and marked as such.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from tenfold.backend import keras
from tenfold.errors import one_line
from tenfold.evaluation.inspection.layers import layers_of, prepares
from tenfold.text_table import percent


@dataclass(frozen=True, eq=False)
class Activation:
    """What one layer gave for one picture, in its own shape: `values` (units,) or (height, width, channels)."""

    layer: str
    kind: str
    prepares: bool  # prepares pixels, and is no part of the network
    values: npt.NDArray[Any]

    def chart(self) -> Any:
        """What each unit gave, as an Altair chart of pictures: maps of a convolution, a square for a unit of others."""
        from tenfold.charts.gallery import activations

        maps = self.values if self.values.ndim == 3 else self.values.reshape(1, 1, -1)  # (height, width, units)
        return activations(np.moveaxis(maps, -1, 0), title=f"What {one_line(self.layer)} answers")

    def __str__(self) -> str:
        values = self.values.astype(np.float64)
        if not values.size:
            return f"{one_line(self.layer)} ({self.kind}): no values"
        size = "×".join(map(str, values.shape)) or "1"
        silent = f", {percent(float((values == 0).mean()))} of them 0" if not values.all() else ""
        return (
            f"{one_line(self.layer)} ({self.kind}): {size} values from {values.min():.3g} to {values.max():.3g}{silent}"
        )

    __repr__ = __str__


def activations(model: keras.Model, picture: npt.NDArray[Any]) -> list[Activation]:
    """What every layer gives for one picture (height, width, channels) of raw pixels, in the order of the layers.

    A layer that gives one number for all pictures together is left out.
    """
    found: list[Activation] = []

    def keep(layer: Any, outputs: Any) -> None:
        of_each = [np.asarray(each) for each in keras.tree.flatten(outputs) if keras.ops.ndim(each)]
        found.extend(Activation(layer.name, type(layer).__name__, prepares(layer), values[0]) for values in of_each)

    run_telling(model, picture[np.newaxis], keep)
    return found


def run_telling(model: keras.Model, pictures: npt.NDArray[Any], tell: Callable[[Any, Any], None]) -> None:
    """Call the model as for a prediction, with `tell(layer, outputs)` after each layer; nothing of it is changed."""
    before = [variable.value for variable in model.non_trainable_variables]
    try:
        with telling(model, tell):
            model(keras.ops.convert_to_tensor(pictures.astype(np.float32)), training=False)
    finally:
        for variable, value in zip(model.non_trainable_variables, before, strict=True):
            variable.assign(value)  # a layer that is random at prediction draws on


@contextmanager
def telling(model: keras.Model, tell: Callable[[Any, Any], None]) -> Iterator[None]:
    layers = list({id(layer): layer for layer in layers_of(model)}.values())

    def watched(layer: Any) -> Callable[..., Any]:
        really = layer.call

        def call(*given: Any, **named: Any) -> Any:
            outputs = really(*given, **named)
            tell(layer, outputs)
            return outputs

        return call

    for layer in layers:
        vars(layer)["call"] = watched(layer)  # past Keras' own bookkeeping of attributes
    try:
        yield
    finally:
        for layer in layers:
            del vars(layer)["call"]
