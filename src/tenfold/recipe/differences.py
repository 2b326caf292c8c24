"""In which settings recipes differ: the few rows that explain why one run came out otherwise than another."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from tenfold.recipe import allowed
from tenfold.recipe.recipe import Recipe
from tenfold.recipe.settings import GROUPS

SAID = ("units", "filters", "rate", "kernel_size", "pool_size", "activation")  # what a layer is known by
SHARED = "…"  # stands for layers that all networks begin or end with
WORDS = {  # settings and arguments that name something of Keras: the end of their names, and what there is
    "optimizer": allowed.OPTIMIZERS,
    "loss": allowed.LOSSES,
    "layer": allowed.LAYERS,
    "activation": allowed.ACTIVATIONS,
    "initializer": allowed.INITIALIZERS,
    "regularizer": allowed.REGULARIZERS,
    "constraint": allowed.CONSTRAINTS,
    "schedule": allowed.SCHEDULES,
}


def differences(recipes: Sequence[Recipe]) -> dict[str, list[Any]]:
    """The settings that are not the same everywhere: each recipe's value by the setting's key, None where it has none.

    Networks of the same kinds of layers differ by the arguments of their layers; of others the layers between those
    that all begin and end with are told in one line.
    """
    contents = [{heading: one_spelling(recipe.as_dict()[heading]) for heading in GROUPS} for recipe in recipes]
    alike = len({kinds(content) for content in contents}) == 1
    flat = [flattened(content) for content in (contents if alike else with_layers_in_one_line(contents))]
    keys = dict.fromkeys(key for each in flat for key in each)
    rows = {key: [each.get(key) for each in flat] for key in keys}
    return {key: values for key, values in rows.items() if any(value != values[0] for value in values)}


def kinds(content: Mapping[str, Any]) -> tuple[str, ...]:
    """The kinds of a network's layers, in order."""
    return tuple(layer["layer"] for layer in content["network"].get("layers", []))


def one_spelling(value: Any, name: str = "") -> Any:
    """The same with every name as Keras writes it: "adam", "Adam" and `{ optimizer = "adam" }` are one."""
    if isinstance(value, Mapping):
        inner = {key: one_spelling(item, key) for key, item in value.items()}
        return next(iter(inner.values())) if len(inner) == 1 and name.endswith(tuple(inner)) else inner
    if isinstance(value, list):
        return [one_spelling(item) for item in value]
    names = next((names for word, names in WORDS.items() if name.endswith(word)), None)
    return (allowed.canonical(value, names) or value) if names and isinstance(value, str) else value


def with_layers_in_one_line(contents: Sequence[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """The same with the layers that are not shared as one text: "…, Dropout 0.2, …"."""
    told = [[briefly(layer) for layer in content["network"].get("layers", [])] for content in contents]
    first = shared(told)
    last = shared([layers[first:][::-1] for layers in told])
    lines = []
    for layers in told:
        own = layers[first : len(layers) - last]
        lines.append(", ".join([*([SHARED] if first else []), *own, *([SHARED] if last else [])]))
    return [
        {**content, "network": {**content["network"], **({"layers": line} if layers else {})}}
        for content, layers, line in zip(contents, told, lines, strict=True)
    ]


def shared(lists: Sequence[Sequence[str]]) -> int:
    """How many items all lists begin with."""
    count = 0
    for items in zip(*lists, strict=False):
        if len(set(items)) > 1:
            break
        count += 1
    return count


def briefly(layer: Mapping[str, Any]) -> str:
    """A layer in words, with all that it was given: "Dense 128 relu kernel_regularizer=L2(l2=0.001)"."""
    others = [f"{name}={in_words(value)}" for name, value in layer.items() if name not in ("layer", *SAID)]
    return " ".join([layer["layer"], *(in_words(layer[name]) for name in SAID if name in layer), *others])


def in_words(value: Any) -> str:
    if isinstance(value, Mapping):
        kind = allowed.kind_of(value)
        inner = [f"{name}={in_words(item)}" for name, item in value.items() if name != kind]
        return f"{value[kind] if kind else ''}({', '.join(inner)})"
    return f"[{', '.join(map(in_words, value))}]" if isinstance(value, list) else str(value)


def flattened(value: Any, key: str = "") -> dict[str, Any]:
    """Nested tables, and lists of tables, as one flat one: `network.layers.1.units`."""
    if isinstance(value, Mapping):
        items: list[tuple[object, Any]] = list(value.items())
    elif isinstance(value, list) and value and all(isinstance(item, Mapping) for item in value):
        items = list(enumerate(value))
    else:
        return {key: value}
    return {
        name: item
        for part, inner in items
        for name, item in flattened(inner, f"{key}.{part}" if key else str(part)).items()
    }
