"""What is typed to train a run again, so that advice can name a command that does just that, with one thing changed."""

from __future__ import annotations

import shlex
from dataclasses import fields
from typing import Any

from tenfold.evaluation.findings.evidence import Command
from tenfold.images.dataset import Dataset
from tenfold.images.named import NAMED_SETS
from tenfold.recipe.presets import load_preset, names
from tenfold.recipe.recipe import Recipe
from tenfold.recipe.settings import GROUPS
from tenfold.run.directory import Directory


def command_for(recipe: Recipe, dataset: Dataset, directory: Directory) -> Command:
    """A preset by its name with what differs from it; any other recipe by the file that the run keeps of it."""
    changes = changes_to_preset(recipe)
    if changes is None:
        trust = " --trust-code" if recipe.network.function else ""
        file = directory.recipe.relative_to(directory.path.parent.parent)
        words, changes = f"tenfold train {shlex.quote(file.as_posix())}{trust}", {}
    else:
        words = f"tenfold train {recipe.name}"
    return Command(f"{words} {data_words(dataset)}", changes)


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


def data_words(dataset: Dataset) -> str:
    loading = dataset.loading
    if loading is None:
        return "--data DATA"
    size = f" --size {loading.size}" if loading.size and loading.what not in NAMED_SETS else ""
    return f"--data {shlex.quote(loading.what)}{size}"
