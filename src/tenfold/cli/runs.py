"""`tenfold runs`: what was trained, in a table. No Keras is woken for it."""

from __future__ import annotations

from argparse import Namespace
from collections.abc import Iterator, Sequence
from dataclasses import asdict
from datetime import datetime
from typing import TYPE_CHECKING, Any

from tenfold.cli.commands import Work
from tenfold.cli.output import Line, Screen
from tenfold.cli.parser import Parser, add_runs_folder
from tenfold.errors import one_line
from tenfold.text_table import columns, percent

if TYPE_CHECKING:
    from tenfold.run.find import Listed
    from tenfold.run.status import Status

HEADER = ("run", "state", "recipe", "data", "epochs", "accuracy", "wrong", "started")
NUMBERS = (4, 5, 6)  # columns of HEADER that are flush right


def runs(parser: Parser) -> Work:
    add_runs_folder(parser)
    return list_and_show


def list_and_show(arguments: Namespace, screen: Screen) -> int:
    from tenfold.run.find import list_runs

    listed = list_runs(arguments.runs)
    screen.show({"runs": [listed_as_json(one) for one in listed]}, table_of(listed, str(arguments.runs)))
    return 0


def listed_as_json(one: Listed) -> dict[str, Any]:
    return {"run": one.name, "path": str(one.path), "error": one.error, **(asdict(one.status) if one.status else {})}


def table_of(listed: Sequence[Listed], where: str) -> Iterator[Line]:
    readable = [(one.name, one.status) for one in listed if one.status]
    if readable:
        rows = [HEADER, *(row_of(name, status) for name, status in readable)]
        header, *lines = columns(rows, right=NUMBERS)
        yield [(header, "bold")]
        yield from lines
    if any(status.closed for _, status in readable):
        yield "closed: its test pictures are not scored yet; to open them, type: tenfold evaluate RUN"
    yield from (f"unreadable: {one_line(one.error)}" for one in listed if not one.status)
    if not listed:
        yield f"There are no runs in {one_line(where)} yet. To make one, type: tenfold train"


def row_of(name: str, status: Status) -> tuple[str, ...]:
    return (
        one_line(name),
        status.state,
        one_line(status.recipe),
        one_line(status.data),
        f"{status.epoch}/{status.epochs}",
        accuracy_of(status),
        f"{status.wrong:,}" if status.wrong is not None else "",
        in_local_time(status.started),
    )


def accuracy_of(status: Status) -> str:
    """The accuracy on the test pictures; while those are closed, that and the accuracy on those of validation."""
    if status.closed:
        held_out = status.val_accuracy is not None and status.val_total is not None
        validation = f", validation {percent(status.val_accuracy or 0.0, of=status.val_total or 0)}"
        return f"closed{validation if held_out else ''}"
    return percent(status.accuracy, of=status.total) if status.accuracy is not None and status.total is not None else ""


def in_local_time(moment: str) -> str:
    """A moment of the files, which is in UTC, as the clock on the wall shows it."""
    try:
        return datetime.fromisoformat(moment).astimezone().strftime("%Y-%m-%d %H:%M")
    except (ValueError, OSError):
        return ""
