"""Which pictures make up which batch of which epoch.

The rules are Keras' own (its array adapter and epoch iterator): one permutation a pass over the data, a short last
batch, `steps_per_epoch` cutting a pass into several epochs. Without a seed the permutation is drawn from NumPy's
global generator, at the moment at which Keras draws it, so that a script which seeds Keras gets the batches that
`model.fit` would give it. With a seed the order is a pure function of seed and epoch: that is what lets a killed run
go on as if nothing had happened.
"""

from __future__ import annotations

import math
import warnings
from collections.abc import Iterator
from dataclasses import dataclass
from numbers import Integral
from typing import Literal

import numpy as np
import numpy.typing as npt

from tenfold.errors import InputError

Rows = npt.NDArray[np.int32]
Shuffle = bool | Literal["batch"]

SEED_BITS = 128  # of the generator's key


@dataclass(frozen=True)
class EpochOrder:
    """The rows of one epoch: whole batches first, then at most one that is short."""

    full: Rows  # (steps, batch)
    short: Rows  # (1, rest), or (0, 0) when the batches come out even

    @property
    def steps(self) -> int:
        return len(self.full) + len(self.short)

    def parts(self, first: int = 0) -> Iterator[tuple[int, Rows]]:
        """Stretches of batches of one size, from step `first` on: `(number of the stretch's first step, rows)`."""
        if first < len(self.full):
            yield first, self.full[first:]
        if len(self.short) and first < self.steps:
            yield len(self.full), self.short


class Order:
    """The batches of every epoch of one training."""

    def __init__(
        self,
        rows: int,
        batch_size: int,
        *,
        shuffle: Shuffle = True,
        seed: int | None = None,
        steps_per_epoch: int | None = None,
        first_epoch: int = 0,
    ) -> None:
        self.rows = rows
        self.batch_size = batch_size
        self.shuffle = shuffle
        self.seed = seed
        self.batches = math.ceil(rows / batch_size)
        self.steps = min(steps_per_epoch or self.batches, self.batches)
        if steps_per_epoch and steps_per_epoch > self.batches:
            warnings.warn(
                f"steps_per_epoch is {steps_per_epoch}, but the data holds {self.batches} batches: "
                f"every epoch has {self.batches} steps.",
                stacklevel=3,
            )
        # A pass over the data takes this many epochs; its last epoch may have fewer steps than the others.
        self._epochs_a_pass = math.ceil(self.batches / self.steps)
        self._first_epoch = 0 if seed is not None else first_epoch
        self._drawn: tuple[int, Rows] = (-1, np.empty(0, np.int32))

    def steps_in(self, epoch: int) -> int:
        """How many steps an epoch has; nothing is drawn for it."""
        part = (epoch - self._first_epoch) % self._epochs_a_pass
        return min(self.steps, self.batches - part * self.steps)

    def epoch(self, epoch: int) -> EpochOrder:
        number, part = divmod(epoch - self._first_epoch, self._epochs_a_pass)
        first = part * self.steps
        last = first + self.steps_in(epoch)
        rows = self._pass(number)[first * self.batch_size : last * self.batch_size]
        whole = len(rows) // self.batch_size * self.batch_size
        short = rows[whole:]
        return EpochOrder(
            full=rows[:whole].reshape(-1, self.batch_size),
            short=short.reshape(1, -1) if len(short) else np.empty((0, 0), np.int32),
        )

    def _pass(self, number: int) -> Rows:
        if self._drawn[0] != number:
            self._drawn = (number, self._draw(number))
        return self._drawn[1]

    def _draw(self, number: int) -> Rows:
        if not self.shuffle:
            return np.arange(self.rows, dtype=np.int32)
        permutation = np.random.permutation
        if self.seed is not None:
            # The number of the pass is the counter's highest word: passes draw from stretches that never overlap.
            permutation = np.random.Generator(np.random.Philox(key=self.seed, counter=number << 192)).permutation
        if self.shuffle == "batch":
            starts = range(0, self.rows, self.batch_size)
            sizes = (min(self.batch_size, self.rows - start) for start in starts)
            drawn = [start + permutation(size) for start, size in zip(starts, sizes, strict=True)]
            return np.concatenate(drawn).astype(np.int32)
        return permutation(self.rows).astype(np.int32)


def check_seed(seed: object) -> None:
    """Refuse what no generator can be given: anything but a whole number from 0 up, of no more than its key's bits."""
    if seed is None:
        return
    if isinstance(seed, bool) or not isinstance(seed, Integral) or not 0 <= int(seed) < 1 << SEED_BITS:
        raise InputError("seed", found=repr(seed)[:80], expected=f"a whole number from 0 up, below 2**{SEED_BITS}")
