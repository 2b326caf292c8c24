"""The layers of a network in the order in which a picture goes through them, those of models inside it in their place.

This file owns the walk that every inspection takes, and which weights a layer has; what is looked at on the way is in
the files beside it.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from tenfold.backend import keras

PREPARING = ("pixels", "prepare_")  # how the layers begin that a recipe puts before its network


def layers_of(model: keras.Model) -> Iterator[Any]:
    """Every layer that computes something."""
    for layer in model.layers:
        if isinstance(layer, keras.Model):
            yield from layers_of(layer)
        elif not isinstance(layer, keras.layers.InputLayer):
            yield layer


def prepares(layer: Any) -> bool:
    """Whether a layer only prepares pixels, and is no part of the network itself."""
    return str(layer.name).startswith(PREPARING)


def weights_of(layer: Any) -> Iterator[tuple[str, Any]]:
    """The layer's weights and biases by name; those of layers inside it (a Bidirectional's) by their way there."""
    for variable in layer.weights:
        inside = str(variable.path).partition(f"{layer.name}/")[2]
        yield inside or variable.name, variable
