"""Finding runs: one by its path, its name or the beginning of it, or all of them in a table.

Nothing here looks into a run further than its `status.json`, and nothing heavy is imported, so that thousands of runs
are listed at once.
"""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path

from tenfold.errors import RunError, StorageError, UsageError, did_you_mean, one_line
from tenfold.run import status
from tenfold.run.directory import NAME, Directory
from tenfold.run.run import Run
from tenfold.run.status import Status
from tenfold.text_table import percent

LAST = "last"


@dataclass(frozen=True)
class Listed:
    """A line of the table of runs. A run whose status cannot be read has none, and says why in `error`."""

    name: str
    path: Path
    status: Status | None
    error: str = ""

    def __str__(self) -> str:
        if self.status is None:
            return f"{one_line(self.name)}: {one_line(self.error)}"
        accuracy, total = self.status.accuracy, self.status.total
        right = (
            "" if accuracy is None or total is None else f", {percent(accuracy, of=total)} of the test pictures right"
        )
        trained = f"{one_line(self.status.recipe)} on {one_line(self.status.data)}"
        return f"{one_line(self.name)}: {trained}, {self.status.state}{right}"

    __repr__ = __str__


def find(runs: Path, what: str | Path) -> Run:
    """The run that is meant by a path, by a name in the folder `runs`, by the beginning of one, or by "last"."""
    text = str(what)
    if isinstance(what, Path) or os.sep in text or "/" in text or text in (".", ".."):
        return at(Path(what).expanduser())
    if text == LAST:
        return newest(runs)
    if NAME.fullmatch(text):  # anything else is no name, and is never joined to a path
        exact = runs / text
        if Directory(exact).exists():
            return Run(exact)
        if Directory(Path(text)).exists():
            return Run(Path(text))
    names = [directory.name for directory in directories(runs)]
    matches = sorted(name for name in names if name.startswith(text)) if text else []
    if len(matches) == 1:
        return Run(runs / matches[0])
    if matches:
        shown = ", ".join(matches[:5]) + (f" and {len(matches) - 5} more" if len(matches) > 5 else "")
        raise RunError(
            f"run {text}", found=f"{len(matches)} runs begin so: {shown}", expected="one", do="type more of it"
        )
    for path in (runs / text, Path(text)):
        if NAME.fullmatch(text) and path.is_dir():
            return at(path)
    raise RunError(
        f"run {text}",
        found=f"no run of this name in {runs}",
        expected="a name, the beginning of one, a path, or `last`",
        do=did_you_mean(text, names[:200]) or "train one, or say with --runs where yours are",
    )


def at(path: Path) -> Run:
    """The run in the directory `path`."""
    if Directory(path).exists():
        return Run(path)
    if not path.exists():
        raise RunError(path, found="nothing is there", expected="the directory of a run")
    begun = Directory(path).recipe.exists() or Directory(path).state.exists()
    raise RunError(
        path,
        found="a run that was ended before it was begun" if begun else "it is not a run (it has no status.json)",
        expected="the directory of a run",
        do="delete it and train again" if begun else "`tenfold runs` lists the runs",
    )


def newest(runs: Path) -> Run:
    """The run that was started last."""
    listed = list_runs(runs)
    if not listed:
        raise RunError(
            f"run {LAST}", found=f"no runs in {runs}", expected="at least one", do="train one: `tenfold train`"
        )
    return Run(listed[0].path)


def list_runs(runs: str | Path = "runs") -> list[Listed]:
    """Every run in the folder `runs`, the newest first; those that cannot be read come last."""
    listed = [listing(directory) for directory in directories(Path(runs))]
    listed.sort(key=lambda one: (one.status.started if one.status else "", one.name), reverse=True)
    return listed


def listing(directory: Directory) -> Listed:
    try:
        return Listed(directory.name, directory.path, status.read(directory))
    except RunError as error:
        return Listed(directory.name, directory.path, None, error.line)


def directories(runs: Path) -> list[Directory]:
    """The run directories in the folder `runs`; none when there is no such folder yet."""
    try:
        with os.scandir(runs) as entries:
            found = [
                Directory(Path(entry.path)) for entry in entries if not entry.name.startswith(".") and entry.is_dir()
            ]
    except FileNotFoundError:
        return []
    except NotADirectoryError as error:
        raise UsageError(runs, found="it is no folder", expected="the folder of runs") from error
    except OSError as error:
        raise StorageError(runs, found=error.strerror or "it cannot be read", expected="the folder of runs") from error
    return [directory for directory in found if directory.exists()]
