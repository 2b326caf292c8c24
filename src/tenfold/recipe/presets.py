"""The recipes of the lab sheets, each a short file in `presets/` that lists its differences from the defaults.

This module finds and reads them. What a sheet asked for, and why, stands in the comments of its file.
"""

from __future__ import annotations

from functools import lru_cache
from importlib.resources import files

from tenfold.errors import RecipeError, did_you_mean
from tenfold.recipe.recipe import Recipe
from tenfold.recipe.toml import from_toml

NAMES = ("first", "hidden10", "wide", "deep", "cnn", "mlp", "mlp-l2")  # in the order of the sheets


def names() -> tuple[str, ...]:
    """The names of the presets, in the order of the lab sheets."""
    return NAMES


@lru_cache
def load_preset(name: str) -> Recipe:
    """The preset of this name."""
    if name not in NAMES:
        raise RecipeError(name, found="no recipe of this name", do=did_you_mean(name, NAMES))
    return from_toml(preset_text(name), thing=f"the preset {name}", name=name)


def preset_text(name: str) -> str:
    """The file of a preset as it is written, comments and all."""
    return files("tenfold.recipe").joinpath("presets", f"{name}.toml").read_text(encoding="utf-8")
