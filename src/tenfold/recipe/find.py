"""A recipe by what was typed for it: the name of a preset, a .toml file, a .keras file, or `module:function`.

Finding reads and checks; it builds nothing and runs no code. That happens in `network.build`, whose caller says whether
the person asked for it.
"""

from __future__ import annotations

import os
from pathlib import Path

from tenfold.errors import RecipeError, did_you_mean
from tenfold.recipe import overrides
from tenfold.recipe.keras_archive import open_archive
from tenfold.recipe.keras_config import read_config, scales_pixels
from tenfold.recipe.own_code import names_own_code
from tenfold.recipe.presets import load_preset, names
from tenfold.recipe.recipe import Recipe, slug
from tenfold.recipe.settings import Network, Preprocessing
from tenfold.recipe.toml import read_toml

NAMEABLE = "a preset, a .toml file, a .keras file or module:function"


def find(what: str | os.PathLike[str] | Recipe) -> Recipe:
    """The recipe that `what` names; a `Recipe` is itself."""
    if isinstance(what, Recipe):
        return what
    if not isinstance(what, str | os.PathLike):
        raise RecipeError(
            "the recipe",
            found=f"an object of type {type(what).__name__}",
            expected=f"{NAMEABLE}, or a Recipe",
            do="train a Keras model of your own with tenfold.fit(model, x, y)",
        )
    text = os.fspath(what)
    if text in names():
        return load_preset(text)
    path = Path(text)
    if path.suffix.lower() == ".toml":
        return located(read_toml(path), path.parent)
    if path.suffix.lower() == ".keras":
        return recipe_of_keras_file(path)
    if names_own_code(text):
        return Recipe(
            name=slug(text.rpartition(":")[2]), about=f"The network that {text} makes", network=Network(function=text)
        )
    raise RecipeError(
        text or "the recipe",
        found="no recipe of this name",
        expected=NAMEABLE,
        do=did_you_mean(text, names()),
    )


def located(recipe: Recipe, folder: Path) -> Recipe:
    """A recipe whose .keras file is looked for beside the recipe's own file, and is known by its contents."""
    if not recipe.network.file:
        return recipe
    path = (folder / recipe.network.file).absolute()
    changes = {"network.file": str(path)}
    with open_archive(path) as archive:
        changes["network.sha256"] = recipe.network.sha256 or archive.sha256()
    return overrides.apply(recipe, changes)


def recipe_of_keras_file(path: Path) -> Recipe:
    """A recipe that goes on training the network in a .keras file, with the default settings."""
    with open_archive(path) as archive:
        config = read_config(archive.config(), path)
        network = Network(file=str(path.absolute()), sha256=archive.sha256())
    scaled = scales_pixels(config)
    return Recipe(
        name=slug(path.stem),
        about="A network from a .keras file, which "
        + ("scales pixels itself" if scaled else "is given pixels scaled to 0..1, for it has no scaling of its own"),
        network=network,
        preprocessing=Preprocessing(scale="none" if scaled else "unit"),
    )
