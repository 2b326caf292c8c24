"""What cannot be compiled faithfully goes to `model.fit`: the same result, and exactly one line that says why."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import keras
import numpy as np
import pytest
from keras import callbacks as kinds
from tests.equivalence.side_by_side import blobs, compiled, dense, side_by_side

from tenfold import engine

X, Y = blobs(48)
GIVEN = {"x": X, "y": Y, "batch_size": 24}


def simple(**settings: Any) -> keras.Model:
    return compiled(dense(units=3), keras.optimizers.SGD(0.1), metrics=["accuracy"], **settings)


def batches(rows: int = 48, forever: bool = True) -> Iterator[tuple[np.ndarray, np.ndarray]]:
    """Batches of eight, none like another for as long as they do not start over."""
    while True:
        for start in range(0, rows, 8):
            yield X[start : start + 8], Y[start : start + 8]
        if not forever:
            return


class Batches(keras.utils.PyDataset):
    def __init__(self) -> None:
        super().__init__()
        self.ended = 0

    def __len__(self) -> int:
        return 6

    def __getitem__(self, number: int) -> tuple[np.ndarray, np.ndarray]:
        return X[8 * number : 8 * number + 8], Y[8 * number : 8 * number + 8]

    def on_epoch_end(self) -> None:
        self.ended += 1


class HalvesWeights(keras.callbacks.Callback):
    """What must see every batch: it changes the weights between two of them."""

    def on_train_batch_end(self, batch: int, logs: Any = None) -> None:
        self.model.jax_state_sync()
        self.model.set_weights([0.9 * each for each in self.model.get_weights()])


class OwnFit(keras.Sequential):
    def fit(self, *given: Any, **named: Any) -> Any:
        return super().fit(*given, **named | {"epochs": 1})


class OwnTrainFunction(keras.Sequential):
    def make_train_function(self, force: bool = False) -> None:
        super().make_train_function(force)


def of_class(kind: type[keras.Model]) -> keras.Model:
    stack = [keras.Input((4,)), keras.layers.Dense(3, activation="softmax")]
    return compiled(kind(stack), "sgd", metrics=["accuracy"])


FALLBACKS: dict[str, tuple[Any, Any, Any, str]] = {
    "generator": (
        simple,
        lambda: {"x": batches(), "steps_per_epoch": 4, "epochs": 3, "shuffle": False},
        list,
        "the data is a generator, not arrays",
    ),
    "dataset": (simple, lambda: {"x": Batches()}, list, "the data is a Batches, not arrays"),
    "eagerly": (lambda: simple(run_eagerly=True), GIVEN, list, r"compiled with run_eagerly=True"),
    "no xla": (lambda: simple(jit_compile=False), GIVEN, list, "compiled with jit_compile=False"),
    "own fit": (lambda: of_class(OwnFit), GIVEN, list, r"the model has a fit\(\) of its own"),
    "own function": (lambda: of_class(OwnTrainFunction), GIVEN, list, r"has a make_train_function\(\) of its own"),
    "weights between batches": (
        simple,
        GIVEN,
        lambda: [HalvesWeights()],
        r"the callback HalvesWeights wants to be called at every batch \(on_train_batch_end\)",
    ),
    "lambda": (
        simple,
        GIVEN,
        lambda: [kinds.LambdaCallback(on_train_batch_begin=lambda batch, logs: None)],
        r"LambdaCallback wants to be called at every batch \(on_train_batch_begin\)",
    ),
    "watches for NaN": (simple, GIVEN, lambda: [kinds.TerminateOnNaN()], "TerminateOnNaN wants to be called at every"),
}


@pytest.mark.parametrize(("build", "given", "callbacks", "why"), FALLBACKS.values(), ids=FALLBACKS)
def test_left_to_keras(build: Any, given: Any, callbacks: Any, why: str, capsys: pytest.CaptureFixture[str]) -> None:
    arguments = given if callable(given) else lambda: dict(given)
    side_by_side(build, arguments, callbacks, is_compiled=False)
    assert capsys.readouterr().out == "", "verbose=0 is silent"
    engine.fit(build(), **{"verbose": 2, "callbacks": callbacks()} | arguments())
    lines = [line for line in capsys.readouterr().out.splitlines() if "tenfold" in line]
    assert len(lines) == 1
    assert re.search(why + ".* so Keras' own fit trains this model", lines[0])


def test_an_integer_save_frequency_saves_between_batches(tmp_path: Path) -> None:
    def callbacks() -> list[Any]:
        folder = tmp_path / str(len(list(tmp_path.iterdir())))
        path = folder / "{epoch}-{batch}.weights.h5"
        return [kinds.ModelCheckpoint(path, save_freq=2, save_weights_only=True, verbose=0)]

    side_by_side(simple, GIVEN | {"batch_size": 8}, callbacks, is_compiled=False)
    ones, others = ({file.name for file in folder.iterdir()} for folder in sorted(tmp_path.iterdir()))
    assert ones == others
    assert len(ones) == 6


def test_with_a_seed_the_order_is_a_function_of_seed_and_epoch_here_too() -> None:
    def weights(**named: Any) -> list[np.ndarray]:
        keras.utils.set_random_seed(1)
        model = simple(jit_compile=False)
        np.random.seed(named.pop("state"))
        engine.fit(model, **GIVEN, verbose=0, epochs=2, **named)
        return model.get_weights()

    ones, others, third = weights(seed=5, state=1), weights(seed=5, state=2), weights(seed=6, state=1)
    assert all(np.array_equal(a, b) for a, b in zip(ones, others, strict=True))
    assert not all(np.array_equal(a, b) for a, b in zip(ones, third, strict=True))


@pytest.mark.parametrize("kind", ["generator", "dataset", "endless dataset"])
def test_validation_on_something_else_than_arrays(kind: str) -> None:
    held_out = {"generator": batches, "dataset": Batches, "endless dataset": Batches}[kind]
    steps = 3 if kind != "dataset" else None

    def given() -> dict[str, Any]:
        return GIVEN | {"validation_data": held_out(), "validation_steps": steps, "epochs": 3}

    side_by_side(simple, given)


def test_validation_with_a_test_step_or_an_evaluate_of_ones_own() -> None:
    class Doubles(keras.Sequential):
        def evaluate(self, *given: Any, **named: Any) -> Any:
            return {name: 2 * value for name, value in super().evaluate(*given, **named).items()}

    side_by_side(lambda: of_class(Doubles), GIVEN | {"validation_split": 0.5})


def test_a_layer_that_no_compiler_takes() -> None:
    class Counts(keras.layers.Layer):
        """Works on values: it could not be traced."""

        def __init__(self) -> None:
            super().__init__()
            self.supports_jit = False

        def call(self, inputs: Any) -> Any:
            return inputs

    def build() -> keras.Model:
        stack = [keras.Input((4,)), Counts(), keras.layers.Dense(3, activation="softmax")]
        return compiled(keras.Sequential(stack), "sgd", metrics=["accuracy"])

    side_by_side(build, GIVEN, is_compiled=False)
