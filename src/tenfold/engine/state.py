"""What a training step changes, as one value: the `TrainState`.

Keras keeps these arrays inside variables of the model, the optimizer and the metrics. A compiled program wants them
as plain arguments and results, so they are taken out of the model before an epoch and put back after it. The seed of
every Dropout and the running averages of every BatchNormalization are among `non_trainable`.
"""

from __future__ import annotations

from typing import Any, NamedTuple

import jax

from tenfold.backend import keras
from tenfold.engine.devices import Devices


class TrainState(NamedTuple):
    """Four lists of arrays, in the order in which the model lists its variables."""

    trainable: list[jax.Array]
    non_trainable: list[jax.Array]
    optimizer: list[jax.Array]
    metrics: list[jax.Array]

    @classmethod
    def of(cls, model: keras.Model) -> TrainState:
        return cls(*([variable.value for variable in variables] for variables in _variables(model)))

    def into(self, model: keras.Model) -> None:
        """Give the model these arrays. They come from its own program, so their shapes and types are its own too."""
        for variables, arrays in zip(_variables(model), self, strict=True):
            for variable, array in zip(variables, arrays, strict=True):
                # `assign` would check and convert each of them again, once an epoch: a millisecond on a small net.
                variable._value = array


def begin_alike(model: keras.Model, devices: Devices, **numbers: int) -> None:
    """Before several processes work on one model: it is process 0's, and the work is the same in all of them."""
    if devices.processes > 1:
        devices.check_alike(numbers)
        jax.device_put(devices.as_the_first_has_it(TrainState.of(model))).into(model)


def _variables(model: keras.Model) -> tuple[list[Any], ...]:
    return (
        model.trainable_variables,
        model.non_trainable_variables,
        model.optimizer.variables if getattr(model, "optimizer", None) is not None else [],
        model.metrics_variables,
    )
