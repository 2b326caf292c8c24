"""The training data scored again at the end of an epoch, in the way in which validation data are scored.

The loss and accuracy that training reports are averages over an epoch in which the weights got better all the time,
with dropout on and pictures augmented. What validation reports is of the weights at the epoch's end, with all of that
off. Curves of the two cannot be compared: early on validation looks better than training, for no reason of the data.
So a part of the training data is scored once more, by those weights and with all of that off.

How large that part is, is decided in `tenfold/rescored.py`. Which it is, is drawn once, from the seed, and stays the
same for every epoch. Scoring leaves the model, and with it all training that follows, as if it had never been: also the
seeds of layers and what the metrics have added up.
"""

from __future__ import annotations

import jax
import numpy as np

from tenfold.backend import keras
from tenfold.engine.arguments import Inputs
from tenfold.engine.devices import ONE, Devices
from tenfold.engine.feed import RESIDENT_BYTES, Feed
from tenfold.engine.interrupt import StopRequest
from tenfold.engine.order import EpochOrder
from tenfold.engine.score import Scorer, is_standard, scores
from tenfold.engine.state import TrainState
from tenfold.engine.steps import Logs
from tenfold.rescored import rescored_batches

PREFIX = "train_"
COUNTER = 1 << 191  # where the generator begins: halfway between the stretches of the first two passes (`order.py`)


class Rescoring:
    """The part of one training's data that is scored after every epoch."""

    def __init__(
        self, model: keras.Model, inputs: Inputs, seed: int | None, feed: Feed | None = None, devices: Devices = ONE
    ) -> None:
        """feed: the training's own, whose data are on the device already; without it the part is copied."""
        self.model = model
        self.devices = devices
        self.order = drawn(inputs.rows, seed)
        self.feed = feed if is_standard(model) else None
        self.scorer: Scorer | None = None
        if self.feed is None:
            part = jax.tree.map(lambda array: array[self.order.full.ravel()], inputs.arrays)
            self.scorer = Scorer(model, part, self.order.full.shape[1], None, RESIDENT_BYTES)

    def scores(self, stop: StopRequest) -> Logs:
        """Loss and metrics, `train_` before their names. The model is as it was before, also after Ctrl-C."""
        before = TrainState.of(self.model)
        if self.scorer is not None and not self.scorer.compiled:  # Keras' own evaluation takes the arrays away
            before = jax.tree.map(jax.numpy.copy, before)
        try:
            if self.scorer is not None:
                found = self.scorer.evaluate(keras.callbacks.CallbackList(model=self.model), stop)
            else:
                assert self.feed is not None
                found = scores(self.model, self.feed, self.order, self.devices, stop)
        finally:
            before.into(self.model)
        return {f"{PREFIX}{name}": value for name, value in found.items()}


def drawn(rows: int, seed: int | None) -> EpochOrder:
    """Which rows, in ascending order and in equal batches: as many as `rescored.py` says."""
    batches, size = rescored_batches(rows)
    chosen = np.random.Generator(np.random.Philox(key=seed or 0, counter=COUNTER)).permutation(rows)[: batches * size]
    return EpochOrder(np.sort(chosen).astype(np.int32).reshape(batches, size), np.empty((0, 0), np.int32))
