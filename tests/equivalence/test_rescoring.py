"""Training data scored again after every epoch: the numbers of `evaluate`, and not one bit of training changed."""

from __future__ import annotations

import signal
from typing import Any

import keras
import numpy as np
import pytest
from keras import ops
from tests.engine.a_small_training import X, Y, assert_same_bits, model, state_of
from tests.equivalence.side_by_side import assert_close, compiled

from tenfold import engine
from tenfold.engine import Interrupted, Position, rescoring
from tenfold.engine.order import Order
from tenfold.engine.rescoring import drawn
from tenfold.errors import InputError
from tenfold.rescored import rescored_rows

GIVEN: dict[str, Any] = {"x": X, "y": Y, "batch_size": 16, "epochs": 2, "seed": 1, "verbose": 0}
HELD_OUT = {"validation_data": (X[:40], Y[:40])}


class Scores(keras.callbacks.Callback):
    """What Keras says of all training data when an epoch ends, without leaving a trace in the model."""

    def __init__(self) -> None:
        super().__init__()
        self.said: list[dict[str, float]] = []

    def on_epoch_end(self, epoch: int, logs: Any = None) -> None:
        before = state_of(self.model)
        self.said.append(self.model.evaluate(X, Y, verbose=0, return_dict=True))
        engine.TrainState(*grouped(self.model, before)).into(self.model)


def grouped(network: keras.Model, arrays: list[np.ndarray]) -> list[list[Any]]:
    rest = iter(arrays)
    return [[keras.ops.convert_to_tensor(next(rest)) for _ in group] for group in engine.TrainState.of(network)]


class EachBatch(keras.callbacks.Callback):
    """What sends a training to Keras' own fit."""

    def on_train_batch_end(self, batch: int, logs: Any = None) -> None: ...


class OwnTestStep(keras.Sequential):
    """A model whose evaluation is left to Keras."""

    def test_step(self, state: Any, data: Any) -> Any:
        return super().test_step(state, data)


def own_test_step() -> keras.Model:
    keras.utils.set_random_seed(11)
    layers = [keras.Input((4,)), keras.layers.Dropout(0.3), keras.layers.Dense(3, activation="softmax")]
    return compiled(OwnTestStep(layers), "adam", metrics=["accuracy"])


def eager() -> keras.Model:
    return model(run_eagerly=True)


WAYS: dict[str, Any] = {
    "compiled": (model, list),
    "with a test_step of its own": (own_test_step, list),
    "by Keras' own fit": (model, lambda: [EachBatch()]),
    "by Keras' own fit, with a test_step of its own": (own_test_step, lambda: [EachBatch()]),
    "eagerly": pytest.param(eager, list, marks=pytest.mark.slow),
}


@pytest.mark.parametrize(("build", "callbacks"), WAYS.values(), ids=WAYS)
def test_the_numbers_are_those_of_evaluate_and_training_is_the_same_to_the_last_bit(build: Any, callbacks: Any) -> None:
    """With fewer than 1,000 rows all of them are scored, give or take what makes the batches equal."""
    plain = build()
    without = engine.fit(plain, **GIVEN, **HELD_OUT, callbacks=callbacks())
    network, watching = build(), Scores()
    history = engine.fit(network, **GIVEN, **HELD_OUT, callbacks=[*callbacks(), watching], rescore=True).history
    assert_same_bits(state_of(plain), state_of(network))
    for name, values in without.history.items():
        assert history.pop(name) == values, name
    assert sorted(history) == ["train_accuracy", "train_loss"]
    for name, values in history.items():
        assert_close([said[name.removeprefix("train_")] for said in watching.said], values, name)


def test_what_draws_while_it_scores_does_not_draw_on() -> None:
    class Draws(keras.layers.Layer):
        def __init__(self) -> None:
            super().__init__()
            self.generator = keras.random.SeedGenerator(5)

        def call(self, inputs: Any) -> Any:
            return inputs + keras.random.normal(ops.shape(inputs), seed=self.generator)

    def build() -> keras.Model:
        keras.utils.set_random_seed(3)
        return compiled(keras.Sequential([keras.Input((4,)), Draws(), keras.layers.Dense(3, activation="softmax")]))

    plain, network = build(), build()
    engine.fit(plain, **GIVEN)
    engine.fit(network, **GIVEN, rescore=True)
    assert_same_bits(state_of(plain), state_of(network))


def test_numpys_generator_is_left_alone() -> None:
    def next_draw(**more: Any) -> float:
        network = model()
        engine.fit(network, X, Y, epochs=2, verbose=0, **more)
        return float(np.random.random())

    assert next_draw() == next_draw(rescore=True)


