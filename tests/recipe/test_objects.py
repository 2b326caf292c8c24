"""Keras objects from tables: arguments, objects within objects, and errors that name the place."""

from __future__ import annotations

import pytest

from tenfold.backend import keras
from tenfold.errors import RecipeError
from tenfold.recipe.objects import make, snake_case
from tenfold.recipe.table import Table


def layer(**values):
    return make(Table(values), "layer", "network.layers.0", classes=7)


def test_arguments_reach_keras():
    dense = layer(layer="dense", units="classes", activation="ReLU", kernel_initializer="he_normal")
    assert (dense.units, dense.activation) == (7, keras.activations.relu)
    assert isinstance(dense.kernel_initializer, keras.initializers.HeNormal)


def test_objects_within_objects():
    lstm = {"layer": "LSTM", "units": 3, "kernel_regularizer": {"regularizer": "L2", "l2": 0.5}}
    both = layer(layer="Bidirectional", wrapped=lstm)
    assert both.forward_layer.units == 3
    assert both.forward_layer.cell.kernel_regularizer.l2 == 0.5


def test_lists_of_objects():
    cells = [{"layer": "LSTMCell", "units": 2}, {"layer": "GRUCell", "units": 3}]
    stacked = layer(layer="RNN", cell={"layer": "StackedRNNCells", "cells": cells})
    assert [cell.units for cell in stacked.cell.cells] == [2, 3]


def test_names_do_not_count_on_through_a_process():
    assert [layer(layer="MaxPooling2D").name for _ in range(2)] == ["max_pooling2d", "max_pooling2d"]
    assert [make(Table({"metric": "AUC"}), "metric", "key").name for _ in range(2)] == ["auc", "auc"]


@pytest.mark.parametrize("name", ["Dense", "Conv2D", "MaxPooling2D", "BatchNormalization", "ReLU", "AUC", "F1Score"])
def test_layers_are_named_as_keras_names_them(name):
    from keras.src.utils.naming import to_snake_case

    assert snake_case(name) == to_snake_case(name)


@pytest.mark.parametrize(
    ("values", "words"),
    [
        ({"layer": "Dense", "units": 3, "activatoin": "relu"}, r"layers\.0\.activatoin: .*Did you mean 'activation'"),
        ({"layer": "Dense", "units": 3, "input_shape": [4]}, r"layers\.0\.input_shape: no argument of Dense"),
        ({"layer": "Dense"}, r"network\.layers\.0 \(Dense\): .*units"),
        ({"layer": "Conv2D", "filters": 3, "kernel_size": -1}, r"network\.layers\.0 \(Conv2D\): .*kernel_size"),
        (
            {"layer": "Dense", "units": 3, "kernel_regularizer": {"regularizer": "L2", "l3": 1}},
            r"regularizer\.l3: no arg",
        ),
    ],
)
def test_what_keras_does_not_take_is_named_by_its_place(values, words):
    with pytest.raises(RecipeError, match=words):
        layer(**values)
