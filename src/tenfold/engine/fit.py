"""`tenfold.fit`: the training loop, from the arguments of `model.fit` to its `History`.

Read it from the top: arguments become arrays; every epoch, its batches are laid out and run through a compiled
program in chunks of a fraction of a second; between chunks the progress line moves and Ctrl-C is heard; after the
epoch the model gets its state back, is validated, and the callbacks are called as Keras calls them.
"""

from __future__ import annotations

import time
from typing import Any

import jax

from tenfold.backend import keras
from tenfold.engine import arguments
from tenfold.engine.devices import Devices, devices_for
from tenfold.engine.faithful import hooks_wanted, why_not_compiled
from tenfold.engine.feed import RESIDENT_BYTES, Feed
from tenfold.engine.interrupt import Interrupted, Position, StopRequest, check_start, check_step, stop_request
from tenfold.engine.left_to_keras import keras_fit
from tenfold.engine.order import EpochOrder, Order, Shuffle, check_seed
from tenfold.engine.pace import Pace
from tenfold.engine.programs import as_floats, programs_of
from tenfold.engine.progress import Progress
from tenfold.engine.rescoring import Rescoring
from tenfold.engine.score import Scorer
from tenfold.engine.state import TrainState, begin_alike
from tenfold.engine.steps import Logs, has_keras_step


def fit(
    model: keras.Model,
    x: Any = None,
    y: Any = None,
    batch_size: int | None = None,
    epochs: int = 1,
    verbose: int | str = "auto",
    callbacks: Any = None,
    validation_split: float = 0.0,
    validation_data: Any = None,
    shuffle: Shuffle = True,
    class_weight: dict[int, float] | None = None,
    sample_weight: Any = None,
    initial_epoch: int = 0,
    steps_per_epoch: int | None = None,
    validation_steps: int | None = None,
    validation_batch_size: int | None = None,
    validation_freq: int | list[int] = 1,
    *,
    seed: int | None = None,
    start: Position | None = None,
    resident_bytes: int = RESIDENT_BYTES,
    devices: int | None = None,
    rescore: bool = False,
) -> keras.callbacks.History:
    """Train a compiled Keras model as `model.fit` would, in less time (docs/benchmarks.md says how much less).

    The arguments up to `validation_freq` and the returned `History` are those of `keras.Model.fit`. The others:

    seed: makes the order of the data a pure function of the seed and the epoch. Without it, the order is drawn from
        NumPy's global generator as Keras draws it.
    start: go on at this position; the model must hold the state that belongs there.
    resident_bytes: data larger than this is streamed to the device instead of kept there.
    devices: share every batch among this many devices, the first that JAX sees; None is one. With `jax.distributed`
        they are those of all processes: call this in each of them, with the same data and arguments.
    rescore: after every epoch score a fixed part of the training data as validation data are scored, with dropout
        off: `train_loss` and `train_accuracy` can be compared with `val_loss` and `val_accuracy`.

    Ctrl-C raises `Interrupted`, a `KeyboardInterrupt` that knows the position, with the state so far in the model.
    """
    check_seed(seed)
    check_start(start, epochs)
    sharing = devices_for(devices)
    x, y, validation_data = arguments.from_dataset(x, y, validation_data)
    asked = arguments.Asked(
        batch_size=batch_size,
        epochs=epochs,
        verbose=verbose if sharing.speaks else 0,
        callbacks=callbacks,
        shuffle=shuffle,
        class_weight=class_weight,
        initial_epoch=start.epoch if start else initial_epoch,
        steps_per_epoch=steps_per_epoch,
        validation_steps=validation_steps,
        validation_batch_size=validation_batch_size,
        validation_freq=validation_freq,
    )
    if not model.compiled:
        raise ValueError("You must call `compile()` before calling `fit()`.")
    reason = why_not_compiled(model, callbacks)
    if reason is None:
        train, held_out = (x, y, sample_weight), validation_data
        if validation_split and validation_data is None:
            train, held_out = arguments.split_off_validation(*train, validation_split)
        inputs = arguments.inputs(
            *train, batch_size=batch_size, steps=steps_per_epoch, shuffle=shuffle, class_weight=class_weight
        )
        if inputs is not None:
            model._symbolic_build(iterator=inputs.iterator)
            first = start or Position(initial_epoch)
            return Training(model, inputs, held_out, asked, first, seed, resident_bytes, sharing, rescore).run()
        reason = f"the data is a {type(x).__name__}, not arrays"
    if start and start.step:
        raise ValueError(f"Training cannot go on within epoch {start.epoch + 1}, only at the start of one: {reason}.")
    return keras_fit(
        model,
        reason,
        sharing,
        asked,
        seed,
        rescore,
        x=x,
        y=y,
        sample_weight=sample_weight,
        validation_split=validation_split,
        validation_data=validation_data,
    )