def test_labels_in_rows_and_data_that_are_streamed() -> None:
    def scored(**more: Any) -> dict[str, list[float]]:
        network = compiled(
            keras.Sequential([keras.Input((4,)), keras.layers.Dense(3, activation="softmax")]),
            loss="categorical_crossentropy",
            metrics=["accuracy", "precision"],
        )
        network.set_weights([np.eye(4, 3), np.zeros(3)])
        given = GIVEN | {"y": keras.utils.to_categorical(Y, 3)}
        return dict(engine.fit(network, **given, rescore=True, **more).history)

    resident, streamed = scored(), scored(resident_bytes=0)
    assert {"train_loss", "train_accuracy", "train_precision"} < resident.keys()
    assert resident == streamed


def test_a_callback_may_stop_by_what_was_scored() -> None:
    stopping = keras.callbacks.EarlyStopping(monitor="train_loss", mode="min", patience=1, min_delta=10.0)
    history = engine.fit(model(), **GIVEN | {"epochs": 9}, callbacks=[stopping], rescore=True)
    assert len(history.epoch) == 2


@pytest.fixture
def pressed_while_scoring(monkeypatch: pytest.MonkeyPatch) -> None:
    """Ctrl-C in the second epoch's scoring."""
    really, count = rescoring.scores, []

    def scores(*given: Any) -> Any:
        count.append(1)
        if len(count) == 2:
            signal.raise_signal(signal.SIGINT)
        return really(*given)

    monkeypatch.setattr(rescoring, "scores", scores)


@pytest.mark.usefixtures("pressed_while_scoring")
def test_ctrl_c_is_heard_and_training_goes_on_from_there() -> None:
    straight = model()
    history = engine.fit(straight, **GIVEN, **HELD_OUT).history
    network = model()
    with pytest.raises(Interrupted) as stopped:
        engine.fit(network, **GIVEN, **HELD_OUT, rescore=True)
    assert stopped.value.position == Position(1, 10)
    rest = engine.fit(network, **GIVEN, **HELD_OUT, rescore=True, start=stopped.value.position).history
    assert_same_bits(state_of(straight), state_of(network))
    assert rest["loss"] == history["loss"][1:]
    assert rest["val_loss"] == history["val_loss"][1:]


@pytest.mark.parametrize(
    ("rows", "batches", "size"),
    [(60_000, 20, 250), (48_000, 19, 252), (1_437, 4, 250), (999, 4, 249), (7, 1, 7), (1_000_000, 20, 250)],
)
def test_which_rows(rows: int, batches: int, size: int) -> None:
    order = drawn(rows, 3)
    chosen = order.full.ravel()
    assert order.full.shape == (batches, size)
    assert rescored_rows(rows) == order.full.size
    assert order.steps == batches
    assert len(np.unique(chosen)) == len(chosen)
    assert chosen.min() >= 0
    assert chosen.max() < rows
    assert np.array_equal(chosen, drawn(rows, 3).full.ravel())
    assert np.array_equal(chosen, np.sort(chosen)), "a mapped file is read from front to back"
    if rows > 1_100:
        assert not np.array_equal(chosen, drawn(rows, 4).full.ravel())
        assert abs(chosen.mean() / rows - 0.5) < 0.05


def test_the_rows_are_those_of_no_stretch_of_an_epoch() -> None:
    """Were they an epoch's first batches, what training had begun with would be scored."""
    rows, chosen = 20_000, drawn(20_000, 3).full.ravel()
    for epoch in range(2):
        taken = Order(rows, 500, seed=3).epoch(epoch).full.ravel()
        for first in range(0, rows, len(chosen)):
            shared = len(np.intersect1d(chosen, taken[first : first + len(chosen)]))
            assert shared == pytest.approx(len(chosen) / 10, rel=0.25), "a tenth of them, by chance"


def test_data_that_are_no_arrays_are_refused() -> None:
    def batches() -> Any:
        while True:
            yield X[:10], Y[:10]

    with pytest.raises(InputError, match="rescore: training data that are a generator; expected arrays"):
        engine.fit(model(), batches(), steps_per_epoch=2, verbose=0, rescore=True)
    network = model(run_eagerly=True)
    watching = keras.callbacks.CallbackList([], model=network)
    with pytest.raises(InputError, match="rescore: callbacks given as a CallbackList; expected a list of them"):
        engine.fit(network, **GIVEN, callbacks=watching, rescore=True)
