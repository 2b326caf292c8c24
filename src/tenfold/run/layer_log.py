"""`layers.jsonl`: how the weights of every layer are spread, before training and after every epoch.

A line is an epoch, epoch 0 being the network before it was trained. A line is written before the checkpoint of its
epoch, and one that the checkpoint does not know is dropped when the run goes on. Of a long training every so many
epochs are kept, so that the file stays small.

Lines are appended, and not flushed to the disk one by one: that would take longer than an epoch of a small network
may wait. A power cut can cost the last of them, on which nothing depends but a chart.
"""

from __future__ import annotations

import json
import math
from contextlib import suppress
from typing import Any

from tenfold.backend import keras
from tenfold.errors import RunError
from tenfold.evaluation.inspection.weights import weight_table
from tenfold.files import storage_errors, write_text
from tenfold.run.directory import LARGE, Directory, read_text

MOST = 200  # epochs that are kept


class LayerLog:
    """The file of one run; `known` is the last epoch that the run's checkpoint knows, None at the beginning."""

    def __init__(self, directory: Directory, epochs: int, known: int | None) -> None:
        self.directory = directory
        self.every = math.ceil(epochs / MOST)
        self.last = epochs
        self.known = known

    def begin(self, model: keras.Model) -> None:
        """Go on after the lines that the checkpoint knows, or begin with the network as it is before training."""
        lines = [] if self.known is None else lines_until(self.directory, self.known)
        write_text(self.directory.layers, "".join(lines))
        if self.known is None:
            self.look(model, 0)

    def look(self, model: keras.Model, epoch: int) -> None:
        """Note how the weights are after `epoch` epochs, if that is one to be kept."""
        if epoch % self.every == 0 or epoch == self.last:
            row = {"epoch": epoch, "weights": weight_table(model)}
            line = json.dumps(row, ensure_ascii=False, allow_nan=False, separators=(",", ":")) + "\n"
            path = self.directory.layers
            with storage_errors(path), path.open("ab") as file:
                file.write(line.encode("utf-8"))


def lines_until(directory: Directory, known: int) -> list[str]:
    """The lines of before. One that is damaged is left out: training does not fail for a chart's sake."""
    lines: list[str] = []
    with suppress(RunError):
        for line in read_text(directory.layers, LARGE).splitlines():
            with suppress(ValueError, RecursionError):
                row: Any = json.loads(line)
                if isinstance(row, dict) and type(row.get("epoch")) is int and row["epoch"] <= known:
                    lines.append(f"{line}\n")
    return lines
