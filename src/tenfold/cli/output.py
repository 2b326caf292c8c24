"""What appears on the screen: the result on stdout, everything said on the way on stderr.

With `--json` the result is exactly one JSON object and stdout holds nothing else. Without it the result is lines for a
person: in colour in a terminal, plain in a pipe, never cut to a width. Names that come from files are made harmless
by whoever puts them into a line (`tenfold.errors.one_line`); JSON needs no such care.
"""

from __future__ import annotations

import json
import math
import sys
from collections.abc import Iterable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from typing import IO, Any

Line = str | Sequence[str | tuple[str, str]]  # plain, or in parts of which some are (text, style)


@dataclass(frozen=True)
class Screen:
    """Where a command puts its result: `out` is the real stdout, also while `sys.stdout` is led elsewhere."""

    out: IO[str]
    as_json: bool = False

    def say(self, sentence: str) -> None:
        """Tell the person something on the way. A closed or broken stderr never stops the work."""
        with suppress(OSError, ValueError):
            write_lines(sys.stderr, [sentence], wrap=True)

    def show(self, result: Mapping[str, Any], lines: Iterable[Line]) -> None:
        """Print the result: `result` for a program, `lines` for a person."""
        if self.as_json:
            write_json(self.out, result)
        else:
            write_lines(self.out, lines)


def write_json(stream: IO[str], value: Mapping[str, Any]) -> None:
    # ASCII, so that no terminal's or pipe's encoding can spoil it.
    stream.write(json.dumps(sayable(value), indent=2, allow_nan=False) + "\n")
    stream.flush()


def sayable(value: Any) -> Any:
    """`value` in the words JSON has: NaN and infinity, which it has none for, become null."""
    if isinstance(value, float):
        return value if math.isfinite(value) else None
    if isinstance(value, Mapping):
        return {str(key): sayable(item) for key, item in value.items()}
    if isinstance(value, (list, tuple)):
        return [sayable(item) for item in value]
    if value is None or isinstance(value, (bool, int, str)):
        return value
    return sayable(value.item()) if hasattr(value, "item") else str(value)


def write_lines(stream: IO[str], lines: Iterable[Line], *, wrap: bool = False) -> None:
    """Write lines; `wrap` breaks long ones between words where the stream is a terminal."""
    stream.write(rendered([[line] if isinstance(line, str) else line for line in lines], stream, wrap))
    stream.flush()


def rendered(lines: Sequence[Sequence[str | tuple[str, str]]], stream: IO[str], wrap: bool) -> str:
    """The lines as text for `stream`, with colours if it is a terminal that has some."""
    plain = "".join("".join(part if isinstance(part, str) else part[0] for part in line) + "\n" for line in lines)
    if not stream.isatty():
        return plain
    try:
        from rich.console import Console
        from rich.text import Text
    except ImportError:  # `tenfold doctor` has to say so
        return plain
    console = Console(file=stream, highlight=False, markup=False, emoji=False)
    if console.legacy_windows:  # it has colours, but not as characters
        return plain
    with console.capture() as captured:
        for line in lines:
            console.print(Text.assemble(*line), soft_wrap=not wrap)
    return captured.get()
