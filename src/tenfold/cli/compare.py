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
from tenfold.text_table import plural

if TYPE_CHECKING:
    from tenfold.run.compare import RunComparison

NOBODY = 80  # characters across, where no terminal says
KINDS = {"val_": "validation ", "train_": "training "}  # as people call what Keras calls so
DRAWINGS = 6  # of the first run and another one
LOW = 6  # lines of a drawing, where there are several
CHART = "tenfold.compare(…).chart() lays the curves of all over one another."


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
    """The curves of the runs, each over that of the first, for characters can tell two apart and no more."""
    from tenfold.errors import one_line
    from tenfold.run.curves import column

    kind, measure = compared.curve()
    (first, reference), *others = (
        (one_line(run), column(rows, f"{kind}{measure}")) for run, rows in compared.curves().items()
    )
    several = len(others) > 1
    height = LOW if several else drawing.HEIGHT
    every = (
        drawing.curves({first: reference, name: points}, width=width, height=height, plain=plain)
        for name, points in others[:DRAWINGS]
    )
    drawings = [lines for lines in every if lines]
    yield ""
    if not drawings:
        yield "No curves are drawn: of a single epoch there is none."
        return
    against = f" of each, over that of {first}" if several else ""
    yield [(f"{KINDS.get(kind, '')}{measure}", "bold"), against]
    for lines in drawings:
        yield from lines
    if several:
        more = len(others) - len(drawings)
        left_out = f"{plural(more, 'more run is', 'more runs are')} not drawn. " if more else ""
        yield f"{left_out}In a notebook {drawing.in_ascii(CHART) if plain else CHART}"
