"""A recipe becomes a compiled Keras model that takes raw pictures, and a model becomes a table of its layers.

What prepares the pixels lives inside the model: `pixels` takes values 0..255 in the data's own height, width and
channels, `prepare_*` layers augment, scale and flatten them, and then the network begins. So a saved model cannot be
fed wrongly. How it is compiled is in `training.py`, how large it may be in `sizes.py`.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tenfold.backend import keras
from tenfold.errors import RecipeError
from tenfold.recipe import keras_file, own_code
from tenfold.recipe.keras_config import PIXELS
from tenfold.recipe.objects import class_of, make, reason, snake_case
from tenfold.recipe.recipe import Recipe
from tenfold.recipe.sizes import outline, output_shapes, refuse_too_large
from tenfold.recipe.training import compiled

PREPARE = "prepare_"

Shape = tuple[int, int, int]  # height, width, channels


def build(recipe: Recipe, shape: Shape, classes: int, *, trust_code: bool = False) -> Any:
    """The model of `recipe` for pictures of `shape`, compiled. The same seed gives the same weights.

    Keras', NumPy's and Python's random numbers are seeded on the way. `trust_code` says that the person at the
    keyboard asked for the code which `network.function` names; without it such a recipe is refused.
    """
    if len(shape) != 3 or min(shape) < 1 or classes < 2:
        raise RecipeError("network", found=f"pictures of {shape} in {classes} classes", expected="some of each")
    network = recipe.network
    if not network.function:
        sizes = outline(lambda: assembled(recipe, shape, classes, inner=opened(recipe, weights=False)))
        refuse_too_large(sizes, "network")
    keras.utils.set_random_seed(recipe.training.seed)
    if network.function:
        inner = own_code.model_of(network.function, prepared_shape(recipe, shape), classes, trust_code=trust_code)
        if not isinstance(inner, keras.Model):
            raise RecipeError(
                network.function, found=f"it returned a value of type {type(inner).__name__}", expected="a Keras model"
            )
    else:
        inner = opened(recipe, weights=True)
    model = assembled(recipe, shape, classes, inner=inner)
    check_output(model, classes, own=bool(network.layers))
    return compiled(recipe, model)


def opened(recipe: Recipe, *, weights: bool) -> Any:
    """The model in the recipe's .keras file, or None where it has none."""
    network = recipe.network
    if not network.file:
        return None
    return keras_file.load_keras(Path(network.file), sha256=network.sha256, weights=weights)


def assembled(recipe: Recipe, shape: Shape, classes: int, *, inner: Any = None) -> Any:
    """Pixels, what prepares them, and the network: the recipe's own layers, or the model `inner`."""
    inputs = keras.Input(shape, name=PIXELS)
    outputs = inputs
    for layer in prepared(recipe):
        outputs = layer(outputs)
    if inner is None:
        for layer, key in network_layers(recipe, classes):
            outputs = called(layer, outputs, key)
    else:
        if outputs is inputs and fits(inner, shape) == shape:
            return inner
        outputs = reshaped(inner, outputs)
        outputs = called(inner, outputs, "network")
    try:
        return keras.Model(inputs, outputs, name=recipe.name.replace(".", "_").replace("-", "_"))
    except ValueError as error:  # two layers of the same name
        raise RecipeError("network.layers", found=reason(error), expected="layers that make one network") from error


