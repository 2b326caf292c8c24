"""A network as a list of layers, `{ layer = "Dense", units = 128, activation = "relu" }`: what may stand in it.

This module checks names and the sizes that have an obvious range, without Keras, so that a slip of the pen is answered
at once. Whether the arguments fit the layer is for Keras to say, when `network.py` builds it.
"""

from __future__ import annotations

import difflib
from collections.abc import Iterable
from typing import Any

from tenfold.errors import RecipeError
from tenfold.recipe import allowed
from tenfold.recipe.table import Table

MOST_LAYERS = 500
MOST_DROPOUT = 0.99
WRAPPED = "wrapped"  # what Bidirectional and its like call `layer`, which is taken: it says the layer's own name
CLASSES = "classes"  # `units = "classes"`: as many as the data has
COUNTS = {"units": 1_000_000, "filters": 100_000}  # whole numbers from 1
SUFFIXES = {
    "activation": ("activation", allowed.ACTIVATIONS),
    "_initializer": ("initializer", allowed.INITIALIZERS),
    "_regularizer": ("regularizer", allowed.REGULARIZERS),
    "_constraint": ("constraint", allowed.CONSTRAINTS),
}


def check_layers(layers: tuple[Any, ...], key: str = "network.layers") -> None:
    if len(layers) > MOST_LAYERS:
        raise RecipeError(key, found=f"{len(layers):,} layers", expected=f"at most {MOST_LAYERS}")
    for index, layer in enumerate(layers):
        check_layer(layer, f"{key}.{index}")


def check_layer(layer: Any, key: str) -> None:
    """Refuse what is not a layer that Keras has and that recipes may use."""
    if not isinstance(layer, Table) or "layer" not in layer:
        raise RecipeError(key, found=repr(layer)[:80], expected='a table such as { layer = "Dense", units = 128 }')
    check_object(layer, "layer", key)


def check_object(table: Table, kind: str, key: str) -> None:
    """Refuse a table that does not describe an object of this kind: a layer, an optimizer, a regularizer."""
    name, known = table.get(kind), allowed.KINDS[kind]
    if not isinstance(name, str):
        raise RecipeError(key, found=repr(table)[:80], expected=f'a table such as {{ {kind} = "{min(known)}" }}')
    if kind == "layer" and name in ("Input", "InputLayer"):
        raise RecipeError(key, found="an input layer", expected="none", do="leave it out; Tenfold adds the input")
    if kind == "layer" and name == "Lambda":
        raise RecipeError(
            key, found="a Lambda", expected="a layer that is data, not code", do="give module:function instead"
        )
    if allowed.canonical(name, known) is None:
        raise RecipeError(key, found=f"the unknown {kind} {name!r}", expected=f"a Keras {kind}", do=near(name, known))
    for argument, value in table.items():
        if argument != kind:
            check_argument(argument, value, f"{key}.{argument}")


def check_argument(argument: str, value: Any, key: str) -> None:
    """Refuse a name that Keras does not have, a size out of range, and a table that is not an object."""
    for suffix, (kind, known) in SUFFIXES.items():
        if argument.endswith(suffix) and isinstance(value, str) and allowed.canonical(value, known) is None:
            raise RecipeError(
                key, found=f"the unknown {kind} {value!r}", expected=f"a Keras {kind}", do=near(value, known)
            )
    if argument in COUNTS and value != CLASSES and (type(value) is not int or not 1 <= value <= COUNTS[argument]):
        raise RecipeError(
            key, found=repr(value)[:80], expected=f"a whole number from 1 to {COUNTS[argument]:,}, or {CLASSES!r}"
        )
    if argument == "rate":
        check_rate(value, key)
    check_value(value, key)


def check_rate(rate: Any, key: str) -> None:
    """Refuse what no Dropout can do: a rate of 1 would drop everything."""
    if type(rate) not in (int, float) or not 0 <= rate <= MOST_DROPOUT:
        raise RecipeError(key, found=repr(rate)[:80], expected=f"a number from 0 to {MOST_DROPOUT}")


def check_value(value: Any, key: str) -> None:
    """Refuse, however deep, a table that names no kind of Keras object: Keras would read it as code to import."""
    if isinstance(value, tuple):
        for index, item in enumerate(value):
            check_value(item, f"{key}.{index}")
    elif isinstance(value, Table):
        kind = allowed.kind_of(value)
        if kind is None:
            raise RecipeError(
                key,
                found=f"a table with the keys {', '.join(value) or '(none)'}"[:120],
                expected='a table whose first key says what it is, such as { regularizer = "L2", l2 = 0.001 }',
            )
        check_object(value, kind, key)


def near(name: str, known: Iterable[str]) -> str:
    """The one known name that was probably meant, whatever its capitals, else where all of them are listed."""
    plain = {each.replace("_", "").lower(): each for each in sorted(known)}
    nearest = difflib.get_close_matches(name.replace("_", "").lower(), plain, n=1, cutoff=0.6)
    return f"did you mean {plain[nearest[0]]!r}?" if nearest else "see the names in Keras' documentation"
