"""How a run looks: a few lines of text, or a small table in a notebook. All that comes from a file is escaped."""

from __future__ import annotations

import html
from typing import TYPE_CHECKING

from tenfold.errors import TenfoldError, one_line

if TYPE_CHECKING:
    from tenfold.run.run import Run


def facts(run: Run) -> dict[str, str]:
    """What is worth knowing first, in words; a run that cannot be read says so instead."""
    try:
        status = run.status
    except TenfoldError as error:
        return {"run": one_line(run.name), "problem": error.line}
    reached = f"{status.epoch} of {status.epochs} epochs" + (f" and {status.step} steps" if status.step else "")
    words = {
        "run": run.name,
        "state": status.state + (f": {status.message}" if status.message else ""),
        "recipe": f"{status.recipe}, {status.parameters:,} parameters",
        "data": status.data,
        "trained": f"{reached} in {status.train_seconds:.1f} s, and {status.compile_seconds:.1f} s of compiling",
    }
    if status.state == "done":
        try:
            words |= result(run)
        except TenfoldError as error:
            words["result"] = error.line
    try:
        words["looks"] = str(run.looks)
    except TenfoldError as error:
        words["looks"] = error.line
    return {name: one_line(text) for name, text in words.items()} | {"where": one_line(run.path)}


def result(run: Run) -> dict[str, str]:
    """How good a run is that is done: on its test pictures or, while those are closed, on those of validation."""
    if not run.closed:
        return {"result": str(run.evaluation)}
    validation = run.validation
    return {
        **({"result": str(validation)} if validation else {}),
        "test": f"the test set is still closed; to open it: tenfold evaluate {run.name}",
    }


def as_text(run: Run) -> str:
    return "\n".join(f"{name:8}{text}" for name, text in facts(run).items())


def as_html(run: Run) -> str:
    left = 'style="text-align:left"'
    rows = "".join(
        f"<tr><th {left}>{html.escape(name)}</th><td {left}>{html.escape(text)}</td></tr>"
        for name, text in facts(run).items()
    )
    return f"<table>{rows}</table>"
