"""Every Keras optimizer, with every switch it has, ends where it ends in Keras' own loop, its own variables too."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import keras
import pytest
from keras import layers, optimizers
from keras.optimizers import schedules
from tests.equivalence.side_by_side import blobs, compiled, dense, side_by_side

X, Y = blobs(48)
GIVEN = {"x": X, "y": Y, "batch_size": 12}

OPTIMIZERS: dict[str, Callable[..., Any]] = {
    "sgd": lambda **named: optimizers.SGD(0.05, **named),
    "momentum": lambda **named: optimizers.SGD(0.05, momentum=0.8, **named),
    "nesterov": lambda **named: optimizers.SGD(0.05, momentum=0.8, nesterov=True, **named),
    "adam": lambda **named: optimizers.Adam(0.01, **named),
    "amsgrad": lambda **named: optimizers.Adam(0.01, amsgrad=True, **named),
    "adamw": lambda **named: optimizers.AdamW(0.01, **named),
    "rmsprop": lambda **named: optimizers.RMSprop(0.01, momentum=0.5, centered=True, **named),
    "adagrad": lambda **named: optimizers.Adagrad(0.05, **named),
    "adadelta": lambda **named: optimizers.Adadelta(1.0, **named),
    "adamax": lambda **named: optimizers.Adamax(0.01, **named),
    "nadam": lambda **named: optimizers.Nadam(0.01, **named),
    "ftrl": lambda **named: optimizers.Ftrl(0.1, **named),
    "lion": lambda **named: optimizers.Lion(0.01, **named),
    "adafactor": lambda **named: optimizers.Adafactor(0.05, **named),
    "lamb": lambda **named: optimizers.Lamb(0.01, **named),
    "muon": lambda **named: optimizers.Muon(0.01, **named),
    "schedule free": lambda **named: optimizers.ScheduleFreeAdamW(0.01, **named),
}


BY_DEFAULT = ("sgd", "adam", "nadam", "adafactor", "muon", "schedule free")  # each with variables of another kind


@pytest.mark.parametrize(
    "make",
    [
        pytest.param(make, id=name, marks=[pytest.mark.slow] * (name not in BY_DEFAULT))
        for name, make in OPTIMIZERS.items()
    ],
)
def test_an_optimizer(make: Callable[..., Any]) -> None:
    side_by_side(lambda: compiled(dense(), make()), GIVEN)


SWITCHES: dict[str, dict[str, Any]] = {
    "clipnorm": {"clipnorm": 0.1},
    "clipvalue": {"clipvalue": 0.01},
    "global_clipnorm": {"global_clipnorm": 0.1},
    "weight_decay": {"weight_decay": 0.02},
    "ema": {"use_ema": True, "ema_momentum": 0.8},
    "ema overwrites": {"use_ema": True, "ema_momentum": 0.8, "ema_overwrite_frequency": 3},
    "accumulation": {"gradient_accumulation_steps": 3},
    "loss scale": {"loss_scale_factor": 8.0},
    "several": {"use_ema": True, "ema_overwrite_frequency": 2, "global_clipnorm": 0.5, "weight_decay": 0.01},
}


@pytest.mark.parametrize("name", ["accumulation", "loss scale", "several"])
def test_what_every_optimizer_can_do(name: str) -> None:
    side_by_side(lambda: compiled(dense(), optimizers.SGD(0.05, momentum=0.9, **SWITCHES[name])), GIVEN)


@pytest.mark.slow
@pytest.mark.parametrize("switches", SWITCHES.values(), ids=SWITCHES)
@pytest.mark.parametrize("make", OPTIMIZERS.values(), ids=OPTIMIZERS)
def test_every_optimizer_with_every_switch(make: Callable[..., Any], switches: dict[str, Any]) -> None:
    side_by_side(lambda: compiled(dense(), make(**switches)), GIVEN | {"batch_size": 20, "epochs": 3})


SCHEDULES: dict[str, Callable[[], Any]] = {
    "exponential": lambda: schedules.ExponentialDecay(0.1, 3, 0.5, staircase=True),
    "cosine": lambda: schedules.CosineDecay(0.01, 6, warmup_target=0.1, warmup_steps=2),
    "restarts": lambda: schedules.CosineDecayRestarts(0.1, 2),
    "inverse time": lambda: schedules.InverseTimeDecay(0.1, 3, 0.5),
    "piecewise": lambda: schedules.PiecewiseConstantDecay([2, 5], [0.1, 0.05, 0.01]),
    "polynomial": lambda: schedules.PolynomialDecay(0.1, 5, 0.001, cycle=True),
}


@pytest.mark.parametrize(
    "schedule",
    [pytest.param(make, id=name, marks=[pytest.mark.slow] * (name != "cosine")) for name, make in SCHEDULES.items()],
)
def test_a_learning_rate_schedule(schedule: Callable[[], Any]) -> None:
    side_by_side(lambda: compiled(dense(), optimizers.SGD(schedule())), GIVEN)


@pytest.mark.parametrize("named", ["Adam", {"class_name": "RMSprop", "config": {"learning_rate": 0.01}}], ids=str)
def test_an_optimizer_given_as_keras_allows(named: Any) -> None:
    side_by_side(lambda: compiled(dense(), named), GIVEN | {"epochs": 1})


def test_several_optimizers_for_several_parts_of_a_model() -> None:
    if not hasattr(optimizers, "MultiOptimizer"):
        pytest.skip("this Keras has no MultiOptimizer")

    def build() -> keras.Model:
        model = dense()
        kernels = lambda variable: optimizers.Adam(0.01) if "kernel" in variable.path else optimizers.SGD(0.1)  # noqa: E731
        return compiled(model, optimizers.MultiOptimizer(kernels))

    side_by_side(build, GIVEN)


def test_an_optimizer_that_a_user_wrote() -> None:
    class SignDescent(optimizers.Optimizer):
        def update_step(self, gradient: Any, variable: Any, learning_rate: Any) -> None:
            self.assign_sub(variable, learning_rate * keras.ops.tanh(gradient))

    side_by_side(lambda: compiled(dense(), SignDescent(0.1)), GIVEN)


def test_sparse_rows_of_an_embedding() -> None:
    def build() -> keras.Model:
        stack = [keras.Input((4,), dtype="int32"), layers.Embedding(9, 3), layers.Flatten(), layers.Dense(3)]
        return compiled(keras.Sequential(stack), "adam", keras.losses.SparseCategoricalCrossentropy(from_logits=True))

    side_by_side(build, GIVEN | {"x": (abs(X) * 3).astype("int64") % 9})
