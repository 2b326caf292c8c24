"""What is typed to train a run again, so that advice can name a command that does just that, with one thing changed.

Where no command loads the run's pictures, for they were made or split in Python, it is a line of Python.
"""

from __future__ import annotations

import shlex
from dataclasses import fields
from typing import Any

from tenfold.evaluation.findings.evidence import Call, Command
from tenfold.images.dataset import Loading
from tenfold.images.named import NAMED_SETS
from tenfold.recipe.presets import load_preset, names
from tenfold.recipe.recipe import Recipe
from tenfold.recipe.settings import GROUPS
from tenfold.run.directory import Directory


def command_for(recipe: Recipe, loading: Loading | None, directory: Directory) -> Command:
    """A preset by its name with what differs from it; any other recipe by the file that the run keeps of it.

    loading: how the pictures were loaded; None where they were put together by hand.
    """
    changes = changes_to_preset(recipe)
    file = directory.recipe.relative_to(directory.path.parent.parent).as_posix()
    what = file if changes is None else recipe.name
    own_code = changes is None and bool(recipe.network.function)
    data = source_words(loading)
    if data is None:
        return Call(f"{what!r}, dataset{', trust_code=True' if own_code else ''}", changes or {})
    trust = " --trust-code" if own_code else ""
    return Command(f"tenfold train {shlex.quote(what)}{trust} --data {data}", changes or {})


def changes_to_preset(recipe: Recipe) -> dict[str, Any] | None:
    """The settings in which `recipe` differs from the preset of its name; None where they cannot be typed."""
    if recipe.name not in names() or (preset := load_preset(recipe.name)).network != recipe.network:
        return None
    changes = {}
    for heading in GROUPS:
        before, now = getattr(preset, heading), getattr(recipe, heading)
        for each in fields(now):
            value = getattr(now, each.name)
            if value != getattr(before, each.name):
                changes[f"{heading}.{each.name}"] = value
    typed = all(value is None or isinstance(value, bool | int | float | str) for value in changes.values())
    return changes if typed else None


def source_words(loading: Loading | None) -> str | None:
    """The words by which a command loads these very pictures; None where there are none, for it splits one way only."""
    if loading is None or (loading.seed, loading.test_fraction) != (Loading.seed, Loading.test_fraction):
        return None
    size = f" --size {loading.size}" if loading.size and loading.what not in NAMED_SETS else ""
    return f"{shlex.quote(loading.what)}{size}"
