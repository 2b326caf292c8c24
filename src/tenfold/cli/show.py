"""`tenfold show`: all there is to know about one run, in the terminal. No Keras is woken for it.

The order is that of the questions: what it is and how good, what it teaches, how training went, what is taken for what,
every epoch, where the files are, and what to type next. The pictures made of characters are drawn by `drawing.py`.
"""

from __future__ import annotations

import shutil
import textwrap
from argparse import Namespace
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import asdict
from typing import TYPE_CHECKING, Any

from tenfold.cli import drawing
from tenfold.cli.commands import Work
from tenfold.cli.next_steps import to_type
from tenfold.cli.output import Line, Screen
from tenfold.cli.parser import Parser, add_run
from tenfold.errors import TenfoldError, one_line
from tenfold.text_table import columns, percent, plural

if TYPE_CHECKING:
    from tenfold.evaluation.finding import Finding
    from tenfold.run.run import Run

FIRST, LAST = 10, 20  # epochs of a long training that are shown; the file has them all
EPOCH, GAP = "epoch", "  "  # the column that every table of epochs begins with, and what stands between columns
PAIRS = 5  # the most confused ones, in words
MANY = 12  # pairs in words where the matrix is too wide to be drawn
COPIED = ("run", "test", "where")  # facts that hold a path or a command
FACT = 8  # characters of the word before a fact
NARROWEST = 40  # characters that a sentence is given, however narrow the terminal
NOBODY = 80  # characters across, where no terminal says


def show(parser: Parser) -> Work:
    add_run(parser)
    return look_and_show


def look_and_show(arguments: Namespace, screen: Screen) -> int:
    from tenfold.run.find import find

    run = find(arguments.runs, arguments.run)
    width = shutil.get_terminal_size((NOBODY, 24)).columns
    told = run_as_json(run) if screen.as_json else {}  # a person is not kept waiting for what only programs read
    screen.show(told, lines_about(run, width=width, plain=not drawing.can_show(screen.out)))
    return 0


def run_as_json(run: Run) -> dict[str, Any]:
    """All parts that can be read; `missing` has a sentence for each that is damaged."""
    status, missing = run.status, []

    def tried(read: Callable[[], Any], instead: Any = None) -> Any:
        try:
            return read()
        except TenfoldError as error:
            missing.append(error.line)
            return instead

    done = status.state == "done"
    found = run.directory.findings.exists() or not done
    return {
        "run": run.name,
        "path": str(run.directory.path),
        "status": asdict(status),
        "recipe": tried(lambda: run.recipe.as_dict()),
        "environment": tried(lambda: run.environment),
        "metrics": tried(lambda: run.metrics, []),
        "test_looks": tried(lambda: run.looks.as_json()),
        "evaluation": tried(lambda: None if run.closed else run.evaluation.as_json()) if done else None,
        "findings": tried(lambda: [finding.as_json() for finding in run.findings], []) if found else [],
        "missing": missing,
    }


def lines_about(run: Run, *, width: int = NOBODY, plain: bool = False) -> Iterator[Line]:
    yield from facts(run, width)
    yield from findings(run, width, plain)
    try:
        rows, problem = run.metrics, []
    except TenfoldError as error:
        rows, problem = [], ["", one_line(error.line)]
    yield from problem
    yield from curves(rows, width, plain)
    yield from confusion(run, width, plain)
    yield from epochs(rows, width, plain)
    yield from files(run, width)
    yield from next_steps(run)


def facts(run: Run, width: int) -> Iterator[Line]:
    """What it is and how good, a word and a text a line; what is to be copied, a path or a command, is never broken."""
    for line in lines_of_facts(run):
        word, text = line[:FACT], line[FACT:]
        whole = not text or word.strip() in COPIED
        yield from [line] if whole else wrapped(text, width, word, " " * FACT)


def lines_of_facts(run: Run) -> Iterator[str]:
    yield from str(run).splitlines()
    yield from more_numbers(run)
    try:
        about = run.environment
    except TenfoldError as error:
        yield one_line(error.line)
        return
    versions = about.get("versions")
    versions = versions if isinstance(versions, dict) else {}
    yield f"made by {one_line(', '.join(f'{name} {version}' for name, version in versions.items()))}"
    yield f"on      {one_line(about.get('processor', ''))}, {about.get('threads', '?')} threads"


def more_numbers(run: Run) -> Iterator[str]:
    """What the line of the result has no room for, if there is a result that can be read."""
    from tenfold.evaluation.evaluation import in_words

    if not run.directory.evaluation.exists():
        return
    with suppress(TenfoldError):  # the line of the result says what is wrong with it
        evaluation = run.evaluation
        told = [] if evaluation.loss_is_log_loss else [f"log loss {in_words(evaluation.log_loss)}"]
        if evaluation.top2 is not None:
            told.append(f"{percent(evaluation.top2, of=evaluation.total)} in two guesses")
        if told:
            yield f"besides {', '.join(told)}"


def findings(run: Run, width: int, plain: bool) -> Iterator[Line]:
    """What the run teaches: each claim with how sure it is, and below it what to do."""
    done = run.status.state == "done"
    if done and not run.directory.findings.exists():
        return
    found: list[Finding] = []
    problem = []
    try:
        found = run.findings
    except TenfoldError as error:
        problem = [one_line(error.line)]
    if found or problem:
        yield ""
        yield [("what it teaches" if done else "what it teaches so far", "bold")]
    yield from problem
    for finding in found:
        claim = wrapped(f"{one_line(finding.claim)} ({finding.sure})", width, "• ", "  ")
        advice = wrapped(one_line(finding.advice), width, "  → ", "    ") if finding.advice else []
        for line in [*claim, *advice]:
            yield drawing.in_ascii(line) if plain else line


