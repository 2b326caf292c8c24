"""A recipe with some settings changed: `network.dropout=0.5`, `training.epochs=3`.

Besides every key of `settings.py` there are shorthands for what one wants to vary in a list of layers, and the way to
one argument of one layer, `network.layers.2.units=64`. Each says plainly when the network has no such thing.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from tenfold.errors import RecipeError, UsageError, did_you_mean
from tenfold.recipe.layers import CLASSES, check_rate
from tenfold.recipe.recipe import TEXTS, Recipe, recipe_from, unknown_key
from tenfold.recipe.settings import SETTINGS, parsed
from tenfold.recipe.table import frozen

Layers = list[dict[str, Any]]


def apply(recipe: Recipe, changes: Iterable[str] | Mapping[str, Any]) -> Recipe:
    """`recipe` with `changes`: "key=value" as it is typed, or keys and values as Python has them.

    They take effect in the order in which they are given.
    """
    values = recipe.as_dict()
    pairs = list(changes.items()) if isinstance(changes, Mapping) else [typed(each) for each in changes]
    for key, value in pairs:
        change(values, key, value)
    return recipe_from(values) if pairs else recipe


def typed(text: str) -> tuple[str, Any]:
    """The key and the value of one "key=value"."""
    key, equals, value = text.partition("=")
    key, value = key.strip(), value.strip()
    if not equals or not key:
        raise UsageError(text, found="no key and value", expected="KEY=VALUE, such as training.epochs=3")
    return key, SETTINGS[key].parse(value) if key in SETTINGS else value if key in TEXTS else parsed(value)


def change(values: dict[str, Any], key: str, value: Any) -> None:
    """Set one key in the nested dicts of a recipe."""
    if key in SHORTHANDS:
        SHORTHANDS[key].set(layers_of(values, key), value)
    elif key.startswith("network.layers."):
        change_argument(layers_of(values, key), key, value)
    elif key in TEXTS:
        values[key] = value
    elif key in SETTINGS:
        heading, _, name = key.partition(".")
        values[heading][name] = SETTINGS[key].checked(value)
        for other in ("layers", "function", "file", "sha256"):
            if name in ("layers", "function", "file") and other != name:
                values[heading].pop(other, None)  # a network is one of these; naming another replaces it
    else:
        raise unknown_key(key, [*SETTINGS, *SHORTHANDS, *TEXTS])


def layers_of(values: dict[str, Any], key: str) -> Layers:
    layers: Layers = values["network"].get("layers", [])
    if not layers:
        raise RecipeError(key, found="a network that is not a list of layers", expected="a recipe with network.layers")
    return layers


def change_argument(layers: Layers, key: str, value: Any) -> None:
    """Set one argument of one layer: network.layers.2.units."""
    index, _, argument = key.removeprefix("network.layers.").partition(".")
    if not index.isascii() or not index.isdigit() or len(index) > 4 or int(index) >= len(layers):
        raise RecipeError(key, found=f"no layer {index!r}", expected=f"a layer from 0 to {len(layers) - 1}")
    if not argument:
        raise RecipeError(key, found="a layer without an argument", expected=f"{key}.ARGUMENT, such as {key}.units")
    target, path = layers[int(index)], argument.split(".")
    for name in path[:-1]:
        if not isinstance(target.get(name), dict):
            raise RecipeError(key, found=f"no table {name!r} in this layer", do=did_you_mean(name, target))
        target = target[name]
    target[path[-1]] = frozen(value, key)


def set_dropout(layers: Layers, rate: Any) -> None:
    dropouts = [layer for layer in layers if "Dropout" in layer["layer"]]
    if not dropouts:
        raise RecipeError(
            "network.dropout",
            found="no Dropout layer in this network",
            do="use a recipe that has one: first, cnn or mlp",
        )
    check_rate(rate, "network.dropout")
    for layer in dropouts:
        layer["rate"] = float(rate)


def set_activation(layers: Layers, name: Any) -> None:
    """Give every hidden layer another activation, however it was written: an argument, an Activation, a ReLU."""
    hidden = layers[: output_at(layers, "network.activation")]
    found = [layer for layer in hidden if "activation" in layer or layer["layer"] == "ReLU"]
    if not found:
        raise RecipeError("network.activation", found="no hidden activation in this network")
    if not isinstance(name, str):
        raise RecipeError(
            "network.activation", found=repr(name)[:80], expected="the name of an activation, such as tanh"
        )
    for layer in found:
        if layer["layer"] == "ReLU":
            layer.clear()
            layer["layer"] = "Activation"
        layer["activation"] = name


def set_hidden(layers: Layers, widths: Any) -> None:
    """Give the hidden Dense layers these widths; with more widths the last hidden layer is repeated, with less some go.

    A hidden layer is a Dense and what follows it up to the next Dense, so its activation and its dropout go with it.
    """
    widths = [widths] if isinstance(widths, int) else widths
    if not isinstance(widths, list | tuple) or not all(type(width) is int and width >= 1 for width in widths):
        raise RecipeError("network.hidden", found=repr(widths)[:80], expected="widths from 1, such as [512, 512]")
    output = output_at(layers, "network.hidden")
    starts = [index for index, layer in enumerate(layers[:output]) if layer["layer"] == "Dense"]
    if not starts and widths:
        raise RecipeError("network.hidden", found="no hidden Dense layer in this network", expected="one to go by")
    first = starts[0] if starts else output
    blocks = [layers[start:end] for start, end in zip(starts, [*starts[1:], output], strict=True)]
    hidden: Layers = []
    for index, width in enumerate(widths):
        block = blocks[min(index, len(blocks) - 1)]
        hidden += [{**layer, "units": width} if layer["layer"] == "Dense" else dict(layer) for layer in block]
    layers[first:output] = hidden


def output_at(layers: Layers, key: str) -> int:
    """Where the output begins: the last layer with one unit for each class, else the last Dense."""
    for wanted in (
        lambda layer: CLASSES in (layer.get("units"), layer.get("filters")),
        lambda layer: layer["layer"] == "Dense",
    ):
        places = [index for index, layer in enumerate(layers) if wanted(layer)]
        if places:
            return places[-1]
    raise RecipeError(key, found="no layer that gives the classes", expected='a last Dense with units = "classes"')


@dataclass(frozen=True)
class Shorthand:
    """A key that changes several layers at once."""

    key: str
    help: str
    set: Callable[[Layers, Any], None]


SHORTHANDS = {
    each.key: each
    for each in (
        Shorthand("network.dropout", "the rate of every Dropout", set_dropout),
        Shorthand("network.activation", "the activation of every hidden layer", set_activation),
        Shorthand("network.hidden", "the widths of the hidden Dense layers: [512, 512]", set_hidden),
    )
}
