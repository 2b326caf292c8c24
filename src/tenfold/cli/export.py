"""`tenfold export`: a run as a program in plain Keras, to keep, to hand in or to go on with elsewhere."""

from __future__ import annotations

from argparse import Namespace
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

from tenfold.cli.commands import Work
from tenfold.cli.output import Line, Screen
from tenfold.cli.parser import Parser, add_run
from tenfold.errors import one_line
from tenfold.serve.forms import ENDINGS

if TYPE_CHECKING:
    from tenfold.serve.export import Exported


def export(parser: Parser) -> Work:
    add_run(parser)
    parser.add_argument(
        "--to", required=True, choices=list(ENDINGS), help="a Python script, or a notebook that tells the run's numbers"
    )
    parser.add_argument(
        "--output", metavar="FILE", type=Path, help="where to write it (default: the run's name, in this folder)"
    )
    return export_and_show


def export_and_show(arguments: Namespace, screen: Screen) -> int:
    from tenfold.run.find import find

    run = find(arguments.runs, arguments.run)

    from tenfold.serve.export import export  # from here on Keras is needed

    written = export(run, arguments.to, arguments.output)
    files = {"file": str(written.program), "pictures": str(written.pictures) if written.pictures else None}
    screen.show({"run": run.name, "to": arguments.to, **files}, lines_about(written, arguments.to))
    return 0


def lines_about(written: Exported, to: str) -> Iterator[Line]:
    yield ["written: ", (one_line(written.program), "bold")]
    if written.pictures:
        yield f"and the pictures, which it reads: {one_line(written.pictures)}"
    if to == "script":
        yield f"It needs no Tenfold: python {one_line(written.program)}"
    else:
        yield "It needs no Tenfold; open it with Jupyter."
