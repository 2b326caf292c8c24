"""How a recipe looks in a notebook: its layers as they are written, and the settings that are not the default.

Shapes and parameters depend on the pictures, so they are not here: `tenfold recipes NAME` has them.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from tenfold.recipe.recipe import Recipe
from tenfold.recipe.settings import GROUPS, SETTINGS
from tenfold.recipe.table import thawed
from tenfold.text_table import escaped, html_table, paragraphs


def as_html(recipe: Recipe) -> str:
    told = [("", recipe.about), ("The sheet: ", recipe.reported), ("Measured: ", recipe.measured)]
    parts = [
        f"<p><strong>{escaped(recipe)}</strong></p>",
        paragraphs(f"{label}{text}" for label, text in told if text),
        html_table([("layer", "arguments"), *layer_rows(recipe)]) if recipe.network.layers else "",
        html_table([("setting", "value"), *setting_rows(recipe)]),
    ]
    return f"<div>{''.join(parts)}</div>"


def layer_rows(recipe: Recipe) -> list[tuple[str, str]]:
    """Each layer's kind and its arguments: "Dense", "units=128, activation=relu"."""
    return [(layer["layer"], arguments(thawed(layer))) for layer in recipe.network.layers]


def arguments(layer: Mapping[str, Any]) -> str:
    return ", ".join(f"{name}={value}" for name, value in layer.items() if name != "layer")


def setting_rows(recipe: Recipe) -> list[tuple[str, str]]:
    """The settings that somebody chose, the layers apart."""
    chosen = [
        (key, getattr(getattr(recipe, heading), name))
        for key in SETTINGS
        for heading, _, name in [key.partition(".")]
        if heading in GROUPS and key != "network.layers"
    ]
    return [(key, str(thawed(value))) for key, value in chosen if value != SETTINGS[key].default]
