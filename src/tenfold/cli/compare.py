"""`tenfold compare`: runs side by side: what differs, how good each is, and whether the difference is luck."""

from __future__ import annotations

import shutil
from argparse import Namespace
from collections.abc import Iterator
from typing import TYPE_CHECKING

from tenfold.cli import drawing
from tenfold.cli.commands import Work
from tenfold.cli.output import Line, Screen
from tenfold.cli.parser import Parser, add_runs_folder

if TYPE_CHECKING:
    from tenfold.run.compare import RunComparison

NOBODY = 80  # characters across, where no terminal says
KINDS = {"val_": "validation ", "train_": "training "}  # as people call what Keras calls so
DRAWN = 2  # curves that can be told apart in characters


def compare(parser: Parser) -> Work:
    parser.add_argument(
        "which", metavar="RUN", nargs="+", help="two runs or more; the first is what others are held to"
    )
    add_runs_folder(parser)
    return compare_and_show


def compare_and_show(arguments: Namespace, screen: Screen) -> int:
    from tenfold.run.compare import compare

    compared = compare(*arguments.which, runs=arguments.runs)
    width = shutil.get_terminal_size((NOBODY, 24)).columns
    screen.show(compared.as_json(), lines_about(compared, width=width, plain=not drawing.can_show(screen.out)))
    return 0


def lines_about(compared: RunComparison, *, width: int = NOBODY, plain: bool = False) -> Iterator[Line]:
    header, *lines = compared.lines()
    yield [(header, "bold")]
    yield from lines
    yield from curves(compared, width, plain)


def curves(compared: RunComparison, width: int, plain: bool) -> Iterator[Line]:
    """The curves of two runs over one another; of more, the first two could not be told from the others."""
    if len(compared.runs) > DRAWN:
        return
    from tenfold.errors import one_line
    from tenfold.run.curves import column

    kind, measure = compared.curve()
    series = {one_line(run): column(rows, f"{kind}{measure}") for run, rows in compared.curves().items()}
    if drawn := drawing.curves(series, width=width, plain=plain):
        yield ""
        yield [(f"{KINDS.get(kind, '')}{measure}", "bold")]
        yield from drawn
