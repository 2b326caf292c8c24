"""What Keras callbacks remember between epochs, as JSON and arrays: EarlyStopping's patience and best weights, say.

Callbacks have no way of their own to be saved. Their memory is in their attributes, so every attribute that is made of
plain numbers, arrays, and lists, tuples and dicts of these, is kept under its name. What is not (names and paths,
functions, open files, the model) belongs to how a callback was made, and is there again when it is made again. The one
exception is which way is better: Keras finds that out late, and turns the sign of `min_delta` when it does.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

import numpy as np

from tenfold.array_file import PLAIN_KINDS, Array
from tenfold.backend import keras
from tenfold.errors import RunError

NOT_MEMORY = {"model", "_model", "params", "validation_data"}  # given anew by whoever trains
DEEPEST = 8
COMPARISONS = {"less": keras.ops.less, "greater": keras.ops.greater}


class NotPlain(Exception):
    """A value that is made of something else than numbers, arrays and what holds them."""


def remember(callbacks: Sequence[Any]) -> tuple[list[Any], list[Array]]:
    """The memory of `callbacks` as JSON in which `{"array": n}` stands for the n-th of the arrays beside it."""
    arrays: list[Array] = []
    memories = []
    for callback in callbacks:
        kept = {}
        for name, value in vars(callback).items():
            mark = len(arrays)
            try:
                if name not in NOT_MEMORY and not isinstance(value, str):
                    kept[name] = written(value, arrays)
            except NotPlain:
                del arrays[mark:]
        memories.append({"callback": type(callback).__name__, "memory": kept})
    return memories, arrays


def remind(callbacks: Sequence[Any], memories: Any, arrays: Sequence[Array]) -> None:
    """Give `callbacks`, made anew in the same order, the memory that `remember` took."""
    try:
        names = [memory["callback"] for memory in memories]
        values = [{k: read(v, arrays) for k, v in memory["memory"].items()} for memory in memories]
    except (KeyError, TypeError, ValueError, IndexError, AttributeError) as error:
        raise RunError(
            "the checkpoint", found=f"no callbacks that make sense ({error!r})", expected="theirs"
        ) from error
    given = [type(callback).__name__ for callback in callbacks]
    if names != given:
        raise RunError(
            "callbacks",
            found=", ".join(given) or "none",
            expected=f"those that the run was trained with: {', '.join(map(str, names)) or 'none'}",
            do="give the same callbacks in the same order",
        )
    for callback, memory in zip(callbacks, values, strict=True):
        for name, value in memory.items():
            # Never a method, a path, nor anything that such a callback does not have: the file may be a stranger's.
            if name in vars(callback) and not isinstance(vars(callback)[name], str) and not isinstance(value, str):
                setattr(callback, name, value)


def written(value: Any, arrays: list[Array], depth: int = 0) -> Any:
    """`value` as JSON, exactly: what JSON lacks is an object with one key that names it."""
    if value is None or isinstance(value, (bool, str)) or type(value) is int:
        return value
    if type(value) is float:
        return value if math.isfinite(value) else {"float": repr(value)}
    for name, comparison in COMPARISONS.items():
        if value is comparison:
            return {"comparison": name}
    if depth > DEEPEST:
        raise NotPlain
    if isinstance(value, np.generic) or is_array(value):
        array = np.array(value)  # a copy: the callback may change it while it is being written
        if array.dtype.kind not in PLAIN_KINDS and not hasattr(value, "dtype"):
            raise NotPlain
        if array.dtype.kind == "O":
            raise NotPlain
        arrays.append(array)
        return {"scalar" if isinstance(value, np.generic) else "array": len(arrays) - 1}
    if type(value) in (list, tuple):
        items = [written(item, arrays, depth + 1) for item in value]
        return items if type(value) is list else {"tuple": items}
    if isinstance(value, dict):
        pairs = [[written(k, arrays, depth + 1), written(v, arrays, depth + 1)] for k, v in value.items()]
        return {"dict": pairs}
    raise NotPlain


def read(value: Any, arrays: Sequence[Array]) -> Any:
    """The value that `written` wrote."""
    if isinstance(value, list):
        return [read(item, arrays) for item in value]
    if not isinstance(value, dict):
        return value
    ((kind, content),) = value.items()
    match kind:
        case "float":
            return float(content)
        case "array":
            return arrays[content]
        case "scalar":
            return arrays[content][()]
        case "comparison":
            return COMPARISONS[content]
        case "tuple":
            return tuple(read(item, arrays) for item in content)
        case "dict":
            return {read(k, arrays): read(v, arrays) for k, v in content}
    raise ValueError(f"unknown kind {kind!r}")


def is_array(value: Any) -> bool:
    """An array of NumPy or JAX, and not a variable of Keras, which belongs to the model or the optimizer."""
    return isinstance(value, np.ndarray) or (hasattr(value, "__array__") and not hasattr(value, "assign"))
