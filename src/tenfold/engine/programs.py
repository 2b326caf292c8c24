"""The compiled programs of one model: some training steps, some scoring steps, one prediction.

A program takes the state, the data and the numbers of the first and last step, and runs every step between them
without coming back to Python. Because both numbers are arguments, one program serves chunks of every length, and a
training that was cut into other chunks (by a faster machine, by Ctrl-C) still goes through the very same code: its
results are the same to the last bit.

What a single step does is said in `steps.py`.
"""

from __future__ import annotations

import time
import weakref
from collections.abc import Callable
from functools import partial
from typing import Any

import jax
import numpy as np
from jax import lax
from keras.src.utils.python_utils import pythonify_logs

from tenfold.backend import keras
from tenfold.compiling import jit
from tenfold.engine import narrow
from tenfold.engine.devices import Devices
from tenfold.engine.feed import Arrays, Window
from tenfold.engine.interrupt import StopRequest
from tenfold.engine.lowering import primitives_in
from tenfold.engine.state import TrainState
from tenfold.engine.steps import Logs, ScoreState, has_keras_step, lowering_is_on, predict_step, score_step, train_step

# XLA's CPU compiler handles a convolution inside a loop several times slower than the same one outside (jax#12868).
SLOW_IN_A_LOOP = {"conv_general_dilated"}


class Programs:
    """The programs compiled so far for a model, and the seconds that compiling them took."""

    def __init__(self, model: keras.Model) -> None:
        self._model = weakref.ref(model)
        self._compiled: dict[Any, Callable[..., Any]] = {}
        self._identity = _identity(model)
        self.seconds = 0.0
        self.rows_at_once: int | None = None  # found out by whoever predicts first

    @property
    def model(self) -> keras.Model:
        model = self._model()
        assert model is not None, "a program outlived its model"
        return model

    def belong_to(self, model: keras.Model) -> bool:
        """False once the model was compiled again or its layers were frozen or thawed."""
        identity = _identity(model)
        return len(identity) == len(self._identity) and all(
            a is b for a, b in zip(identity, self._identity, strict=True)
        )

    def train(
        self, state: TrainState, logs: Logs, window: Window, first: int, last: int, stop: StopRequest
    ) -> tuple[TrainState, Logs]:
        """Run steps `first` to `last` (exclusive, counted within the window). Takes `state` away, gives a new one."""
        carry = (state, logs)
        program = self._program("train", self._train_step, carry, None, window, stop, donate=(0,))
        carry = program(carry, None, window.data, window.rows, first, last)
        return carry[0], carry[1]

    def score(
        self, state: ScoreState, trainable: list[jax.Array], window: Window, first: int, last: int, stop: StopRequest
    ) -> ScoreState:
        program = self._program("score", self._score_step, state, trainable, window, stop)
        return ScoreState(*program(state, trainable, window.data, window.rows, first, last))

    def predict(self, trainable: list[jax.Array], non_trainable: list[jax.Array], x: Arrays) -> tuple[Any, Any]:
        key = ("predict", _shapes((trainable, non_trainable, x)))
        if key not in self._compiled:
            forward = jit(partial(predict_step, self.model))
            self._compiled[key] = self._compile(forward.trace(trainable, non_trainable, x), StopRequest())
        outputs, non_trainable = self._compiled[key](trainable, non_trainable, x)
        return outputs, non_trainable

    def losses(self, trainable: list[jax.Array], y: Arrays, outputs: Arrays) -> tuple[jax.Array, list[jax.Array]]:
        """What the loss function says of `outputs`, each row by itself where it is a function; penalties on weights."""
        key = ("losses", _shapes((trainable, y, outputs)))
        if key not in self._compiled:
            model = self.model

            def compute(trainable: list[jax.Array], y: Arrays, outputs: Arrays) -> tuple[jax.Array, list[jax.Array]]:
                weights = zip(model.trainable_variables, trainable, strict=True)
                penalties = [variable.regularizer(array) for variable, array in weights if variable.regularizer]
                return keras.losses.get(model.loss)(y, outputs), penalties

            self._compiled[key] = self._compile(jit(compute).trace(trainable, y, outputs), StopRequest())
        each, penalties = self._compiled[key](trainable, y, outputs)
        return each, penalties

    def results(self, metrics: list[jax.Array]) -> Logs:
        """What the metrics say now, as Keras has it: by name, in arrays."""
        key = ("results", _shapes(metrics))
        if key not in self._compiled:

            def read(metrics: list[jax.Array]) -> Logs:
                mapping = list(zip(self.model.metrics_variables, metrics, strict=True))
                with keras.StatelessScope(state_mapping=mapping):
                    return dict(self.model.get_metrics_result())

            self._compiled[key] = self._compile(jit(read).trace(metrics), StopRequest())
        results: Logs = self._compiled[key](metrics)
        return results

    def first_logs(self, state: TrainState, window: Window) -> Logs:
        """Zeros in the shape of what a user's own `train_step` reports; nothing where Keras' metrics say it all."""
        if has_keras_step(self.model, "train_step"):
            return {}
        shapes = jax.eval_shape(
            lambda state, data, rows: train_step(self.model, state, _batch(window.devices, data, rows, 0))[0],
            state,
            window.data,
            window.rows,
        )
        zeros: Logs = jax.tree.map(lambda leaf: jax.numpy.zeros(leaf.shape, leaf.dtype), shapes)
        return window.devices.put(zeros)

    def _train_step(self, carry: tuple[TrainState, Logs], _: None, batch: Arrays) -> tuple[TrainState, Logs]:
        state, logs = carry
        new_logs, state = train_step(self.model, state, batch)
        return state, new_logs if logs else {}

    def _score_step(self, state: ScoreState, trainable: list[jax.Array], batch: Arrays) -> ScoreState:
        return score_step(self.model, trainable, state, batch)

    def _program(
        self,
        kind: str,
        step: Callable[..., Any],
        carry: Any,
        fixed: Any,
        window: Window,
        stop: StopRequest,
        donate: tuple[int, ...] = (),
    ) -> Callable[..., Any]:
        """The program that runs `step` from one number to another, compiled when these shapes are new."""
        devices = window.devices
        key = (kind, devices, _shapes((carry, fixed, window.data, window.rows)))
        if key in self._compiled:
            return self._compiled[key]

        def one(carry: Any, fixed: Any, data: Arrays, rows: jax.Array | None, number: Any) -> Any:
            return devices.kept_whole(step(carry, fixed, _batch(devices, data, rows, number)))

        def many(carry: Any, fixed: Any, data: Arrays, rows: jax.Array | None, first: Any, last: Any) -> Any:
            around = narrow.loop if lowering_is_on() else lax.fori_loop
            return around(first, last, lambda i, carry: one(carry, fixed, data, rows, i), carry)

        number = np.int32(0)
        arguments = (carry, fixed, window.data, window.rows)
        settings = {"donate_argnums": donate, "out_shardings": devices.whole}
        with devices.at_work():
            traced = jit(many, **settings).trace(*arguments, number, number)
        if jax.default_backend() == "cpu" and SLOW_IN_A_LOOP & primitives_in(traced.jaxpr.jaxpr):
            with devices.at_work():
                traced = jit(one, **settings).trace(*arguments, number)
            single = self._compile(traced, stop)

            def program(carry: Any, fixed: Any, data: Arrays, rows: jax.Array | None, first: int, last: int) -> Any:
                for i in range(first, last):
                    carry = single(carry, fixed, data, rows, np.int32(i))
                return carry
        else:
            loop = self._compile(traced, stop)

            def program(carry: Any, fixed: Any, data: Arrays, rows: jax.Array | None, first: int, last: int) -> Any:
                return loop(carry, fixed, data, rows, np.int32(first), np.int32(last))

        self._compiled[key] = program
        return program

    def _compile(self, traced: Any, stop: StopRequest) -> Callable[..., Any]:
        started = time.perf_counter()
        compiled: Callable[..., Any] = stop.waiting_for(traced.lower().compile)
        self.seconds += time.perf_counter() - started
        return compiled