def prepared(recipe: Recipe) -> Iterator[Any]:
    """The layers between the pixels and the network; augmentation works on raw pixels and only while training."""
    change, layers = recipe.augmentation, keras.layers
    if change.rotate:
        turn = change.rotate / 360
        yield layers.RandomRotation(turn, fill_mode=change.fill, name=f"{PREPARE}rotate")
    if change.shift:
        yield layers.RandomTranslation(change.shift, change.shift, fill_mode=change.fill, name=f"{PREPARE}shift")
    if change.zoom:
        yield layers.RandomZoom(change.zoom, fill_mode=change.fill, name=f"{PREPARE}zoom")
    if change.flip != "none":
        mode = "horizontal_and_vertical" if change.flip == "both" else change.flip
        yield layers.RandomFlip(mode, name=f"{PREPARE}flip")
    scale = recipe.preprocessing.scale
    if scale == "unit":
        yield layers.Rescaling(1 / 255, name=f"{PREPARE}scale")
    elif scale == "signed":
        yield layers.Rescaling(1 / 127.5, offset=-1, name=f"{PREPARE}scale")
    elif scale == "standard":
        yield layers.LayerNormalization(axis=(1, 2, 3), center=False, scale=False, name=f"{PREPARE}scale")
    if recipe.preprocessing.layout == "flat":
        yield layers.Flatten(name=f"{PREPARE}flat")


def prepared_shape(recipe: Recipe, shape: Shape) -> tuple[int, ...]:
    """The shape in which the network is given a picture."""
    return (math.prod(shape),) if recipe.preprocessing.layout == "flat" else shape


def network_layers(recipe: Recipe, classes: int) -> Iterator[tuple[Any, str]]:
    """The recipe's own layers, each with its key; names count within a model, so that they are the same every time."""
    seen: Counter[str] = Counter()
    for index, table in enumerate(recipe.network.layers):
        key = f"network.layers.{index}"
        kind = snake_case(class_of(table, "layer", key).__name__)
        seen[kind] += 1
        if str(table.get("name", "")).startswith((PIXELS, PREPARE)):
            raise RecipeError(
                f"{key}.name", found=repr(table["name"]), expected=f"a name without {PIXELS} or {PREPARE}"
            )
        yield make(table, "layer", key, classes=classes, name=f"{kind}_{seen[kind]}"), key


def called(layer: Any, inputs: Any, key: str) -> Any:
    try:
        return layer(inputs)
    except Exception as error:  # a layer that does not fit what comes before it, in Keras' many words
        raise RecipeError(
            f"{key} ({type(layer).__name__})",
            found=f"it cannot follow what gives {tuple(inputs.shape[1:])}: {reason(error)}",
            expected="layers that fit one after the other",
        ) from error


def fits(inner: Any, shape: tuple[int, ...]) -> tuple[int, ...]:
    """The shape in which `inner` wants a picture: its own when that holds as many values, else the one it is given."""
    wanted = getattr(inner, "input_shape", None)
    if not isinstance(wanted, tuple) or not all(isinstance(size, int) for size in wanted[1:]):
        return shape
    return wanted[1:] if math.prod(wanted[1:]) == math.prod(shape) else shape


def reshaped(inner: Any, outputs: Any) -> Any:
    given = tuple(outputs.shape[1:])
    wanted = fits(inner, given)
    return outputs if wanted == given else keras.layers.Reshape(wanted, name=f"{PREPARE}shape")(outputs)


def check_output(model: Any, classes: int, *, own: bool) -> None:
    """Refuse a network that does not end in one probability for each class."""
    found = model.output_shape
    if found != (None, classes):
        advice = "use pictures in as many classes, or another network"
        if own:
            advice = 'give the last Dense units = "classes"'
            if isinstance(found, tuple) and len(found) > 2:
                advice = 'flatten the pictures: add { layer = "Flatten" }, or set preprocessing.layout to "flat"'
        raise RecipeError(
            "network",
            found=f"it ends in {found[1:] if isinstance(found, tuple) else 'several outputs'}",
            expected=f"({classes},), one number for each class of the data",
            do=advice,
        )
    last = getattr(last_layer(model), "activation", None)
    if last is not None and last not in (keras.activations.softmax, keras.activations.sigmoid):
        raise RecipeError(
            "network",
            found=f"its last layer ends in {getattr(last, '__name__', last)}",
            expected="probabilities",
            do='give the last layer activation = "softmax"' if own else "end the network in a Softmax layer",
        )


