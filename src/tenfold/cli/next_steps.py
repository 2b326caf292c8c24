"""What to type next, in words that work where the person is: this very program, this very run."""

from __future__ import annotations

import shlex
import shutil
import sys
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING

from tenfold.cli.parser import default_runs
from tenfold.errors import TenfoldError

if TYPE_CHECKING:
    from tenfold.run.run import Run

RUN_CODE = ("resume", "predict", "evaluate", "report")  # the commands that need the network itself


def to_type(command: str, run: Run) -> str:
    """The words that do something with `run`: `tenfold resume first-digits-0001`."""
    trust = " --trust-code" if command.split()[0] in RUN_CODE and has_own_code(run) else ""
    return f"{program()} {command} {name_of(run)}{trust}"


def has_own_code(run: Run) -> bool:
    """Whether the network of `run` is made by code of the user's own, which has to be allowed anew each time."""
    with suppress(TenfoldError):  # a damaged recipe is told by the command that needs it
        return bool(run.recipe.network.function)
    return False


def name_of(run: Run) -> str:
    """A run's name if it is where runs are looked for, else its path."""
    elsewhere = run.directory.path.parent != default_runs().resolve()
    return shlex.quote(str(run.path) if elsewhere else run.name)


def program() -> str:
    """`tenfold`, or the path to it where typing that would find nothing or another one, as after `make train`."""
    called = Path(sys.argv[0])
    if called.parts[-2:] == ("tenfold", "__main__.py"):
        return f"{shlex.quote(from_here(Path(sys.executable)))} -m tenfold"
    if called.stem != "tenfold":  # a notebook or a test
        return "tenfold"
    found = shutil.which("tenfold")
    return "tenfold" if found and Path(found).resolve() == called.resolve() else shlex.quote(from_here(called))


def from_here(path: Path) -> str:
    """A path as short as it can be typed: relative if it is below the current folder."""
    path = path.absolute()
    return str(path.relative_to(Path.cwd())) if path.is_relative_to(Path.cwd()) else str(path)
