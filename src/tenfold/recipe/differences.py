"""In which settings recipes differ: the few rows that explain why one run came out otherwise than another."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from tenfold.recipe.recipe import Recipe
from tenfold.recipe.settings import GROUPS

SAID = ("units", "filters", "rate", "kernel_size", "pool_size")  # what a layer is known by


def differences(recipes: Sequence[Recipe]) -> dict[str, list[Any]]:
    """The settings that are not the same everywhere: each recipe's value by the setting's key, None where it has none.

    Networks of the same kinds of layers differ by the arguments of their layers; of others each is told in one line.
    """
    contents = [{heading: recipe.as_dict()[heading] for heading in GROUPS} for recipe in recipes]
    alike = len({kinds(content) for content in contents}) == 1
    flat = [flattened(content if alike else in_one_line(content)) for content in contents]
    keys = dict.fromkeys(key for each in flat for key in each)
    rows = {key: [each.get(key) for each in flat] for key in keys}
    return {key: values for key, values in rows.items() if any(value != values[0] for value in values)}


def kinds(content: Mapping[str, Any]) -> tuple[str, ...]:
    """The kinds of a network's layers, in order."""
    return tuple(layer["layer"] for layer in content["network"].get("layers", []))


def in_one_line(content: Mapping[str, Any]) -> dict[str, Any]:
    """The same with the layers as one text: "Flatten, Dense 128, Dropout 0.2, Dense classes"."""
    network = dict(content["network"])
    if "layers" in network:
        network["layers"] = ", ".join(map(briefly, network["layers"]))
    return {**content, "network": network}


def briefly(layer: Mapping[str, Any]) -> str:
    return " ".join([layer["layer"], *(str(layer[name]) for name in SAID if name in layer)])


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
