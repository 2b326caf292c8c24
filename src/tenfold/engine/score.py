"""Evaluation, compiled: what `model.evaluate` returns, without a call a batch."""

from __future__ import annotations

import time
from typing import Any

import jax
import numpy as np

from tenfold.backend import keras
from tenfold.engine import arguments
from tenfold.engine.devices import ONE, Devices, devices_for
from tenfold.engine.faithful import can_be_traced
from tenfold.engine.feed import RESIDENT_BYTES, Feed
from tenfold.engine.interrupt import StopRequest
from tenfold.engine.order import EpochOrder, Order
from tenfold.engine.pace import Pace
from tenfold.engine.programs import as_floats, programs_of
from tenfold.engine.state import TrainState, begin_alike
from tenfold.engine.steps import Logs, ScoreState, has_keras_step


class Scorer:
    """One set of pictures that a model is scored on, again and again, without sending it to the device again."""

    def __init__(
        self,
        model: keras.Model,
        data: Any,
        batch_size: int | None,
        steps: int | None,
        resident_bytes: int,
        devices: Devices = ONE,
    ) -> None:
        self.model = model
        self.devices = devices
        x, y, weight = keras.utils.unpack_x_y_sample_weight(data)
        self.given = {"x": x, "y": y, "sample_weight": weight, "batch_size": batch_size, "steps": steps}
        self.iterator: Any = None  # Keras' own, where Keras scores
        inputs = arguments.inputs(x, y, weight, batch_size=batch_size, steps=steps) if is_standard(model) else None
        self.compiled = inputs is not None
        if inputs is not None:
            self.feed = Feed(inputs.arrays, resident_bytes, devices)
            self.order = Order(inputs.rows, inputs.batch_size, shuffle=False, steps_per_epoch=inputs.steps).epoch(0)

    def evaluate(self, callbacks: keras.callbacks.CallbackList, stop: StopRequest) -> Logs:
        """The model's loss and metrics, with the callbacks' test hooks called around it. Ctrl-C raises at once."""
        if not self.compiled:
            return self._keras_evaluate(callbacks)
        self.model.stop_evaluating = False
        callbacks.on_test_begin()
        logs = scores(self.model, self.feed, self.order, self.devices, stop)
        callbacks.on_test_end(logs)
        return logs

    def _keras_evaluate(self, callbacks: keras.callbacks.CallbackList) -> Logs:
        # As in Keras' own fit one iterator serves all epochs: a generator goes on where the last epoch left it.
        if self.iterator is None:
            self.iterator = arguments.scoring_iterator(self.model, **self.given)
        its_own = getattr(self.model, "_eval_epoch_iterator", None)  # of a fit of Keras' that is under way
        self.model._eval_epoch_iterator = self.iterator
        try:
            logs = self.model.evaluate(
                **self.given, callbacks=callbacks, return_dict=True, _use_cached_eval_dataset=True
            )
        finally:
            self.model._eval_epoch_iterator = its_own
        return as_floats(logs)


def scores(model: keras.Model, feed: Feed, order: EpochOrder, devices: Devices, stop: StopRequest) -> Logs:
    """The model's loss and metrics over the batches of `order`; what the metrics added up is then the model's."""
    model.reset_metrics()
    programs = programs_of(model)
    model_state = TrainState.of(model)
    trainable = devices.put(model_state.trainable)
    state = devices.put(ScoreState(model_state.non_trainable, model_state.metrics))
    pace = Pace()
    for window in feed.windows(order):
        done = 0
        while done < window.steps:
            steps = devices.agreed(0 if stop else min(pace.steps, window.steps - done))
            if not steps:
                raise KeyboardInterrupt
            last = done + steps
            spent, began = programs.seconds, time.perf_counter()
            state = programs.score(state, trainable, window, done, last, stop)
            jax.block_until_ready(state)
            seconds = time.perf_counter() - began - (programs.seconds - spent)
            pace.took(last - done, seconds)
            done = last
    state = devices.taken_back(state)
    model_state._replace(non_trainable=state.non_trainable, metrics=state.metrics).into(model)
    return as_floats(programs.results(state.metrics))


def is_standard(model: keras.Model) -> bool:
    """Whether scoring this model means what it means to Keras, and may be compiled."""
    own = any(
        getattr(type(model), name) is not getattr(keras.Model, name) for name in ("evaluate", "make_test_function")
    )
    return not own and has_keras_step(model, "test_step") and can_be_traced(model)


def evaluate(
    model: keras.Model,
    x: Any,
    y: Any = None,
    batch_size: int | None = None,
    sample_weight: Any = None,
    steps: int | None = None,
    *,
    devices: int | None = None,
) -> Logs:
    """Loss and metrics of a compiled model by name, as `model.evaluate(..., return_dict=True)` gives them."""
    sharing = devices_for(devices)
    if not model.compiled:
        raise ValueError("You must call `compile()` before calling `evaluate()`.")
    x, y, _ = arguments.from_dataset(x, y, None)
    data = keras.utils.pack_x_y_sample_weight(x, y, sample_weight)
    inputs = arguments.inputs(x, y, sample_weight, batch_size=batch_size, steps=steps)
    if inputs is not None:
        model._symbolic_build(iterator=inputs.iterator)
    scorer = Scorer(model, data, batch_size, steps, RESIDENT_BYTES, sharing)
    if scorer.compiled:
        begin_alike(model, sharing, rows=scorer.feed.rows, steps=scorer.order.steps)
    return scorer.evaluate(keras.callbacks.CallbackList(model=model), StopRequest())


def loss_of(model: keras.Model, y: Any, outputs: Any) -> float:
    """The loss that the model was compiled with, penalties on weights included, over all outputs at once."""
    each, penalties = programs_of(model).losses([v.value for v in model.trainable_variables], y, outputs)
    return float(np.mean(np.asarray(each, np.float64))) + sum(float(penalty) for penalty in penalties)
