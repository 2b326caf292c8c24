"""How often the test pictures were looked at: by this run, and by the others in its folder.

A test is one as long as nobody chooses by it. Each look at its result is a chance to choose, so every scoring of a
run's test pictures is noted in `looks.jsonl`, flushed to the disk before the scoring begins: none is forgotten,
whatever happens. What is done again after a kill is noted again, for it is looked at again.
"""

from __future__ import annotations

import json
from contextlib import suppress
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any

from tenfold.errors import RunError
from tenfold.files import append_line
from tenfold.run.directory import LARGE, Directory, read_json, read_text
from tenfold.run.find import directories
from tenfold.run.status import now, read

if TYPE_CHECKING:
    from tenfold.images.dataset import Dataset

VALIDATION = "validation"


@dataclass(frozen=True)
class Looks:
    """How often the test pictures were scored."""

    times: int  # by this run
    as_validation: int  # so many of them after an epoch, by a recipe that validates on the test pictures
    others: int  # by other runs of the folder, on the same test pictures
    other_runs: int
    counted: bool = True  # not for a run that was scored and has no `looks.jsonl`

    def as_json(self) -> dict[str, int]:
        return asdict(self)

    def __str__(self) -> str:
        if not self.counted:
            return "looks were not counted for this run"
        text = f"test set scored {often(self.times)}" if self.times else "test set not scored yet"
        if self.as_validation:
            text += f", {self.as_validation:,} of them as validation"
        if self.others:
            runs = "another run" if self.other_runs == 1 else f"{self.other_runs:,} other runs"
            text += f", and {often(self.others)} by {runs} in this folder"
        return text

    __repr__ = __str__


def often(times: int) -> str:
    return {1: "once", 2: "twice"}.get(times, f"{times:,} times")


def note(directory: Directory, dataset: Dataset, why: str) -> None:
    """Count a look at the test pictures. To be called before it."""
    line = {"when": now(), "why": why, "test": dataset.test.fingerprint}
    append_line(directory.looks, json.dumps(line))


def looks_of(directory: Directory) -> Looks:
    """All looks at the test pictures of the run at `directory`."""
    own = noted(directory)
    test = next((look["test"] for look in reversed(own) if "test" in look), None) or fingerprint_in(directory)
    counts = []
    for other in directories(directory.path.parent) if test else []:
        if other.name != directory.name:
            with suppress(RunError):  # not this run's trouble
                counts.append(sum(look.get("test") == test for look in noted(other)))
    validation = sum(look.get("why") == VALIDATION for look in own)
    status = read(directory)
    counted = directory.looks.exists() or status.state != "done" or status.closed
    return Looks(len(own), validation, sum(counts), sum(count > 0 for count in counts), counted)


def fingerprint_in(directory: Directory) -> object:
    """The fingerprint of the test pictures of a run that has not looked at them yet; None where it does not say."""
    with suppress(RunError):
        data = read_json(directory.environment).get("data")
        splits = data.get("fingerprints") if isinstance(data, dict) else None
        return splits.get("test") if isinstance(splits, dict) else None
    return None


def noted(directory: Directory) -> list[dict[str, Any]]:
    """The looks that one run has noted; a line that the power cut short is a look as well."""
    if not directory.looks.exists():
        return []
    looks = []
    for line in read_text(directory.looks, LARGE).splitlines():
        look: Any = {}
        with suppress(ValueError, RecursionError):
            look = json.loads(line)
        if line:
            looks.append(look if isinstance(look, dict) else {})
    return looks
