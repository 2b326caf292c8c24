"""Every error that Tenfold raises on purpose, and the one line that each prints.

    TenfoldError                 exit code 1
    ├── InputError               exit code 2: what was given cannot be used
    │   ├── UsageError           a command, flag or argument
    │   ├── DataError            pictures, labels, their files and archives
    │   │   ├── DataNotFound     nothing of that name anywhere we looked
    │   │   ├── UnsafeData       a file that tries to escape, expand or execute
    │   │   └── ChecksumError    contents are not the canonical ones
    │   ├── RecipeError          a recipe, its settings, its network
    │   │   └── ModelFileError   a .keras file that is unreadable or not safe to read
    │   └── RunError             a run directory: missing, ambiguous, damaged
    ├── BackendError             Keras or JAX cannot be used as they are installed
    ├── StorageError             the disk is full, read-only or broken
    └── TrainingError            training started and could not go on

An error has four parts: the `thing` it is about, what was `found`, what was `expected`, and what to `do` now. They
make one line on the screen and one JSON object, so that a person and a program read the same.

This module imports nothing of Tenfold and nothing heavy.
"""

from __future__ import annotations

import difflib
from collections.abc import Iterable
from numbers import Integral


class TenfoldError(Exception):
    """An error with a thing, what was found, what was expected and what to do."""

    exit_code = 1

    def __init__(self, thing: object, *, found: str, expected: str = "", do: str = "") -> None:
        self.thing = one_line(thing)
        self.found = one_line(found)
        self.expected = one_line(expected)
        self.do = one_line(do)
        super().__init__(self.line)

    @property
    def line(self) -> str:
        """The error as one line of text."""
        text = f"{self.thing}: {self.found}"
        if self.expected:
            text += f"; expected {self.expected}"
        if self.do:
            text += f". {self.do[0].upper()}{self.do[1:]}"
        return text

    def as_json(self) -> dict[str, str]:
        """The one shape in which every error is given to programs."""
        return {
            "error": type(self).__name__,
            "message": self.line,
            "thing": self.thing,
            "found": self.found,
            "expected": self.expected,
            "do": self.do,
        }


class InputError(TenfoldError):
    exit_code = 2


class UsageError(InputError):
    pass


class DataError(InputError):
    pass


class DataNotFound(DataError):
    pass


class UnsafeData(DataError):
    pass


class ChecksumError(DataError):
    pass


class RecipeError(InputError):
    pass


class ModelFileError(RecipeError):
    pass


class RunError(InputError):
    pass


class BackendError(TenfoldError):
    pass


class StorageError(TenfoldError):
    pass


class TrainingError(TenfoldError):
    pass


def one_line(text: object) -> str:
    """`text` with every control character made visible, so that a hostile name cannot write on the terminal."""
    return "".join(c if c.isprintable() else c.encode("unicode_escape").decode() for c in str(text))


def check_count(thing: str, value: object) -> None:
    """Refuse what is no number of things: anything but a whole number from 1 up."""
    if isinstance(value, bool) or not isinstance(value, Integral) or value < 1:
        raise InputError(thing, found=repr(value)[:80], expected="a whole number from 1 up")


def did_you_mean(name: str, known: Iterable[str]) -> str:
    """A hint that ends a message: the nearest known name, or all of them when none is near."""
    names = sorted(known)
    near = difflib.get_close_matches(name, names, n=1, cutoff=0.6)
    if near:
        return f"did you mean {near[0]!r}?"
    return f"known names: {', '.join(names)}" if names else ""
