"""Evaluation and prediction, compiled: what `model.evaluate` and `model.predict` return, without a call a batch."""

from __future__ import annotations

import time
from typing import Any

import jax
import numpy as np

from tenfold.backend import keras
from tenfold.engine import arguments
from tenfold.engine.feed import RESIDENT_BYTES, Arrays, Feed
from tenfold.engine.interrupt import StopRequest
from tenfold.engine.order import Order
from tenfold.engine.pace import Pace
from tenfold.engine.programs import as_floats, programs_of
from tenfold.engine.state import TrainState
from tenfold.engine.steps import Logs, ScoreState, has_keras_step

PREDICT_BATCH = 1000  # rows: enough to keep every core busy with one matrix product


class Scorer:
    """One set of pictures that a model is scored on, again and again, without sending it to the device again."""

    def __init__(
        self, model: keras.Model, data: Any, batch_size: int | None, steps: int | None, resident_bytes: int
    ) -> None:
        self.model = model
        self.given = data
        self.batch_size = batch_size
        self.steps = steps
        x, y, weight = keras.utils.unpack_x_y_sample_weight(data)
        inputs = arguments.inputs(x, y, weight, batch_size=batch_size, steps=steps)
        standard = has_keras_step(model, "test_step") and type(model).evaluate is keras.Model.evaluate
        self.compiled = inputs is not None and standard
        if self.compiled:
            assert inputs is not None
            self.feed = Feed(inputs.arrays, resident_bytes)
            self.order = Order(inputs.rows, inputs.batch_size, shuffle=False, steps_per_epoch=inputs.steps).epoch(0)

    def evaluate(self, callbacks: keras.callbacks.CallbackList, stop: StopRequest) -> Logs:
        """The model's loss and metrics, with the callbacks' test hooks called around it. Ctrl-C raises at once."""
        if not self.compiled:
            return self._keras_evaluate(callbacks)
        self.model.stop_evaluating = False
        callbacks.on_test_begin()
        self.model.reset_metrics()
        programs = programs_of(self.model)
        model_state = TrainState.of(self.model)
        state = ScoreState(model_state.non_trainable, model_state.metrics)
        pace = Pace()
        for window in self.feed.windows(self.order):
            done = 0
            while done < window.steps:
                if stop:
                    raise KeyboardInterrupt
                last = min(done + pace.steps, window.steps)
                spent, began = programs.seconds, time.perf_counter()
                state = programs.score(state, model_state.trainable, window, done, last, stop)
                jax.block_until_ready(state.metrics)
                seconds = time.perf_counter() - began - (programs.seconds - spent)
                pace.took(last - done, seconds)
                done = last
        model_state._replace(non_trainable=state.non_trainable, metrics=state.metrics).into(self.model)
        logs = programs.results(state.metrics)
        callbacks.on_test_end(logs)
        return logs

    def _keras_evaluate(self, callbacks: keras.callbacks.CallbackList) -> Logs:
        x, y, weight = keras.utils.unpack_x_y_sample_weight(self.given)
        logs = self.model.evaluate(
            x,
            y,
            sample_weight=weight,
            batch_size=self.batch_size,
            steps=self.steps,
            callbacks=callbacks,
            return_dict=True,
        )
        return as_floats(logs)


def evaluate(
    model: keras.Model,
    x: Any,
    y: Any = None,
    batch_size: int | None = None,
    sample_weight: Any = None,
    steps: int | None = None,
) -> Logs:
    """Loss and metrics of a compiled model by name, as `model.evaluate(..., return_dict=True)` gives them."""
    x, y, _ = arguments.from_dataset(x, y, None)
    data = keras.utils.pack_x_y_sample_weight(x, y, sample_weight)
    inputs = arguments.inputs(x, y, sample_weight, batch_size=batch_size, steps=steps)
    if inputs is not None:
        model._symbolic_build(iterator=inputs.iterator)
    scorer = Scorer(model, data, batch_size, steps, RESIDENT_BYTES)
    return scorer.evaluate(keras.callbacks.CallbackList(model=model), StopRequest())


def predict(model: keras.Model, x: Arrays, batch_size: int = PREDICT_BATCH) -> Any:
    """The model's outputs for `x`, as NumPy arrays: what `model.predict` returns."""
    inputs = arguments.inputs(x, batch_size=batch_size)
    if inputs is None or type(model).predict_step is not keras.Model.predict_step:
        return model.predict(x, batch_size=batch_size, verbose=0)
    if not model.built:
        model._symbolic_build(iterator=inputs.iterator)
    programs = programs_of(model)
    state = TrainState.of(model)
    arrays = inputs.arrays[0] if isinstance(inputs.arrays, tuple) and len(inputs.arrays) == 1 else inputs.arrays
    outputs = []
    for first in range(0, inputs.rows, batch_size):
        batch = jax.tree.map(lambda array, first=first: np.asarray(array[first : first + batch_size]), arrays)
        outputs.append(programs.predict(state.trainable, state.non_trainable, batch))
    return jax.tree.map(lambda *parts: np.concatenate([np.asarray(part) for part in parts]), *outputs)
