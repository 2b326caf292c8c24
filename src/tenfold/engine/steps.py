"""One training step, one scoring step, one prediction: pure functions of state and batch.

They are Keras' own (`JAXTrainer.train_step` and its siblings), with one difference: on a CPU the forward pass goes
through `lowering/` before it is differentiated. A model that brings a step of its own keeps it, as it is.
"""

from __future__ import annotations

import os
from collections.abc import Callable
from functools import partial
from typing import Any, NamedTuple

import jax

from tenfold.backend import keras
from tenfold.engine import in_place, narrow
from tenfold.engine.feed import Arrays
from tenfold.engine.lowering import lowered
from tenfold.engine.state import TrainState

Logs = dict[str, Any]

LOWERING = "TENFOLD_LOWERING"  # set this variable to "off" to compile what Keras traced, unchanged


class ScoreState(NamedTuple):
    """What scoring changes: the state of layers that keep one, and the metrics."""

    non_trainable: list[jax.Array]
    metrics: list[jax.Array]


def train_step(model: keras.Model, state: TrainState, batch: Arrays) -> tuple[Logs, TrainState]:
    """Forward, backward, update: the logs that the step reports and the state after it."""
    if not has_keras_step(model, "train_step"):
        logs, new_state = model.train_step(tuple(state), batch)
        return logs, TrainState(*map(list, new_state))
    x, y, weight = keras.utils.unpack_x_y_sample_weight(batch)

    def loss_and_updates(
        trainable: Any, non_trainable: Any, optimizer: Any, metrics: Any, x: Any, y: Any, w: Any
    ) -> Any:
        return model.compute_loss_and_updates(
            trainable, non_trainable, metrics, x, y, w, training=True, optimizer_variables=optimizer
        )

    differentiate = jax.value_and_grad(rewritten(loss_and_updates), has_aux=True)
    (_, (loss, predicted, non_trainable, metrics)), gradients = differentiate(*state, x, y, weight)
    apply = model.optimizer.stateless_apply
    if lowering_is_on():
        apply, gradients = narrow.in_rows(apply), in_place.all_known(gradients)
    trainable, optimizer = apply(state.optimizer, gradients, state.trainable)
    logs, metrics = model._update_metrics_variables(metrics, loss, x, y, predicted, weight)
    return logs, TrainState(trainable, non_trainable, optimizer, metrics)


def score_step(model: keras.Model, trainable: list[jax.Array], state: ScoreState, batch: Arrays) -> ScoreState:
    def step(trainable: Any, non_trainable: Any, metrics: Any, batch: Arrays) -> Any:
        return model.test_step((trainable, non_trainable, metrics), batch)[1]

    _, non_trainable, metrics = rewritten(step)(trainable, *state, batch)
    return ScoreState(non_trainable, metrics)


def predict_step(model: keras.Model, trainable: list[jax.Array], non_trainable: list[jax.Array], x: Arrays) -> Any:
    """The outputs for a batch, and `non_trainable` after it: a layer that is random at prediction draws on."""
    return rewritten(partial(plain_predict_step, model))(trainable, non_trainable, x)


def plain_predict_step(
    model: keras.Model, trainable: list[jax.Array], non_trainable: list[jax.Array], x: Arrays
) -> Any:
    return model.predict_step((trainable, non_trainable), (x,))


def rewritten(function: Callable[..., Any]) -> Callable[..., Any]:
    """`function`, lowered where that pays and is not switched off."""
    return lowered(function) if lowering_is_on() else function


def lowering_is_on() -> bool:
    return jax.default_backend() == "cpu" and os.environ.get(LOWERING) != "off"


def has_keras_step(model: keras.Model, step: str) -> bool:
    """Whether a step is Keras' own and reports just what the metrics hold, as it does unless a subclass changes it."""
    return all(getattr(type(model), name) is getattr(keras.Model, name) for name in (step, "compute_metrics"))
