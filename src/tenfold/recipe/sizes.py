"""How large a model would be, asked before any memory is taken for it.

The model is assembled inside JAX's abstract evaluation, where every array is only a shape: a Dense of a hundred billion
units costs the same few milliseconds as one of ten. What came out is measured and thrown away; the caller builds again.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import jax

from tenfold.backend import keras
from tenfold.errors import RecipeError

MOST_PARAMETERS = 250_000_000  # 1 GB of weights; Adam needs three times that again
MOST_VALUES = 2**26  # what one layer may give for one picture; 256 MB


@dataclass(frozen=True)
class Outline:
    """The sizes of a model that was never built."""

    parameters: int
    variables: tuple[tuple[int, ...], ...]  # the shape of each
    largest_output: int  # values for one picture, of the layer that gives most


def outline(assemble: Callable[[], Any]) -> Outline:
    """The sizes of the model that `assemble` makes."""
    made: list[Any] = []
    failed: list[Exception] = []

    def abstractly() -> None:
        try:
            made.append(assemble())
        except Exception as error:  # raised again outside, where JAX does not add its own remarks to it
            failed.append(error)

    jax.eval_shape(abstractly)
    if failed:
        raise failed[0]
    return sizes_of(made[0])


def sizes_of(model: Any) -> Outline:
    variables = tuple(tuple(variable.shape) for variable in model.variables)
    return Outline(
        parameters=sum(map(math.prod, variables)),
        variables=variables,
        largest_output=max((values_in(layer) for layer in flat_layers(model)), default=0),
    )


def flat_layers(model: Any) -> list[Any]:
    """The layers and operations of `model`, with those of models inside it in their place."""
    layers: list[Any] = []
    for layer in getattr(model, "operations", model.layers):
        layers += flat_layers(layer) if isinstance(layer, keras.Model) else [layer]
    return layers


def values_in(layer: Any) -> int:
    """How many values `layer` gives for one picture, all its outputs together, at the place where it gives most."""
    places = [output_shapes(node) for node in layer._inbound_nodes]
    return max((sum(math.prod(filter(None, shape)) for shape in shapes) for shapes in places), default=0)


def output_shapes(node: Any) -> list[tuple[int | None, ...]]:
    """The shapes that a layer gives for one picture, at one of the places where it stands in a model."""
    return [tuple(tensor.shape[1:]) for tensor in node.output_tensors]


def refuse_too_large(sizes: Outline, thing: object, error: type[RecipeError] = RecipeError) -> None:
    """Stop before memory is taken for a network that is larger than any that Tenfold is meant for."""
    if sizes.parameters > MOST_PARAMETERS:
        raise error(
            thing,
            found=f"a network of {sizes.parameters:,} parameters",
            expected=f"at most {MOST_PARAMETERS:,}",
            do="make its layers smaller",
        )
    if sizes.largest_output > MOST_VALUES:
        raise error(
            thing,
            found=f"a layer that gives {sizes.largest_output:,} values for one picture",
            expected=f"at most {MOST_VALUES:,}",
            do="make its layers smaller",
        )
