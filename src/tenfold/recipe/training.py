"""The training side of a recipe in Keras' terms: loss, optimizer, metrics, callbacks and targets.

What these do over the epochs is the engine's and Keras' business; here they are only made from the recipe.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt

from tenfold.backend import keras
from tenfold.recipe.objects import arguments_of, class_of, make
from tenfold.recipe.recipe import Recipe
from tenfold.recipe.settings import Training
from tenfold.recipe.table import Table


def compiled(recipe: Recipe, model: Any) -> Any:
    """`model`, compiled with the loss, the optimizer and the metrics of `recipe`."""
    training = recipe.training
    model.compile(
        optimizer=optimizer(training),
        loss=make(as_table(training.loss, "loss"), "loss", "training.loss"),
        metrics=[metric(each, f"training.metrics.{index}") for index, each in enumerate(training.metrics)],
    )
    return model


def optimizer(training: Training) -> Any:
    table = as_table(training.optimizer, "optimizer")
    rate = training.learning_rate
    if training.schedule is not None:
        planned = class_of(training.schedule, "schedule", "training.schedule")
        start: dict[str, Any] = {"initial_learning_rate": 0.001 if rate is None else rate}
        given = start if "initial_learning_rate" in arguments_of(planned) else {}
        schedule = make(training.schedule, "schedule", "training.schedule", **given)
        return make(table, "optimizer", "training.optimizer", learning_rate=schedule)
    if rate is not None:
        return make(table, "optimizer", "training.optimizer", learning_rate=rate)
    return make(table, "optimizer", "training.optimizer")


def metric(given: str | Table, key: str) -> Any:
    """A Keras metric; plain "accuracy" stays a word, for Keras then picks the kind that fits the labels."""
    if isinstance(given, str) and given.lower() in ("accuracy", "acc"):
        return "accuracy"
    return make(as_table(given, "metric"), "metric", key)


def as_table(given: str | Table, kind: str) -> Table:
    return given if isinstance(given, Table) else Table({kind: given})


def callbacks(recipe: Recipe) -> list[Any]:
    """The Keras callbacks that the recipe asks for: early stopping, when it has patience."""
    stopping = recipe.early_stopping
    if not stopping.patience:
        return []
    return [
        keras.callbacks.EarlyStopping(
            monitor=stopping.monitor, patience=stopping.patience, restore_best_weights=stopping.restore_best
        )
    ]


def labels_for(recipe: Recipe, labels: npt.NDArray[Any], classes: int) -> npt.NDArray[Any]:
    """`labels` as the targets that the recipe's loss compares with: class numbers, or one row per picture."""
    if recipe.preprocessing.labels == "sparse":
        return np.asarray(labels)
    rows = np.zeros((len(labels), classes), dtype=np.float32)
    rows[np.arange(len(labels)), labels] = 1.0
    return rows
