"""Which runs may be held against one another: different ones that are done and were tested on the same pictures."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from tenfold.errors import RunError, UsageError
from tenfold.run.run import Run, still_closed


def refuse_incomparable(runs: Sequence[Run]) -> None:
    """Refuse runs between which a difference would say nothing, with the reason."""
    refuse_twice(runs)
    for run in runs:
        refuse_unfinished(run)
        refuse_unknown_pictures(run)
    for other in runs[1:]:
        refuse_other_pictures(runs[0], other)


def refuse_twice(runs: Sequence[Run]) -> None:
    seen: set[Path] = set()
    for run in runs:
        if run.directory.path in seen:
            raise UsageError(f"run {run.name}", found="it is named twice", expected="different runs")
        seen.add(run.directory.path)


def refuse_unfinished(run: Run) -> None:
    state = run.status.state
    if state != "done":
        raise RunError(
            f"run {run.name}",
            found=f"it is {state}",
            expected="a run that is done",
            do="wait for it" if state == "running" else f"go on with it: `tenfold resume {run.name}`",
        )
    if run.closed:
        raise still_closed(run.name)


def refuse_unknown_pictures(run: Run) -> None:
    """Refuse a run that does not say what it was tested on; two of them would seem to differ, or to be the same."""
    about = run.about_data
    if not any(isinstance(one, str) for one in (about.get("fingerprint"), fingerprint_of_test(about))):
        raise RunError(
            run.directory.environment,
            found='no fingerprint of its pictures in its part "data"',
            expected="what the run wrote",
            do="restore it from a copy, for without it nothing says that both were tested on the same pictures",
        )


def refuse_other_pictures(first: Run, other: Run) -> None:
    """Refuse runs that were tested on different pictures: a difference could be that of the pictures."""
    about, others = first.about_data, other.about_data
    if same(about.get("fingerprint"), others.get("fingerprint")):
        return
    if same(fingerprint_of_test(about), fingerprint_of_test(others)):
        return
    one, another = about.get("name"), others.get("name")
    raise RunError(
        f"runs {first.name} and {other.name}",
        found="they were tested on different pictures "
        + (f"({one} and {another})" if one != another else f"(both are called {one})"),
        expected="the same test pictures",
        do="train one of them again on the other's data",
    )


def same(one: object, other: object) -> bool:
    """Whether two fingerprints are there and equal."""
    return isinstance(one, str) and one == other


def fingerprint_of_test(data: Mapping[str, Any]) -> object:
    """The fingerprint of the test pictures alone; older runs have only one of all pictures together."""
    splits = data.get("fingerprints")
    return splits.get("test") if isinstance(splits, Mapping) else None
