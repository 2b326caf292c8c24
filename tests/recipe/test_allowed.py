"""The names on the list are Keras' own, of the right kind, and what runs code or reads files is not among them."""

from __future__ import annotations

import inspect

import pytest

from tenfold.backend import keras
from tenfold.recipe import allowed
from tenfold.recipe.keras_config import FUNCTIONS, MODULES
from tenfold.recipe.objects import NAMESPACES

PARENTS = {
    "layer": keras.layers.Layer,
    "initializer": keras.initializers.Initializer,
    "regularizer": keras.regularizers.Regularizer,
    "constraint": keras.constraints.Constraint,
    "loss": keras.losses.Loss,
    "metric": keras.metrics.Metric,
    "optimizer": keras.optimizers.Optimizer,
    "schedule": keras.optimizers.schedules.LearningRateSchedule,
}


@pytest.mark.parametrize("kind", allowed.KINDS)
def test_every_name_is_a_keras_class_of_its_kind(kind):
    for name in allowed.KINDS[kind]:
        assert issubclass(getattr(NAMESPACES[kind], name), PARENTS[kind]), name


def test_every_function_is_a_keras_function():
    for name in FUNCTIONS:
        homes = (keras.activations, keras.losses, keras.metrics)
        assert any(inspect.isfunction(getattr(home, name, None)) for home in homes), name


def test_every_name_on_the_list_for_files_can_be_found():
    for module, names in MODULES.items():
        for name in names - {"Functional"}:
            path = f"{module}.{name}".removeprefix("keras.")
            found = keras
            for step in path.split("."):
                found = getattr(found, step)
            assert inspect.isclass(found), path


@pytest.mark.parametrize(
    "name",
    [
        "Lambda",
        "TorchModuleWrapper",
        "TFSMLayer",
        "JaxLayer",
        "FlaxLayer",
        "StringLookup",
        "TextVectorization",
        "Layer",
    ],
)
def test_what_runs_code_or_reads_files_is_not_on_it(name):
    assert hasattr(keras.layers, name)
    assert name not in allowed.LAYERS


@pytest.mark.parametrize(
    ("name", "known", "meant"),
    [
        ("adam", allowed.OPTIMIZERS, "Adam"),
        ("mean_squared_error", allowed.LOSSES, "MeanSquaredError"),
        ("mse", allowed.LOSSES, "MeanSquaredError"),
        ("MaxPool2D", allowed.LAYERS, "MaxPooling2D"),
        ("ReLU", allowed.ACTIVATIONS, "relu"),
        ("eval", allowed.ACTIVATIONS, None),
    ],
)
def test_names_are_found_as_keras_spells_them(name, known, meant):
    assert allowed.canonical(name, known) == meant