_PROGRAMS: weakref.WeakKeyDictionary[keras.Model, Programs] = weakref.WeakKeyDictionary()


def programs_of(model: keras.Model) -> Programs:
    """The model's programs: those of an earlier call, unless the model has changed in a way that matters."""
    known = _PROGRAMS.get(model)
    if known is None or not known.belong_to(model):
        known = _PROGRAMS[model] = Programs(model)
    return known


def as_floats(logs: Logs) -> Logs:
    """Numbers where there is one, arrays where there are several; a metric of many results becomes many entries."""
    floats: Logs = pythonify_logs(logs)
    return floats


def _batch(devices: Devices, data: Arrays, rows: jax.Array | None, number: Any) -> Arrays:
    """The batch of step `number` of a window."""
    if rows is None:
        batch = jax.tree.map(lambda array: lax.dynamic_index_in_dim(array, number, keepdims=False), data)
    else:
        chosen = devices.divided(lax.dynamic_index_in_dim(rows, number, keepdims=False))
        batch = jax.tree.map(lambda array: array.at[chosen].get(mode="promise_in_bounds"), data)
    return devices.divided(batch)


def _shapes(tree: Any) -> Any:
    leaves, structure = jax.tree.flatten(tree)
    return structure, tuple((leaf.shape, leaf.dtype) for leaf in leaves)


def _identity(model: keras.Model) -> list[Any]:
    """The objects that a compiled program has baked in."""
    layers = list(model._flatten_layers(include_self=False))
    frozen = [layer.trainable for layer in [model, *layers]]
    compiled = [getattr(model, name, None) for name in ("optimizer", "_compile_loss", "_compile_metrics")]
    return [*compiled, lowering_is_on(), *frozen, *layers]