class Training:
    """One call of `fit`: what it was asked to do, and the loop."""

    def __init__(
        self,
        model: keras.Model,
        inputs: arguments.Inputs,
        held_out: Any,
        asked: arguments.Asked,
        first: Position,
        seed: int | None,
        resident_bytes: int,
        devices: Devices,
        rescore: bool = False,
    ) -> None:
        self.model = model
        self.devices = devices
        self.asked = asked
        self.first = first
        self.inputs = inputs
        self.seed = seed
        self.feed = Feed(inputs.arrays, resident_bytes, devices)
        self.order = self._order(first.epoch)
        check_step(first, self.order.steps_in(first.epoch))
        self.scorer: Scorer | None = None
        if held_out is not None:
            batch_size = asked.validation_batch_size or asked.batch_size
            self.scorer = Scorer(model, held_out, batch_size, asked.validation_steps, resident_bytes, devices)
        self.rescoring = Rescoring(model, inputs, seed, self.feed, devices) if rescore else None
        self.progress = Progress(asked.verbose, asked.epochs, inputs.rows)
        self.callbacks = keras.callbacks.CallbackList(
            asked.callbacks,
            add_history=True,
            add_progbar=False,
            verbose=asked.verbose,
            epochs=asked.epochs,
            steps=inputs.iterator.num_batches,
            model=model,
        )
        self.hooks = hooks_wanted(self.callbacks.callbacks)
        self.pace = Pace()

    def run(self) -> keras.callbacks.History:
        model, callbacks = self.model, self.callbacks
        history = model.history
        programs = programs_of(model)
        compiled_before, started = programs.seconds, time.perf_counter()
        model.stop_training = False
        logs: Logs = {}
        with stop_request() as stop, self.progress:
            callbacks.on_train_begin()
            first = self.first
            if model._initial_epoch:  # BackupAndRestore found a backup
                first = Position(model._initial_epoch)
                self.order = self._order(first.epoch)
            begin_alike(
                model, self.devices, rows=self.inputs.rows, batch_size=self.inputs.batch_size, epochs=self.asked.epochs
            )
            for epoch in range(first.epoch, self.asked.epochs):
                logs = self.run_epoch(first if epoch == first.epoch else Position(epoch), stop)
                if model.stop_training:
                    break
                if not self.devices.agreed(0 if stop else 1):
                    raise Interrupted(Position(epoch + 1))
            if isinstance(model.optimizer, keras.optimizers.Optimizer) and self.asked.epochs > 0:
                model.optimizer.finalize_variable_values(model.trainable_weights)
            callbacks.on_train_end(logs)
        history.compile_seconds = programs_of(model).seconds - compiled_before
        history.train_seconds = time.perf_counter() - started - history.compile_seconds
        return history

    def run_epoch(self, first: Position, stop: StopRequest) -> Logs:
        """One epoch from the position `first` on: train, validate, tell the callbacks. Returns the epoch's logs."""
        epoch = first.epoch
        if not first.step:
            self.model.reset_metrics()
        self.callbacks.on_epoch_begin(epoch)
        order = self.order.epoch(epoch)
        order = EpochOrder(*self.devices.as_the_first_has_it((order.full, order.short)))
        logs = self._train_epoch(first, order, stop)
        trained = Position(epoch, order.steps, None if has_keras_step(self.model, "train_step") else as_floats(logs))
        try:
            if self.rescoring is not None:
                self.progress.scoring()
                logs |= self.rescoring.scores(stop)
            if self.scorer is not None and self.model._should_eval(epoch, self.asked.validation_freq):
                logs |= self._validate(self.scorer, stop)
        except KeyboardInterrupt as error:
            raise Interrupted(trained) from error
        self.callbacks.on_epoch_end(epoch, logs)
        self.progress.epoch_done(epoch, as_floats(logs))
        return logs

    def _validate(self, scorer: Scorer, stop: StopRequest) -> Logs:
        """What the weights at the end of an epoch reach on validation data. Ctrl-C leaves the state of before."""
        reached = TrainState.of(self.model)
        self.progress.validating()
        if not scorer.compiled:  # Keras' own evaluation takes the arrays away
            reached = jax.tree.map(jax.numpy.copy, reached)
        try:
            scores = scorer.evaluate(self.callbacks, stop)
        except KeyboardInterrupt:
            reached.into(self.model)
            raise
        return {f"val_{name}": value for name, value in scores.items()}

    def _train_epoch(self, first: Position, order: EpochOrder, stop: StopRequest) -> Logs:
        programs = programs_of(self.model)
        devices, state = self.devices, self.devices.put(TrainState.of(self.model))
        step, step_logs = first.step, Logs()
        self.progress.epoch_begins(first.epoch, order.steps, first.step)
        try:
            for window in self.feed.windows(order, first.step):
                if not step_logs:
                    step_logs = programs.first_logs(state, window)
                done = 0
                while done < window.steps:
                    # A callback that asks to stop before the first batch still gets that one trained, as Keras has it.
                    steps = 1 if self.model.stop_training else min(self.pace.steps, window.steps - done)
                    steps = devices.agreed(0 if stop else steps)
                    if not steps:
                        raise KeyboardInterrupt
                    if self.hooks:
                        self.callbacks.on_train_batch_begin(step)
                    spent = programs.seconds
                    began = time.perf_counter()
                    state, step_logs = programs.train(state, step_logs, window, done, done + steps, stop)
                    step, done = step + steps, done + steps  # at once: a second Ctrl-C may fall on any line below
                    jax.block_until_ready(state)
                    seconds = time.perf_counter() - began - (programs.seconds - spent)
                    self.pace.took(steps, seconds)
                    results = programs.results(devices.taken_back(state.metrics))
                    self._after_chunk(step, as_floats(results | devices.taken_back(step_logs)))
                    if self.model.stop_training:
                        break
                if self.model.stop_training:
                    break
        except KeyboardInterrupt as error:
            own = as_floats(devices.taken_back(step_logs)) or first.logs if step == order.steps else None
            raise Interrupted(Position(first.epoch, step, own)) from error
        finally:
            devices.taken_back(state).into(self.model)
        results = programs.results(devices.taken_back(state.metrics))
        own = devices.taken_back(step_logs) or dict(first.logs or {})  # when no step was left to do
        return own if own and own.keys() != results.keys() else results

    def _after_chunk(self, step: int, logs: Logs) -> None:
        if self.hooks:
            self.callbacks.on_train_batch_end(step - 1, logs)
        self.progress.step(step, logs)

    def _order(self, first_epoch: int) -> Order:
        return Order(
            self.inputs.rows,
            self.inputs.batch_size,
            shuffle=self.inputs.shuffle,
            seed=self.seed,
            steps_per_epoch=self.inputs.steps,
            first_epoch=first_epoch,
        )
