"""`status.json`: what a run is doing, how far it is, and how it ended, in one small file.

It also repeats the run's result in short, so that a list of thousands of runs opens one file for each. What is
`running` in the file may be so no longer: `read` looks whether somebody still holds the run's lock.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import asdict, dataclass, fields, replace
from datetime import UTC, datetime
from typing import Any, Literal, get_args

from tenfold.errors import RunError
from tenfold.files import write_json
from tenfold.run.directory import Directory, read_json
from tenfold.run.lock import is_held
from tenfold.run.process import Process, this_process

TRAINED = {  # what programs are told of a training, and the field that knows it
    "recipe": "recipe",
    "data": "data",
    "epochs": "epoch",
    "parameters": "parameters",
    "train_seconds": "train_seconds",
}
State = Literal["running", "interrupted", "failed", "done"]


@dataclass(frozen=True)
class Status:
    """What `status.json` says. Epochs are counted as people count: `epoch` of `epochs` are complete."""

    state: State
    recipe: str
    data: str
    epochs: int
    epoch: int = 0
    step: int = 0  # steps taken in the epoch that is not complete
    parameters: int = 0
    started: str = ""
    updated: str = ""
    finished: str = ""
    message: str = ""
    pid: int = 0
    host: str = ""
    began: str = ""
    train_seconds: float = 0.0
    compile_seconds: float = 0.0
    accuracy: float | None = None
    loss: float | None = None
    wrong: int | None = None
    total: int | None = None
    val_accuracy: float | None = None  # these five at the end, where the test set stays closed
    val_loss: float | None = None
    val_log_loss: float | None = None
    val_wrong: int | None = None
    val_total: int | None = None

    @property
    def process(self) -> Process:
        return Process(self.pid, self.host, self.began)

    @property
    def closed(self) -> bool:
        """Whether it was trained to its end and its test pictures were not scored."""
        return self.state == "done" and self.total is None

    def trained(self) -> dict[str, Any]:
        """What was trained on what, for how long and how large it is, as commands give it to programs."""
        return {name: getattr(self, field) for name, field in TRAINED.items()}

    def by_this_process(self) -> Status:
        """The same, as said by the process that now trains it."""
        process = this_process()
        begun = replace(self, state="running", message="", finished="")
        return replace(begun, pid=process.pid, host=process.host, began=process.began)


def now() -> str:
    """This moment in UTC; such moments sort as they follow each other."""
    return datetime.now(UTC).isoformat(timespec="microseconds")


def write(directory: Directory, status: Status) -> Status:
    status = replace(status, updated=now())
    write_json(directory.status, asdict(status))
    return status


def read(directory: Directory) -> Status:
    """What the run at `directory` is doing; `interrupted` when it was running and its process is gone."""
    status = from_json(read_json(directory.status), directory.status)
    if status.state == "running" and not is_held(directory.lock, status.process):
        return replace(status, state="interrupted", message="its process ended before it was done")
    return status


def from_json(value: Mapping[str, Any], thing: object) -> Status:
    known = {field.name: field for field in fields(Status)}
    given = {name: value[name] for name in known if name in value}
    for name, item in given.items():
        if not fits(item, str(known[name].type)):
            expected = ", ".join(get_args(State)) if name == "state" else str(known[name].type)
            raise RunError(thing, found=f"{name} is {item!r}"[:200], expected=expected)
    missing = {"state", "recipe", "data", "epochs"} - given.keys()
    if missing:
        raise RunError(thing, found=f"no {' and no '.join(sorted(missing))}", expected="the status of a run")
    return Status(**given)


def fits(item: object, kind: str) -> bool:
    """Whether a value out of JSON is of the declared type."""
    match kind.removesuffix(" | None"):
        case "State":
            return item in get_args(State)
        case "str":
            return isinstance(item, str)
        case "int":
            return type(item) is int or (item is None and kind != "int")
        case _:
            number = isinstance(item, int | float) and type(item) is not bool and math.isfinite(item)
            return number or (item is None and kind != "float")
