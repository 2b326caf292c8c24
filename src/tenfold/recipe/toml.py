"""Recipes as TOML: what a person writes by hand, and what every run keeps.

Reading is bounded and names the file in every error. Writing spells out every setting, so that a recipe means the same
when a later Tenfold has other defaults; reading it again gives an equal recipe with the same digest.
"""

from __future__ import annotations

import re
import tomllib
from pathlib import Path
from typing import Any

from tenfold import files
from tenfold.errors import RecipeError
from tenfold.recipe.recipe import Recipe, recipe_from, slug

LARGEST_FILE = 1024 * 1024  # bytes; a recipe of ten lines has 500
BARE_KEY = re.compile(r"[A-Za-z0-9_-]+")
ESCAPES = {'"': '\\"', "\\": "\\\\", "\b": "\\b", "\t": "\\t", "\n": "\\n", "\f": "\\f", "\r": "\\r"}


def read_toml(path: Path) -> Recipe:
    """The recipe in the file `path`. Without a name of its own it is called after the file."""
    try:
        with path.open("rb") as file:
            data = file.read(LARGEST_FILE + 1)
    except OSError as error:
        raise RecipeError(path, found=error.strerror or "it cannot be read", expected="a recipe in TOML") from error
    if len(data) > LARGEST_FILE:
        raise RecipeError(path, found="more than 1 MiB", expected="a recipe in TOML, of a few lines")
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise RecipeError(
            path, found="text that is not UTF-8", expected="a recipe in TOML", do="save it as UTF-8"
        ) from error
    return from_toml(text, thing=str(path), name=slug(path.stem))


def from_toml(text: str, *, thing: str = "recipe", name: str = "recipe") -> Recipe:
    """The recipe that `text` spells; `thing` is what errors call it, `name` what it is called if it has no name."""
    try:
        values = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise RecipeError(thing, found=f"not TOML: {error}", expected="a recipe in TOML") from error
    except RecursionError as error:
        raise RecipeError(thing, found="lists within lists without end", expected="a recipe in TOML") from error
    try:
        return recipe_from({"name": name, **values})
    except RecipeError as error:
        raise RecipeError(f"{thing}, {error.thing}", found=error.found, expected=error.expected, do=error.do) from error


def write_toml(recipe: Recipe, path: Path) -> None:
    files.write_text(path, to_toml(recipe))


def to_toml(recipe: Recipe) -> str:
    """`recipe` as TOML with every setting spelled out."""
    blocks = []
    texts: dict[str, Any] = {}
    groups: dict[str, Any] = {}
    for key, value in recipe.as_dict().items():
        (groups if isinstance(value, dict) else texts)[key] = value
    blocks.append("".join(f"{key} = {spelled(value)}\n" for key, value in texts.items()))
    for heading, values in groups.items():
        lines = [f"{key} = {block(value)}\n" for key, value in values.items() if value is not None]
        blocks.append(f"[{heading}]\n{''.join(lines)}")
    return "\n".join(blocks)


def block(value: Any) -> str:
    """A list of tables with one table a line, for that is how a network is read; anything else on one line."""
    if isinstance(value, list) and any(isinstance(item, dict) for item in value):
        return "[\n" + "".join(f"    {spelled(item)},\n" for item in value) + "]"
    return spelled(value)


def spelled(value: Any) -> str:
    """One value as TOML writes it."""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, str):
        return '"' + "".join(map(escaped, value)) + '"'
    if isinstance(value, int | float):
        return repr(value)
    if isinstance(value, list):
        return "[" + ", ".join(map(spelled, value)) + "]"
    inside = ", ".join(
        f"{key if BARE_KEY.fullmatch(key) else spelled(key)} = {spelled(item)}" for key, item in value.items()
    )
    return f"{{ {inside} }}" if inside else "{}"


def escaped(character: str) -> str:
    if character in ESCAPES:
        return ESCAPES[character]
    return character if character >= " " and character != "\x7f" else f"\\u{ord(character):04x}"
