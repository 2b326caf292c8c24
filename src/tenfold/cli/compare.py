"""`tenfold compare`: runs side by side: what differs, how good each is, and whether the difference is luck."""

from __future__ import annotations

import shutil
from argparse import Namespace
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

from tenfold.cli import drawing
from tenfold.cli.commands import Work
from tenfold.cli.output import Line, Screen
from tenfold.cli.parser import Parser, add_runs_folder
from tenfold.errors import one_line
from tenfold.files import refuse_existing
from tenfold.text_table import plural

if TYPE_CHECKING:
    from tenfold.run.compare import RunComparison

NOBODY = 80  # characters across, where no terminal says
KINDS = {"val_": "validation ", "train_": "training "}  # as people call what Keras calls so
DRAWINGS = 6  # of the first run and another one
LOW = 6  # lines of a drawing, where there are several
CHART = "--to chart.html shows the pictures that only one gets right, and the curves of all over one another."


def compare(parser: Parser) -> Work:
    parser.add_argument(
        "which", metavar="RUN", nargs="+", help="two runs or more; the first is what others are held to"
    )
    parser.add_argument(
        "--to",
        metavar="FILE",
        type=Path,
        help="draw how accurate each is, the curves of all over one another, and the pictures that only one of them "
        "gets right: a .html, .svg, .png or .json file",
    )
    add_runs_folder(parser)
    return compare_and_show


def compare_and_show(arguments: Namespace, screen: Screen) -> int:
    from tenfold.run.compare import compare

    if arguments.to is not None:
        from tenfold.charts.export import writer_for

        writer_for(arguments.to)  # refused before anything is computed for it
        refuse_existing(arguments.to, "--to")
    compared = compare(*arguments.which, runs=arguments.runs)
    width = shutil.get_terminal_size((NOBODY, 24)).columns
    told, plain = compared.as_json(), not drawing.can_show(screen.out)
    if arguments.to is not None:
        from tenfold.charts.export import save_several

        told["chart"] = str(save_several(compared.charts(), arguments.to, compared.title).resolve())
    screen.show(told, lines_about(compared, arguments.to, width=width, plain=plain))
    return 0


def lines_about(
    compared: RunComparison, chart: Path | None = None, *, width: int = NOBODY, plain: bool = False
) -> Iterator[Line]:
    from tenfold.run.compare import NO_PICTURES

    header, *lines = compared.lines()
    yield [(header, "bold")]
    yield from lines
    yield from curves(compared, width, plain)
    if chart is not None:
        pictures = ", and the pictures that only one gets right" if compared.only_right else ""
        yield [f"the curves of all{pictures}: ", (one_line(chart), "bold")]
        if compared.missing:
            yield one_line(f"{NO_PICTURES} {compared.missing}")
    else:
        yield drawing.in_ascii(CHART) if plain else CHART


def curves(compared: RunComparison, width: int, plain: bool) -> Iterator[Line]:
    """The curves of the runs, each over that of the first, for characters can tell two apart and no more."""
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
    if more := len(others) - len(drawings):
        yield f"{plural(more, 'more run is', 'more runs are')} not drawn."
