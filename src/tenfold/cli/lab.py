"""`tenfold lab`: the lab sheets as notebooks. A copy is written into a folder and opened with Jupyter."""

from __future__ import annotations

import shlex
import sys
from argparse import Namespace
from collections.abc import Iterator
from pathlib import Path

from tenfold.cli.commands import Work
from tenfold.cli.next_steps import from_here
from tenfold.cli.output import Screen
from tenfold.cli.parser import Parser
from tenfold.errors import one_line
from tenfold.text_table import columns


def lab(parser: Parser) -> Work:
    parser.add_argument("name", metavar="NAME", nargs="?", help="a sheet: first, hidden10, wide, cnn or mlp")
    parser.add_argument(
        "--to", metavar="FOLDER", type=Path, default=Path(), help="where the copy is written (default: this folder)"
    )
    parser.add_argument("--no-open", action="store_true", help="write the copy, and do not open it")
    return list_or_open


def list_or_open(arguments: Namespace, screen: Screen) -> int:
    if arguments.name is None:
        list_sheets(screen)
        return 0
    from tenfold.labs.copy import open_copy, opener, write_copy
    from tenfold.labs.sheets import sheet_named

    path = write_copy(sheet_named(arguments.name), arguments.to)
    command = [] if arguments.no_open or screen.as_json else opener(path)
    lines = [f"written: {one_line(path)}"]
    if not arguments.no_open:
        lines += how_to_go_on(path, command)
    screen.show({"lab": arguments.name, "file": str(path)}, lines)
    sys.stdout.flush()  # what Jupyter says comes after it
    return open_copy(command) if command else 0


def how_to_go_on(path: Path, command: list[str]) -> Iterator[str]:
    """What the person is to know about what opens the copy, or about what is missing for it."""
    from tenfold.labs.copy import INSTALL, OPEN

    if "jupyter" in command:
        yield "Jupyter opens it in your browser, and runs until you press Ctrl-C here."
    elif not command:
        python = shlex.quote(from_here(Path(sys.executable)))
        yield f"To work on it you need Jupyter, which is not installed here: {python} {INSTALL}"
        yield f"Then open it: {python} {OPEN} {shlex.quote(one_line(path))}"


def list_sheets(screen: Screen) -> None:
    from tenfold.labs.sheets import SHEETS

    header, *lines = columns(
        [("name", "what it is"), *((each.name, each.title) for each in SHEETS.values())],
    )
    labs = [{"name": each.name, "title": each.title} for each in SHEETS.values()]
    hint = ["", "To work on one: tenfold lab NAME"]
    screen.show({"labs": labs}, [[(header, "bold")], *lines, *hint])
