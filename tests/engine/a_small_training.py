"""A network of a few units, some rows for it, and what a training leaves behind: what the engine's tests train."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import keras
import numpy as np
import pytest

from tenfold import engine
from tenfold.engine.programs import Programs
from tenfold.engine.steps import LOWERING

RANDOM = np.random.default_rng(0)
X = RANDOM.normal(size=(150, 4)).astype("float32")
Y = (X[:, 0] * 3 > X[:, 1]).astype("int64") + (X[:, 2] > 0.5)


def model(**settings: Any) -> keras.Model:
    """A network that keeps every kind of state: Dropout's seed, averages, momentum, metrics. The same every time."""
    keras.utils.set_random_seed(11)
    network = keras.Sequential(
        [
            keras.Input((4,)),
            keras.layers.Dense(6, activation="relu"),
            keras.layers.BatchNormalization(),
            keras.layers.Dropout(0.3),
            keras.layers.Dense(3, activation="softmax"),
        ]
    )
    settings = {"optimizer": keras.optimizers.SGD(0.05, momentum=0.9), "metrics": ["accuracy"]} | settings
    network.compile(loss="sparse_categorical_crossentropy", **settings)
    return network


def programs_of(units: Sequence[int], lowering: str, monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """What XLA made of a training of Dense layers of so many units, as text, with the lowering "on" or "off"."""
    texts = []

    def compile_and_keep(self: Programs, traced: Any, stop: Any) -> Any:
        compiled = traced.lower().compile()
        texts.append(compiled.as_text())
        return compiled

    monkeypatch.setattr(Programs, "_compile", compile_and_keep)
    monkeypatch.setenv(LOWERING, lowering)
    keras.utils.set_random_seed(1)
    network = keras.Sequential([keras.Input((24,)), *(keras.layers.Dense(each, "relu") for each in units)])
    network.compile("adam", keras.losses.SparseCategoricalCrossentropy(from_logits=True))
    x, y = np.random.default_rng(0).normal(size=(64, 24)).astype("float32"), np.arange(64) % units[-1]
    engine.fit(network, x, y, batch_size=16, verbose=0)
    return texts


def state_of(network: keras.Model) -> list[np.ndarray]:
    """Copies of all that training changes."""
    return [np.array(each) for part in engine.TrainState.of(network) for each in part]


def assert_same_bits(ones: list[np.ndarray], others: list[np.ndarray]) -> None:
    assert len(ones) == len(others)
    for number, (one, other) in enumerate(zip(ones, others, strict=True)):
        assert one.dtype == other.dtype
        np.testing.assert_array_equal(other, one, err_msg=f"array {number} of the state", strict=True)
