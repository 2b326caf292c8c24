"""The callback that writes a run while it trains: its metrics, its layers, its checkpoints, its status.

It comes last in the list of callbacks, so that what it saves at the end of an epoch is what all others left, and what
it restores when training goes on is not reset by them any more. At the end of every epoch it writes `metrics.jsonl`
and `layers.jsonl` first and the checkpoint then: a line that no checkpoint knows is dropped when the run is resumed,
and none is missing.
"""

from __future__ import annotations

import json
import math
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from typing import Any, cast

import numpy as np

from tenfold.backend import keras
from tenfold.engine import Position
from tenfold.engine.programs import programs_of
from tenfold.files import write_text
from tenfold.run import checkpoint, memory, status, variables
from tenfold.run.checkpoint import Checkpoint
from tenfold.run.directory import Directory
from tenfold.run.layer_log import LayerLog
from tenfold.run.status import Status


class Recorder(keras.callbacks.Callback):  # type: ignore[misc]
    """Writes the run at `directory`, and restores `resumed` when training begins again."""

    def __init__(
        self,
        directory: Directory,
        begun: Status,
        others: Sequence[Any],
        resumed: Checkpoint | None = None,
        before_validation: Callable[[], None] = lambda: None,
    ) -> None:
        super().__init__()
        self.directory = directory
        self.status = begun
        self.others = others
        self.resumed = resumed
        self.before_validation = before_validation
        self.rows: list[Mapping[str, Any]] = list(resumed.rows) if resumed else []
        self.layers = LayerLog(directory, begun.epochs, resumed.epoch if resumed else None)
        self.clock = Clock(resumed.seconds if resumed else {})
        self.stopped = resumed.stopped if resumed else False

    def on_train_begin(self, logs: Mapping[str, Any] | None = None) -> None:  # noqa: ARG002 - Keras calls it so
        """Restore what training goes on from, now that all variables exist and no callback resets itself any more."""
        if self.resumed is not None:
            variables.put_into(self.model, self.resumed.variables)
            memory.remind(self.others, self.resumed.callbacks, self.resumed.arrays)
        self.layers.begin(self.model)
        self.clock.start(programs_of(self.model).seconds)

    def on_test_begin(self, logs: Mapping[str, Any] | None = None) -> None:  # noqa: ARG002 - Keras calls it so
        self.before_validation()

    def on_epoch_end(self, epoch: int, logs: Mapping[str, Any] | None = None) -> None:
        self.clock.look(programs_of(self.model).seconds)
        row = {"epoch": epoch + 1, "seconds": self.clock.lap(), "learning_rate": learning_rate(self.model)}
        self.rows.append(row | {name: numbers(value) for name, value in (logs or {}).items()})
        self.stopped = bool(self.model.stop_training)
        self.layers.look(self.model, epoch + 1)
        self.write_metrics()
        self._save(Position(epoch + 1))
        self.tell(epoch=epoch + 1, step=0)

    def on_train_end(self, logs: Mapping[str, Any] | None = None) -> None:  # noqa: ARG002 - Keras calls it so
        self.clock.look(programs_of(self.model).seconds)

    def interrupted(self, position: Position) -> None:
        """Save what was reached in the middle of an epoch."""
        self.clock.look(programs_of(self.model).seconds)
        self._save(position)
        self.status = replace(self.status, epoch=position.epoch, step=position.step)

    def keep_the_end(self) -> None:
        """Save the weights with which training ended, which early stopping may have taken from an earlier epoch."""
        self._save(Position(self.status.epoch))

    def tell(self, **news: Any) -> None:
        """Write `status.json` with what is new."""
        train, compiling = round(self.clock.train, 3), round(self.clock.compile, 3)
        told = replace(self.status, train_seconds=train, compile_seconds=compiling, **news)
        self.status = status.write(self.directory, told)

    def write_metrics(self) -> None:
        lines = (json.dumps(row, ensure_ascii=False, allow_nan=False) for row in self.rows)
        write_text(self.directory.metrics, "".join(f"{line}\n" for line in lines))

    def _save(self, position: Position) -> None:
        memories, arrays = memory.remember(self.others)
        saved = Checkpoint(
            epoch=position.epoch,
            step=position.step,
            variables=variables.taken_from(self.model),
            callbacks=memories,
            arrays=arrays,
            rows=self.rows,
            stopped=self.stopped,
            seconds=self.clock.as_json(),
            logs={name: np.asarray(value) for name, value in (position.logs or {}).items()},
        )
        checkpoint.save(self.directory.state, saved)


class Clock:
    """Seconds of training and of compiling, over all the times that a run was begun and resumed."""

    def __init__(self, before: Mapping[str, float]) -> None:
        self.train = before.get("train", 0.0)
        self.compile = before.get("compile", 0.0)
        self.epoch_began = before.get("epoch_began", 0.0)  # what `train` was when the epoch began
        self.start(0.0)

    def start(self, compiled: float) -> None:
        """Begin to count. `compiled` is how long the model's programs have taken to compile up to now."""
        self.looked, self.compiled = time.perf_counter(), compiled

    def look(self, compiled: float) -> None:
        """Count what has passed since the last look."""
        passed, newly = time.perf_counter() - self.looked, max(0.0, compiled - self.compiled)
        self.train += max(0.0, passed - newly)
        self.compile += newly
        self.start(compiled)

    def lap(self) -> float:
        """Seconds of training in the epoch that ends now; the next one begins."""
        seconds = self.train - self.epoch_began
        self.epoch_began = self.train
        return round(seconds, 6)

    def as_json(self) -> dict[str, float]:
        return {"train": self.train, "compile": self.compile, "epoch_began": self.epoch_began}


def learning_rate(model: keras.Model) -> float | None:
    """The optimizer's learning rate at this moment, where it has one."""
    try:
        return cast("float | None", numbers(model.optimizer.learning_rate))
    except AttributeError:
        return None


def numbers(value: Any) -> Any:
    """A metric as JSON can say it: a number or, where there is one for each class, a list; null if it is not finite."""
    array = np.asarray(value, dtype=np.float64)
    if array.ndim:
        return [numbers(single) for single in array]
    return float(array) if math.isfinite(array) else None
