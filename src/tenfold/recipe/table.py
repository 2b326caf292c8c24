"""The values that settings hold: frozen tables and lists of numbers, words and truths, and nothing else.

A `Table` is a mapping that never changes, can be hashed and pickled, and keeps the order in which it was written. This
module decides which values may stand in a recipe at all (those that TOML can say and that stay the same when written
and read again). What a table means is decided by whoever asked for it.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from numbers import Integral, Real
from typing import Any

from tenfold.errors import RecipeError

DEEPEST = 16  # tables within tables; a Bidirectional LSTM with a regularizer needs three
LARGEST_INTEGER = 2**63 - 1  # TOML promises 64 bits


class Table(Mapping[str, Any]):
    """A frozen mapping from words to frozen values."""

    __slots__ = ("_values",)

    def __init__(self, values: Mapping[str, Any], key: str = "a table", depth: int = 0) -> None:
        self._values: dict[str, Any] = {
            word(name, key): frozen(value, f"{key}.{name}", depth) for name, value in values.items()
        }

    def __getitem__(self, name: str) -> Any:
        return self._values[name]

    def __iter__(self) -> Iterator[str]:
        return iter(self._values)

    def __len__(self) -> int:
        return len(self._values)

    def __hash__(self) -> int:
        return hash(frozenset(self._values.items()))

    def __repr__(self) -> str:
        return repr(self._values)


def frozen(value: Any, key: str, depth: int = 0) -> Any:
    """`value` with mappings as `Table`, sequences as tuples and plain Python numbers; anything else is refused."""
    if depth > DEEPEST:
        raise RecipeError(key, found="tables within tables without end", expected=f"at most {DEEPEST} levels")
    if isinstance(value, Table | bool):
        return value
    if isinstance(value, str):
        return word(value, key)
    if isinstance(value, Integral):
        return whole(int(value), key)
    if isinstance(value, Real):
        return finite(float(value), key)
    if isinstance(value, Mapping):
        return Table(value, key, depth + 1)
    if isinstance(value, list | tuple):
        return tuple(frozen(item, f"{key}.{index}", depth + 1) for index, item in enumerate(value))
    raise RecipeError(
        key,
        found=f"a value of type {type(value).__name__}",
        expected="a number, a word, true or false, a list or a table",
        do="leave the key out to get the default" if value is None else "",
    )


def word(text: object, key: str) -> str:
    """`text` if it is a string that UTF-8 can write."""
    if not isinstance(text, str):
        raise RecipeError(key, found=f"a key of type {type(text).__name__}", expected="a word")
    try:
        text.encode("utf-8")
    except UnicodeEncodeError:
        raise RecipeError(key, found="text that UTF-8 cannot write", expected="ordinary text") from None
    return text


def whole(number: int, key: str) -> int:
    if abs(number) > LARGEST_INTEGER:
        raise RecipeError(key, found="a whole number of more than 64 bits", expected="a smaller one")
    return number


def finite(number: float, key: str) -> float:
    if not math.isfinite(number):
        raise RecipeError(key, found=str(number), expected="a finite number")
    return number


def thawed(value: Any) -> Any:
    """A frozen value as the plain dicts and lists that JSON, TOML and Keras take."""
    if isinstance(value, Table):
        return {name: thawed(item) for name, item in value.items()}
    if isinstance(value, tuple):
        return [thawed(item) for item in value]
    return value
