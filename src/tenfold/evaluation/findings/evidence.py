"""`Evidence`: all that the rules look at, as plain values.

Everything has a default that means "not known", so that a rule can be asked with the few facts that it needs. Who
gathers the evidence of a run is `run/findings.py`; this file only says what there may be.
"""

from __future__ import annotations

import shlex
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from tenfold.evaluation.predictions import Predictions

BACKTICK = r"'$'\x60''"  # as a shell takes it that has just read a quoted text up to there
USUAL_RATE = 0.001  # of Adam and most other optimizers
LARGEST_USUAL_RATE = 0.01  # of SGD
FEW_STEPS = 100  # by which the weights were hardly changed yet
FLAGS = {
    "training.epochs": "--epochs",
    "training.batch_size": "--batch-size",
    "training.learning_rate": "--learning-rate",
    "training.seed": "--seed",
}


@dataclass(frozen=True)
class Command:
    """What is typed to train like this again: the words, and the settings in which it differs from them."""

    words: str = "tenfold train RECIPE"
    changes: Mapping[str, Any] = field(default_factory=dict)

    def but(self, changes: Mapping[str, Any]) -> str:
        """The same training with other settings: `but({"training.epochs": 40})`."""
        parts = [self.words]
        for key, value in {**self.changes, **changes}.items():
            text = shlex.quote(typed(value))
            parts.append(f"{FLAGS[key]} {text}" if key in FLAGS else f"--set {key}={text}")
        return " ".join(parts).replace("`", BACKTICK)


@dataclass(frozen=True)
class Call(Command):
    """The same in Python, for pictures that no command can load again; `words` are the first arguments."""

    words: str = '"RECIPE", dataset'

    def but(self, changes: Mapping[str, Any]) -> str:
        """The same training with other settings: `tenfold.train("first", dataset, epochs=40)`."""
        every = {**self.changes, **changes}
        short = [f"{key.partition('.')[2]}={typed(value)}" for key, value in every.items() if key in FLAGS]
        others = [f"{key}={typed(value)}" for key, value in every.items() if key not in FLAGS]
        return f"tenfold.train({', '.join([self.words, *short, *([f'overrides={others!r}'] if others else [])])})"


def typed(value: Any) -> str:
    """A setting as `--set` takes it."""
    if value is None or isinstance(value, bool):
        return str(value).lower()
    return f"{value:g}" if isinstance(value, float) else str(value)


@dataclass(frozen=True)
class Sheet:
    """The accuracy on the test pictures that a lab sheet reports for a recipe, and after how many epochs, if known."""

    low: float
    high: float
    epochs: int | None


@dataclass(frozen=True)
class Picture:
    """A picture by its split and its place there."""

    split: str
    index: int
    label: int
    blank: bool = False  # of one colour throughout


@dataclass(frozen=True)
class NearlySame:
    """Test pictures that are nearly training pictures, and not exactly; by their places, and what was looked at."""

    test: Sequence[int]
    train: Sequence[int]  # the picture that each is nearly
    of_test: Sequence[int]
    of_train: int


@dataclass(frozen=True)
class DeadUnits:
    """How many of a layer's units gave nothing for any of the training pictures that were tried."""

    layer: str
    dead: int
    units: int
    pictures: int
    every: bool = False  # whether those were all there are


@dataclass(frozen=True, eq=False)
class Evidence:
    """What is known about one training and its result."""

    name: str = "this run"
    command: Command = Command()
    data: str | None = "DATA"  # the words by which a command loads the pictures again; None where none can
    sizes: Mapping[str, int] = field(default_factory=dict)  # pictures trained, validated and tested on, by split
    counts: Mapping[str, Mapping[str, int]] = field(default_factory=dict)  # by split and class
    validation: float | str = 0.0  # the part held out, or "test"
    noisy: bool = False  # whether training is made harder than answering: dropout, noise, augmentation
    scaled: bool = True  # whether pixels come to the network as small numbers
    seed: int = 0
    rows: Sequence[Mapping[str, Any]] = ()  # metrics.jsonl: one mapping an epoch
    epochs: int = 0  # that were asked for
    steps: int = 0  # that an epoch has
    rescored: int = 0  # training pictures that were scored again after every epoch
    train_seconds: float = 0.0
    compile_seconds: float = 0.0
    predictions: Predictions | None = None  # on the test pictures
    held_out: Predictions | None = None  # on training pictures that were held out for validation
    held_out_ids: Sequence[int] = ()  # their places among the training pictures
    unfinished: str = ""  # what a run that is not done is: running, interrupted, failed
    stopped_by: str = ""  # and why, in words
    closed: bool = False  # whether the test pictures were not to be scored yet
    sheet: Sheet | None = None
    same: Sequence[Sequence[Picture]] = ()  # sets of equal pictures
    searched: float = 1.0  # the part of all pictures among which equal ones were looked for
    near: NearlySame | None = None
    dead: Sequence[DeadUnits] = ()
    test_looks: int = 0  # how often the test pictures were scored by all runs of the folder
    test_runs: int = 0  # and by how many runs, this one among them
    other: tuple[str, Predictions] | None = None  # the run before it on the same pictures: its name, what it said

    @property
    def classes(self) -> tuple[str, ...]:
        return self.predictions.classes if self.predictions else ()

    @property
    def learning_rate(self) -> float | None:
        """The learning rate in the first epoch."""
        rates = self.column("learning_rate")
        return rates[0] if rates else None

    @property
    def steps_taken(self) -> int:
        return self.steps * len(self.rows)

    @property
    def smaller_steps(self) -> str:
        """The command that trains the same with a tenth of the learning rate, or a usual one where that is less."""
        rate = (self.learning_rate or USUAL_RATE) / 10
        return self.command.but({"training.learning_rate": min(rate, LARGEST_USUAL_RATE)})

    @property
    def larger_steps(self) -> str:
        """The command that trains the same with ten times the learning rate, or a tenth of a usual one if more."""
        rate = max(10 * (self.learning_rate or USUAL_RATE), USUAL_RATE / 10)
        return self.command.but({"training.learning_rate": rate})

    @property
    def audit(self) -> str:
        """What is typed to look for what is wrong with the pictures."""
        if self.data is None:
            return "print(tenfold.audit(dataset))"
        return f"tenfold data audit {self.data}".replace("`", BACKTICK)

    @property
    def where_to_look(self) -> str:
        """Where pictures are seen that are named by their numbers; "" where no command can load them."""
        return "" if self.data is None else f" (`tenfold report {shlex.quote(self.name)} --open` shows them)"

    def column(self, name: str) -> list[float | None]:
        """A metric over the epochs; None where it was not measured or was no number."""
        values = [row.get(name) for row in self.rows]
        return [float(value) if isinstance(value, int | float) else None for value in values]

    def curve(self, name: str) -> list[float]:
        """A metric over the epochs that was a number in each of them; empty where it was not."""
        numbers = [value for value in self.column(name) if value is not None]
        return numbers if len(numbers) == len(self.rows) else []


def quotable(name: object) -> str:
    """A name that comes from elsewhere, without the marks that advice puts around a command."""
    return str(name).replace("`", "'")
