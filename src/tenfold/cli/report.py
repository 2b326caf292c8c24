"""`tenfold report`: everything about a run as one HTML file, to be opened in any browser, sent or printed."""

from __future__ import annotations

import webbrowser
from argparse import Namespace
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

from tenfold.cli.commands import Work
from tenfold.cli.output import Line, Screen
from tenfold.cli.parser import Parser, add_run, add_trust
from tenfold.errors import one_line

if TYPE_CHECKING:
    from tenfold.report.report import Report


def report(parser: Parser) -> Work:
    add_run(parser)
    parser.add_argument("--to", metavar="FILE", type=Path, help="write it here (default: report.html in the run)")
    parser.add_argument("--open", action="store_true", help="open it in the browser")
    add_trust(parser)
    return write_and_show


def write_and_show(arguments: Namespace, screen: Screen) -> int:
    from tenfold.run.find import find

    run = find(arguments.runs, arguments.run)

    from tenfold.report.report import Report, place_for  # from here on Keras is needed

    place = place_for(run, arguments.to)  # refused before anything is computed for it
    screen.say(f"Looking through {one_line(run.name)}: some seconds, and more of them for a large network.")
    made = Report.of(run, trust_code=arguments.trust_code)
    path = made.save(place)
    opened = webbrowser.open(path.resolve().as_uri()) if arguments.open else None
    told = {"run": run.name, "report": str(path.resolve()), "bytes": path.stat().st_size, "missing": list(made.missing)}
    screen.show(told, lines_about(made, path, opened))
    return 0


def lines_about(made: Report, path: Path, opened: bool | None) -> Iterator[Line]:
    yield f"report  {one_line(path)}"
    yield from (one_line(sentence) for sentence in made.missing)
    if opened is False:
        yield "No browser could be started: open that file in one."
