"""Keras objects from their tables: `{ layer = "Dense", units = 128 }` becomes `keras.layers.Dense(units=128)`.

Only names of `allowed.py` are ever looked up, and only in the namespace that belongs to their kind. An argument that
Keras does not have, or a value that it refuses, is an error that names the place in the recipe.
"""

from __future__ import annotations

import inspect
import re
from typing import Any

from tenfold.backend import keras
from tenfold.errors import RecipeError, did_you_mean
from tenfold.recipe import allowed
from tenfold.recipe.layers import CLASSES, WRAPPED
from tenfold.recipe.table import Table

NAMESPACES = {
    "layer": keras.layers,
    "initializer": keras.initializers,
    "regularizer": keras.regularizers,
    "constraint": keras.constraints,
    "loss": keras.losses,
    "metric": keras.metrics,
    "optimizer": keras.optimizers,
    "schedule": keras.optimizers.schedules,
}
NAMED = ("layer", "metric")  # Keras numbers these as a process goes on; a name of our own is always the same


def make(table: Table, kind: str, key: str, *, classes: int | None = None, **fixed: Any) -> Any:
    """The object of this `kind` that `table` describes; `fixed` are arguments that it has unless the table says so."""
    made = class_of(table, kind, key)
    arguments = {name: value for name, value in fixed.items() if name in arguments_of(made)}
    if kind in NAMED:
        arguments.setdefault("name", snake_case(made.__name__))
    for name, value in table.items():
        if name != kind:
            given = "layer" if name == WRAPPED and kind == "layer" else name
            arguments[given] = argument(name, value, f"{key}.{name}", classes)
    unknown = next((name for name in arguments if name not in arguments_of(made)), None)
    if unknown is not None:
        raise RecipeError(
            f"{key}.{unknown}",
            found=f"no argument of {made.__name__}",
            do=did_you_mean(unknown, arguments_of(made)),
        )
    try:
        return made(**arguments)
    except Exception as error:  # Keras checks values with whatever error came to hand
        raise RecipeError(f"{key} ({made.__name__})", found=reason(error)) from error


def class_of(table: Table, kind: str, key: str) -> Any:
    name = allowed.canonical(table[kind], allowed.KINDS[kind])
    if name is None:
        raise RecipeError(key, found=f"the unknown {kind} {table[kind]!r}", expected=f"a Keras {kind}")
    return getattr(NAMESPACES[kind], name)


def argument(name: str, value: Any, key: str, classes: int | None) -> Any:
    """One argument as Keras takes it: tables as objects, lists as lists, `"classes"` as a number."""
    if isinstance(value, Table):
        kind = allowed.kind_of(value)
        if kind is None:
            raise RecipeError(key, found="a table that names no kind of Keras object", expected="one that does")
        return make(value, kind, key, classes=classes)
    if isinstance(value, tuple):
        return [argument(name, item, f"{key}.{index}", classes) for index, item in enumerate(value)]
    if value == CLASSES and name in ("units", "filters") and classes is not None:
        return classes
    if name.endswith("activation") and isinstance(value, str):
        return allowed.canonical(value, allowed.ACTIVATIONS)
    return value


def arguments_of(made: Any) -> set[str]:
    """The names that a Keras class takes, its own and those that it passes on to the classes it is built on."""
    names: set[str] = set()
    for parent in made.__mro__:
        if "__init__" not in vars(parent) or parent is object:
            continue
        parameters = inspect.signature(parent.__init__).parameters.values()
        names.update(each.name for each in parameters if each.kind is each.POSITIONAL_OR_KEYWORD)
        names.update(each.name for each in parameters if each.kind is each.KEYWORD_ONLY)
        if not any(each.kind is each.VAR_KEYWORD for each in parameters):
            break
    return names - {"self"}


def snake_case(name: str) -> str:
    """ "MaxPooling2D" as Keras names a layer of it: max_pooling2d."""
    return re.sub(r"([a-z])([A-Z])", r"\1_\2", re.sub(r"(.)([A-Z][a-z]+)", r"\1_\2", name)).lower()


def reason(error: Exception) -> str:
    """The first line of what Keras said, without the quotation of whole objects that follows."""
    lines = [line.strip() for line in str(error).splitlines() if line.strip()]
    return (lines[0] if lines else type(error).__name__)[:300]
