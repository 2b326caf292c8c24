"""One training, done twice: by Keras' own `fit` and by `tenfold.engine.fit`, and everything held together after it.

This file owns what "the same" means: history (keys, order, lengths, values), weights, the optimizer's and the metrics'
variables, NumPy's global generator, and whether training was really compiled. The tests beside it only say what is
trained, on what, and with which arguments.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, NamedTuple

import keras
import numpy as np

from tenfold import engine

RTOL, ATOL = 2e-4, 2e-5


class Outcome(NamedTuple):
    """What is left after a training."""

    model: keras.Model
    history: Any
    callbacks: list[Any]
    next_draw: float  # of NumPy's global generator: equal only if as much was drawn before


def blobs(rows: int = 50, classes: int = 3, features: int = 4, seed: int = 0) -> tuple[np.ndarray, np.ndarray]:
    """Points around one centre a class, and their classes: what a few steps can learn something of."""
    random = np.random.default_rng(seed)
    labels = random.integers(0, classes, rows)
    centres = random.normal(size=(classes, features))
    return (centres[labels] + 0.5 * random.normal(size=(rows, features))).astype("float32"), labels


def dense(*, units: int = 5, outputs: int = 3, features: int = 4) -> keras.Model:
    """A small network, not compiled."""
    return keras.Sequential(
        [
            keras.Input((features,)),
            keras.layers.Dense(units, activation="tanh"),
            keras.layers.Dense(outputs, activation="softmax"),
        ]
    )


def compiled(model: keras.Model, optimizer: Any = "adam", loss: Any = "sparse_categorical_crossentropy", **settings):
    """The model, compiled: `compile` returns nothing, and a lambda wants something."""
    model.compile(optimizer=optimizer, loss=loss, **settings)
    return model


def trained(
    fit: Callable[..., Any],
    build: Callable[[], keras.Model],
    given: Callable[[], dict[str, Any]],
    callbacks: Callable[[], list[Any]],
) -> Outcome:
    keras.utils.set_random_seed(7)
    model, watching = build(), callbacks()
    history = fit(model, **{"verbose": 0, "epochs": 2, "callbacks": watching} | given())
    return Outcome(model, history, watching, float(np.random.random()))


def side_by_side(
    build: Callable[[], keras.Model],
    given: dict[str, Any] | Callable[[], dict[str, Any]],
    callbacks: Callable[[], list[Any]] = list,
    *,
    is_compiled: bool = True,
    rtol: float = RTOL,
    atol: float = ATOL,
) -> tuple[Outcome, Outcome]:
    """Train with both, hold one against the other, and return (Keras', Tenfold's) for anything more to check."""
    arguments = given if callable(given) else lambda: dict(given)
    keras_own = trained(lambda model, **named: model.fit(**named), build, arguments, callbacks)
    tenfold_own = trained(engine.fit, build, arguments, callbacks)
    assert (tenfold_own.history.compile_seconds > 0) == is_compiled
    assert_same(keras_own, tenfold_own, rtol, atol)
    return keras_own, tenfold_own


def assert_same(one: Outcome, other: Outcome, rtol: float = RTOL, atol: float = ATOL) -> None:
    """Everything that two trainings leave behind, compared."""
    assert one.history.epoch == other.history.epoch
    assert one.history.params["epochs"] == other.history.params["epochs"]
    assert list(one.history.history) == list(other.history.history)
    for name, values in one.history.history.items():
        assert_close(values, other.history.history[name], f"history[{name!r}]", rtol, atol)
    for kind in ("trainable_variables", "non_trainable_variables", "metrics_variables"):
        _same_variables(getattr(one.model, kind), getattr(other.model, kind), kind, rtol, atol)
    _same_variables(one.model.optimizer.variables, other.model.optimizer.variables, "optimizer", rtol, atol)
    assert one.model.stop_training == other.model.stop_training
    assert one.next_draw == other.next_draw, "NumPy's generator was used differently"


def _same_variables(ones: Sequence[Any], others: Sequence[Any], kind: str, rtol: float, atol: float) -> None:
    assert len(ones) == len(others), kind
    for a, b in zip(ones, others, strict=True):
        name = f"{kind}: {a.path}"
        assert a.dtype == b.dtype == str(b.value.dtype), name
        assert a.shape == b.shape == b.value.shape, name
        assert_close(a.value, b.value, name, rtol, atol)


def assert_close(one: Any, other: Any, name: str, rtol: float = RTOL, atol: float = ATOL) -> None:
    one, other = np.asarray(one, "float64"), np.asarray(other, "float64")
    np.testing.assert_allclose(other, one, rtol=rtol, atol=atol, err_msg=name)
