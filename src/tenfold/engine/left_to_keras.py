"""Training that Keras' own `fit` does, because compiled it would not be the same (`faithful.py` says when).

What `tenfold.fit` adds to Keras' arguments is added here by callbacks: an order of the data that a seed decides, and
training data scored again.
"""

from __future__ import annotations

import time
from typing import Any

import numpy as np

from tenfold.backend import keras
from tenfold.engine import arguments
from tenfold.engine.devices import Devices
from tenfold.engine.interrupt import StopRequest
from tenfold.engine.rescoring import Rescoring
from tenfold.engine.steps import Logs
from tenfold.errors import InputError


def keras_fit(
    model: keras.Model,
    reason: str,
    devices: Devices,
    asked: arguments.Asked,
    seed: int | None,
    rescore: bool,
    **data: Any,
) -> keras.callbacks.History:
    """Leave training to Keras, and say why."""
    callbacks = asked.callbacks
    if not isinstance(callbacks, keras.callbacks.CallbackList):
        callbacks = keras.tree.flatten(callbacks) if callbacks else []
        first = [RescoreEachEpoch(inputs_of(data, asked), seed)] if rescore else []
        callbacks = [*first, *callbacks, *([SeedEachEpoch(seed)] if seed is not None else [])]
    elif rescore:
        raise InputError("rescore", found="callbacks given as a CallbackList", expected="a list of them")
    if asked.verbose != 0:
        alone = " and on one device" if devices.mesh else ""
        print(f"tenfold: {reason}, so Keras' own fit trains this model, at its own speed{alone}.")
    started = time.perf_counter()
    history = model.fit(**data, **asked._replace(callbacks=callbacks)._asdict())
    history.compile_seconds = 0.0
    history.train_seconds = time.perf_counter() - started
    return history


def inputs_of(data: dict[str, Any], asked: arguments.Asked) -> arguments.Inputs:
    """The training data as arrays, to take a part of."""
    train = data["x"], data["y"], data["sample_weight"]
    if data["validation_split"] and data["validation_data"] is None:
        train, _ = arguments.split_off_validation(*train, data["validation_split"])
    inputs = arguments.inputs(*train, batch_size=asked.batch_size, class_weight=asked.class_weight)
    if inputs is None:
        raise InputError(
            "rescore",
            found=f"training data that are a {type(data['x']).__name__}",
            expected="arrays, to score a part of again",
            do="leave rescore out",
        )
    return inputs


class SeedEachEpoch(keras.callbacks.Callback):  # type: ignore[misc]
    """Makes the order that `model.fit` draws a function of seed and epoch, as the compiled loop's is."""

    def __init__(self, seed: int) -> None:
        super().__init__()
        self.seed = seed

    def on_epoch_begin(self, epoch: int, logs: Logs | None = None) -> None:  # noqa: ARG002
        np.random.seed([self.seed % 2**32, epoch])


class RescoreEachEpoch(keras.callbacks.Callback):  # type: ignore[misc]
    """Adds to the logs of every epoch what a part of the training data scores, for all callbacks after this one."""

    def __init__(self, inputs: arguments.Inputs, seed: int | None) -> None:
        super().__init__()
        self.inputs = inputs
        self.seed = seed
        self.rescoring: Rescoring | None = None  # made when the model has been built

    def on_epoch_end(self, epoch: int, logs: Logs | None = None) -> None:  # noqa: ARG002
        if self.rescoring is None:
            self.rescoring = Rescoring(self.model, self.inputs, self.seed)
        if logs is not None:
            logs.update(self.rescoring.scores(StopRequest()))
