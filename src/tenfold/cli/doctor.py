"""`tenfold doctor`: what is installed, what it runs on, where things are, and what to do about anything wrong.

It owns the order of the checks and how they are shown; the checks themselves are in `checks.py`. It has to work when
something is broken, so a check that fails is a finding and the others go on.
"""

from __future__ import annotations

from argparse import Namespace
from collections.abc import Iterator
from typing import TYPE_CHECKING

from tenfold.cli.commands import Work
from tenfold.cli.output import Line, Screen
from tenfold.cli.parser import Parser, add_data_folder, add_runs_folder
from tenfold.text_table import plural

if TYPE_CHECKING:
    from tenfold.cli.checks import Check

MARKS = {"fine": ("ok  ", "green"), "note": ("note", "yellow"), "problem": ("BAD ", "bold red")}


def doctor(parser: Parser) -> Work:
    add_runs_folder(parser)
    add_data_folder(parser)
    return examine


def examine(arguments: Namespace, screen: Screen) -> int:
    from tenfold.cli import checks

    found = checks.all_checks(arguments.runs, arguments.data_dir)
    problems = any(check.state == "problem" for check in found)
    screen.show({"healthy": not problems, "checks": [check.as_json() for check in found]}, lines_of(found))
    return 1 if problems else 0


def lines_of(found: list[Check]) -> Iterator[Line]:
    width = max(len(check.subject) for check in found)
    for check in found:
        yield [MARKS[check.state], f" {check.subject:{width}}  ", check.found]
        if check.do:
            yield f"{'':{width + 7}}→ {check.do}"
    yield ""
    problems = sum(check.state == "problem" for check in found)
    yield [(f"{plural(problems, 'problem')} to solve", "bold red")] if problems else "Tenfold can work here."
