"""Loss, optimizer, metrics, callbacks and targets as the recipe has them."""

from __future__ import annotations

import numpy as np
import pytest

from tenfold.backend import keras
from tenfold.errors import RecipeError
from tenfold.recipe import allowed
from tenfold.recipe.recipe import Recipe, recipe_from
from tenfold.recipe.training import callbacks, compiled, labels_for

LABELS = np.array([2, 0, 1])


def recipe(labels="one-hot", loss="categorical_crossentropy", stopping=None, **training) -> Recipe:
    layers = [{"layer": "Dense", "units": "classes", "activation": "softmax"}]
    return recipe_from(
        {
            "name": "x",
            "network": {"layers": layers},
            "preprocessing": {"labels": labels},
            "training": {"loss": loss, **training},
            "early_stopping": stopping or {},
        }
    )


def model_for(recipe):
    inputs = keras.Input((4,))
    return compiled(recipe, keras.Model(inputs, keras.layers.Dense(3, activation="softmax")(inputs)))


def trained(recipe):
    model = model_for(recipe)
    model.train_on_batch(np.eye(3, 4), labels_for(recipe, LABELS, 3))
    return model


def test_targets_are_class_numbers_or_rows_with_a_single_one():
    sparse = recipe("sparse", "sparse_categorical_crossentropy")
    assert labels_for(sparse, LABELS, 3).tolist() == [2, 0, 1]
    rows = labels_for(recipe(), LABELS, 3)
    assert rows.tolist() == [[0, 0, 1], [1, 0, 0], [0, 1, 0]]
    assert rows.dtype == np.float32


def test_the_learning_rate_is_the_recipes_or_the_optimizers_own():
    assert float(model_for(recipe(learning_rate=0.5)).optimizer.learning_rate) == 0.5
    assert float(model_for(recipe(optimizer="sgd")).optimizer.learning_rate) == pytest.approx(0.01)


def test_an_optimizer_with_arguments():
    optimizer = model_for(recipe(optimizer={"optimizer": "SGD", "momentum": 0.9, "nesterov": True})).optimizer
    assert (optimizer.momentum, optimizer.nesterov) == (0.9, True)


def test_a_schedule_starts_from_the_learning_rate():
    model = model_for(recipe(learning_rate=0.5, schedule={"schedule": "CosineDecay", "decay_steps": 2}))
    rates = [float(model.optimizer.learning_rate)]
    for _ in range(2):
        model.train_on_batch(np.eye(3, 4), labels_for(recipe(), LABELS, 3))
        rates.append(float(model.optimizer.learning_rate))
    assert rates == pytest.approx([0.5, 0.25, 0.0], abs=1e-6)


def test_a_schedule_of_steps_needs_no_start():
    schedule = {"schedule": "PiecewiseConstantDecay", "boundaries": [10], "values": [0.1, 0.01]}
    assert float(model_for(recipe(schedule=schedule)).optimizer.learning_rate) == pytest.approx(0.1)


@pytest.mark.parametrize("name", sorted(allowed.OPTIMIZERS - {"LossScaleOptimizer"}))
def test_every_optimizer_on_the_list_trains(name):
    before = model_for(recipe(optimizer=name))
    weights = before.get_weights()[0]
    before.train_on_batch(np.eye(3, 4), labels_for(recipe(), LABELS, 3))
    assert not np.array_equal(before.get_weights()[0], weights)


@pytest.mark.parametrize("name", sorted(allowed.LOSSES))
def test_every_loss_on_the_list_trains(name):
    labels = "sparse" if name.startswith("Sparse") else "one-hot"
    assert trained(recipe(labels, name, metrics=()))


def test_metrics_have_the_same_names_in_every_model():
    made = recipe(metrics=("accuracy", "precision", {"metric": "AUC", "num_thresholds": 20}))
    for _ in range(2):
        assert set(trained(made).get_metrics_result()) == {"loss", "accuracy", "precision", "auc"}


def test_a_loss_with_arguments():
    assert (
        model_for(recipe(loss={"loss": "CategoricalCrossentropy", "label_smoothing": 0.1})).loss.label_smoothing == 0.1
    )


def test_early_stopping_only_with_patience():
    assert callbacks(recipe()) == []
    (stopping,) = callbacks(recipe(stopping={"patience": 3, "monitor": "loss", "restore_best": False}))
    assert (stopping.patience, stopping.monitor, stopping.restore_best_weights) == (3, "loss", False)


def test_an_argument_that_keras_does_not_have_is_named():
    with pytest.raises(RecipeError, match=r"training\.optimizer\.momentun: .*Did you mean 'momentum'"):
        model_for(recipe(optimizer={"optimizer": "SGD", "momentun": 0.9}))