def wrapped(text: str, width: int, first: str, others: str) -> list[str]:
    """`text` in lines of `width`; no hyphen is broken, for commands are to be typed, and no number leaves its %."""
    lines = textwrap.wrap(
        text.replace(" %", "\xa0%"),
        max(width, NARROWEST),
        initial_indent=first,
        subsequent_indent=others,
        break_on_hyphens=False,
        break_long_words=False,
    )
    return [line.replace("\xa0%", " %") for line in lines]


def curves(rows: list[dict[str, Any]], width: int, plain: bool) -> Iterator[Line]:
    from tenfold.run.curves import curves_in

    for name, pair in curves_in(rows).items():
        if drawn := drawing.curves(pair, width=width, plain=plain):
            yield ""
            yield [(name, "bold")]
            yield from drawn


def confusion(run: Run, width: int, plain: bool) -> Iterator[Line]:
    """What is taken for what: the matrix where there is room for it, and the most confused pairs in words."""
    if not run.directory.predictions.exists():
        return
    try:
        predictions = run.predictions
    except TenfoldError as error:  # the rest of the run is worth showing
        yield from ("", one_line(error.line))
        return
    confused = predictions.confusion()
    matrix = drawing.confusion(confused.counts.tolist(), confused.classes, width=width, plain=plain)
    pairs = confused.most_confused(None)
    told = pairs[: PAIRS if matrix else MANY]
    words = [str(pair) for pair in told]
    words += [f"and {plural(len(pairs) - len(told), 'more pair')}, less often"] if len(told) < len(pairs) else []
    yield ""
    yield [("what is taken for what", "bold")]
    if matrix:
        yield from wrapped("a row for each true class, a column for each answer", width, "", "")
    yield from matrix
    if matrix and words:
        yield ""
    for line in words or ["nothing: every picture is right"]:
        yield from wrapped(line, width, "", "  ")


def epochs(rows: Sequence[dict[str, Any]], width: int, plain: bool) -> Iterator[Line]:
    """Every epoch in a table, of a long training the first and the last; what is too wide goes on below."""
    if not rows:
        return
    names = [name for name in dict.fromkeys(name for row in rows for name in row) if name != EPOCH]
    shown = rows if len(rows) <= FIRST + LAST + 1 else [*rows[:FIRST], *rows[-LAST:]]
    cells = {name: [one_line(name), *(spelled(row.get(name)) for row in shown)] for name in [EPOCH, *names]}
    for part in parts_of(cells, names, width):
        table = zip(*(cells[name] for name in [EPOCH, *part]), strict=True)
        header, *lines = columns(list(table), right=range(1 + len(part)))
        if len(shown) < len(rows):
            more = f"{len(rows) - len(shown):,} more epochs, which are in metrics.jsonl"
            lines[FIRST:FIRST] = [f"{'...' if plain else '…'} {more}"]
        yield ""
        yield [(header, "bold")]
        yield from lines


def parts_of(cells: Mapping[str, Sequence[str]], names: Sequence[str], width: int) -> Iterator[list[str]]:
    """The columns in as many tables as a terminal of `width` needs, each with the epoch before them."""
    part: list[str] = []
    taken = first = max(map(len, cells[EPOCH]))
    for name in names:
        wide = len(GAP) + max(map(len, cells[name]))
        if part and taken + wide > width:
            yield part
            part, taken = [], first
        part.append(name)
        taken += wide
    yield part


def spelled(value: Any) -> str:
    """A number of the table of epochs; a dash where there is none."""
    if value is None:
        return "-"
    return f"{value:.4g}" if isinstance(value, float) else one_line(value)


def files(run: Run, width: int) -> Iterator[Line]:
    """Every file of the run that is there, how large it is and what is in it."""
    from tenfold.run.directory import FILES

    found = {name: meaning for name, meaning in FILES.items() if (run.path / name).exists()}
    lines = columns([(name, size_of(run, name)) for name in found], right=[1])
    yield ""
    yield [("files", "bold"), f" in {one_line(run.directory.path)}"]
    for line, meaning in zip(lines, found.values(), strict=True):
        yield from wrapped(meaning, width, f"  {line}  ", " " * (len(line) + 4))


def size_of(run: Run, name: str) -> str:
    path = run.path / name
    with suppress(OSError):
        of = path.rglob("*") if path.is_dir() else [path]
        return bytes_in_words(sum(file.stat().st_size for file in of))
    return ""


def bytes_in_words(count: float) -> str:
    """A file's size: "812 B", "5.3 kB", "1.2 MB"."""
    for unit in ("B", "kB", "MB"):
        if count < 1000:
            return f"{count:.3g} {unit}"
        count /= 1000
    return f"{count:,.1f} GB"


def next_steps(run: Run) -> Iterator[Line]:
    """What to type next, as the run is now."""
    state = run.status.state
    steps = ["report", "predict PICTURE --run"] if state == "done" else []
    steps += ["evaluate"] if run.closed else []
    if state in ("interrupted", "failed"):
        steps = ["resume"]
    if steps:
        yield from ("", "next, type", *(f"  {to_type(step, run)}" for step in steps))