def last_layer(model: Any) -> Any:
    last = model.layers[-1]
    return last_layer(last) if isinstance(last, keras.Model) and last.layers else last


@dataclass(frozen=True)
class LayerRow:
    """One layer as a person reads it."""

    name: str
    kind: str
    output_shape: tuple[int | None, ...]  # of one picture; () where the model does not say
    parameters: int
    arithmetic: str  # "784×256+256 = 200,960"; empty where there is nothing to count
    preprocessing: bool  # prepares pixels and is no part of the network; the others are network.layers.0, 1, ...
    activation: str = ""  # "relu"; empty where what it computes goes on as it is


def layer_table(model: Any) -> list[LayerRow]:
    """The layers of `model` from pixels to probabilities, those of models inside it in their place."""
    rows = []
    for layer in model.layers:
        if isinstance(layer, keras.Model):
            rows += [row for row in layer_table(layer) if row.kind != "InputLayer"]
        else:
            rows.append(layer_row(layer))
    return rows


def multiplications(layers: Sequence[LayerRow]) -> int:
    """About how many a picture costs: every weight once, those of a convolution at every place."""
    places = (math.prod(side or 1 for side in layer.output_shape[:-1]) for layer in layers)
    return sum(layer.parameters * count for layer, count in zip(layers, places, strict=True))


def own_scaling(model: Any) -> str:
    """The kind of layer with which the network itself scales pixels first; empty where it does not."""
    first = next((row.kind for row in layer_table(model) if not row.preprocessing and not harmless(row.kind)), "")
    return first if first in ("Rescaling", "Normalization") else ""


def harmless(kind: str) -> bool:
    """Whether a layer of this kind leaves pixels as large as they are."""
    return kind in ("InputLayer", "Reshape", "Flatten") or kind.startswith("Random")


def layers_of(recipe: Recipe, shape: Shape, classes: int, *, trust_code: bool = False) -> list[LayerRow]:
    """The layer table of a recipe's network, which is only outlined for it: a moment, whatever its size."""
    if recipe.network.function:  # code of one's own may do what cannot be outlined
        return layer_table(build(recipe, shape, classes, trust_code=trust_code))
    rows: list[LayerRow] = []

    def outlined() -> Any:
        model = assembled(recipe, shape, classes, inner=opened(recipe, weights=False))
        rows.extend(layer_table(model))
        return model

    refuse_too_large(outline(outlined), "network")
    return rows


def layer_row(layer: Any) -> LayerRow:
    shapes = [shape for node in layer._inbound_nodes for shape in output_shapes(node)]
    return LayerRow(
        name=layer.name,
        kind=type(layer).__name__,
        output_shape=shapes[0] if shapes else (),
        parameters=layer.count_params(),
        arithmetic=arithmetic([tuple(weight.shape) for weight in layer.weights]),
        preprocessing=layer.name == PIXELS or layer.name.startswith(PREPARE),
        activation=activation_of(layer),
    )


def activation_of(layer: Any) -> str:
    """What becomes of each number that a layer computes, by its name: a function's, or that of a layer within it."""
    used = getattr(layer, "activation", None)
    if not callable(used) or used is keras.activations.linear:
        return ""
    return str(getattr(used, "__name__", type(used).__name__))


def arithmetic(shapes: list[tuple[int, ...]]) -> str:
    """The sum that counts these weights: "784×256+256 = 200,960", and "4×32 = 128" for four of a kind."""
    if not shapes:
        return ""
    terms = []
    for shape, times in Counter(shapes).items():  # equal shapes once, in the order of the layer's weights
        factors = [str(size) for size in shape] or ["1"]
        terms.append("×".join([str(times), *factors] if times > 1 else factors))
    total = sum(map(math.prod, shapes))
    return f"{'+'.join(terms)} = {total:,}"
