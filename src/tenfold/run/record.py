"""What a run's directory tells by itself: status, recipe, numbers of every epoch, layers, what its pictures were.

Everything here is text that is read when it is asked for, and may come from anyone. What the run learned, its results
and its model, is asked of the `Run` in `run.py`, which is a `Record` too.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

from tenfold.errors import RunError
from tenfold.run import status as statuses
from tenfold.run.directory import LARGE, Directory, read_json, read_text, refuse_constant
from tenfold.run.status import Status

if TYPE_CHECKING:
    from tenfold.recipe.recipe import Recipe

DAMAGED = "it is damaged: restore it from a copy, or delete that line, and with it what it tells"


class Record:
    """A directory that one training wrote, and keeps writing while it goes on."""

    def __init__(self, path: str | Path) -> None:
        self.path = Path(path)

    @property
    def name(self) -> str:
        return self.directory.name

    @cached_property
    def directory(self) -> Directory:
        return Directory(self.path.resolve())

    @property
    def status(self) -> Status:
        """What it is doing at this moment."""
        return statuses.read(self.directory)

    @property
    def environment(self) -> dict[str, Any]:
        """What it was made with: versions, machine, seed, data."""
        return read_json(self.directory.environment)

    @property
    def recipe(self) -> Recipe:
        from tenfold.recipe.toml import read_toml

        return read_toml(self.directory.recipe)

    @property
    def metrics(self) -> list[dict[str, Any]]:
        """One dict an epoch: epoch (from 1), seconds, learning_rate, loss and whatever the recipe measures.

        `loss` is the mean over the epoch's steps; `train_loss` and `val_loss` are of the weights at its end.
        """
        if not self.directory.metrics.exists():
            return []
        return rows_in(read_text(self.directory.metrics, LARGE), self.directory.metrics)

    @property
    def history(self) -> dict[str, list[Any]]:
        """The same as Keras' `History.history` has it: one list for each metric."""
        rows = self.metrics
        names = dict.fromkeys(name for row in rows for name in row if name not in ("epoch", "seconds"))
        return {name: [row.get(name) for row in rows] for name in names}

    @property
    def weights(self) -> list[dict[str, Any]]:
        """How every layer's weights and biases are spread, a dict for each epoch and weight: epoch, layer, weight,
        shape, min, max, mean, deviation, norm and `counts`, equal steps from min to max. Epoch 0 is before training.
        """
        path = self.directory.layers
        if not path.exists():
            return []
        return [
            {"epoch": row.get("epoch"), **each}
            for row in rows_in(complete_lines(read_text(path, LARGE)), path)
            for each in listed(row, "weights")
            if isinstance(each, dict)
        ]

    @property
    def classes(self) -> tuple[str, ...]:
        return tuple(map(str, listed(self.about_data, "classes")))

    @property
    def shape(self) -> tuple[int, int, int]:
        """Height, width and channels of the pictures that it was trained on."""
        sides = listed(self.about_data, "shape")
        if len(sides) != 3 or not all(type(side) is int and 0 < side <= 16_384 for side in sides):
            raise RunError(self.directory.environment, found=f"pictures of {sides}"[:200], expected="three sizes")
        return sides[0], sides[1], sides[2]

    @property
    def about_data(self) -> Mapping[str, Any]:
        """What its environment says of its pictures."""
        about = self.environment.get("data")
        if not isinstance(about, Mapping):
            raise RunError(self.directory.environment, found="nothing about the data", expected="what the run wrote")
        return about


def complete_lines(text: str) -> str:
    """Without the line that somebody is just writing, or was when the power went."""
    return text[: text.rfind("\n") + 1]


def rows_in(text: str, thing: Path) -> list[dict[str, Any]]:
    """The objects of a file that has one a line."""
    rows = []
    for number, line in enumerate(text.splitlines(), start=1):
        try:
            row = json.loads(line, parse_constant=refuse_constant)
        except (ValueError, RecursionError) as error:
            found = f"line {number} is not JSON ({error})"
            raise RunError(thing, found=found, expected="an object a line", do=DAMAGED) from error
        if not isinstance(row, dict):
            found = f"line {number} is a {type(row).__name__}"
            raise RunError(thing, found=found, expected="an object a line", do=DAMAGED)
        rows.append(row)
    return rows


def listed(about: Mapping[str, Any], name: str) -> list[Any]:
    value = about.get(name)
    return value if isinstance(value, list) else []
