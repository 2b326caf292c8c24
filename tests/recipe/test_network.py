"""A recipe becomes a model that takes raw pictures, and a model becomes a table that adds up."""

from __future__ import annotations

import numpy as np
import pytest

from tenfold.backend import keras
from tenfold.errors import RecipeError
from tenfold.recipe.network import build, layer_table, layers_of
from tenfold.recipe.overrides import apply
from tenfold.recipe.recipe import recipe_from

SHAPE = (8, 6, 3)
PICTURES = np.random.default_rng(0).integers(0, 256, (5, *SHAPE), dtype=np.uint8)
FLATTEN = {"layer": "Flatten"}
OUTPUT = {"layer": "Dense", "units": "classes", "activation": "softmax"}


def recipe(*layers, **groups):
    return recipe_from({"name": "mine", "network": {"layers": [*layers, OUTPUT]}, **groups})


def weights(model):
    return np.concatenate([np.ravel(weight) for weight in model.get_weights()])


def seen(scale, layout="image"):
    """What the network is given of `PICTURES`, read where the preparing layers end."""
    model = build(recipe(FLATTEN, preprocessing={"scale": scale, "layout": layout}), SHAPE, 4)
    last = [layer for layer in model.layers if layer.name == "pixels" or layer.name.startswith("prepare_")][-1]
    return np.asarray(keras.Model(model.input, last.output)(PICTURES))


def test_the_same_seed_gives_the_same_weights_whatever_happened_before():
    made = recipe(FLATTEN, {"layer": "Dense", "units": 5})
    first = build(made, SHAPE, 4)
    keras.random.normal((3,))
    np.random.default_rng().random()
    again = build(made, SHAPE, 4)
    other = build(apply(made, ["training.seed=1"]), SHAPE, 4)
    assert np.array_equal(weights(first), weights(again))
    assert not np.array_equal(weights(first), weights(other))
    assert [layer.name for layer in first.layers] == [layer.name for layer in again.layers]


@pytest.mark.parametrize(
    "moves",
    [{"shift": 0.2, "flip": "both"}, pytest.param({"rotate": 30, "zoom": 0.2}, marks=pytest.mark.slow)],
    ids=str,
)
def test_dropout_and_augmentation_follow_the_seed(moves):
    made = recipe(FLATTEN, {"layer": "Dropout", "rate": 0.5}, augmentation=moves)
    runs = [np.asarray(build(made, SHAPE, 4)(PICTURES, training=True)) for _ in range(2)]
    assert np.array_equal(*runs)


def test_augmentation_is_for_training_only():
    plain, augmented = recipe(FLATTEN), recipe(FLATTEN, augmentation={"shift": 0.3, "fill": "reflect"})
    models = [build(each, SHAPE, 4) for each in (plain, augmented)]
    models[1].set_weights(models[0].get_weights())
    outputs = [np.asarray(model(PICTURES, training=False)) for model in models]
    assert np.allclose(*outputs)
    assert not np.allclose(outputs[0], models[1](PICTURES, training=True))


@pytest.mark.parametrize(
    ("scale", "expected"),
    [("none", PICTURES * 1.0), ("unit", PICTURES / 255), ("signed", PICTURES / 127.5 - 1)],
)
def test_pixels_are_scaled_inside_the_model(scale, expected):
    assert np.allclose(seen(scale), expected, atol=1e-5)
    assert np.allclose(seen(scale, "flat"), expected.reshape(5, -1), atol=1e-5)


def test_the_standard_scale_gives_each_picture_mean_0_and_deviation_1():
    given = seen("standard").reshape(5, -1)
    assert np.allclose(given.mean(axis=1), 0, atol=1e-5)
    assert np.allclose(given.std(axis=1), 1, atol=1e-3)


def test_the_model_is_compiled_and_learns():
    model = build(recipe(FLATTEN, training={"learning_rate": 0.01}), SHAPE, 4)
    before = weights(model)
    model.train_on_batch(PICTURES, np.arange(5) % 4)
    assert not np.array_equal(weights(model), before)


def test_the_table_shows_what_prepares_and_what_counts():
    convolution = {"layer": "Conv2D", "filters": 2, "kernel_size": 3, "activation": "tanh"}
    made = recipe(convolution, FLATTEN, {"layer": "Dropout", "rate": 0.1})
    rows = layer_table(build(made, SHAPE, 4))
    assert [row.activation for row in rows] == ["", "", "tanh", "", "", "softmax"]
    assert [(row.name, row.kind, row.output_shape, row.arithmetic, row.preprocessing) for row in rows] == [
        ("pixels", "InputLayer", (8, 6, 3), "", True),
        ("prepare_scale", "Rescaling", (8, 6, 3), "", True),
        ("conv2d_1", "Conv2D", (6, 4, 2), "3×3×3×2+2 = 56", False),
        ("flatten_1", "Flatten", (48,), "", False),
        ("dropout_1", "Dropout", (48,), "", False),
        ("dense_1", "Dense", (4,), "48×4+4 = 196", False),
    ]


def test_the_table_of_a_recipe_is_that_of_its_model_without_building_it():
    made = recipe({"layer": "Conv2D", "filters": 2, "kernel_size": 3}, {"layer": "BatchNormalization"}, FLATTEN)
    assert layers_of(made, SHAPE, 4) == layer_table(build(made, SHAPE, 4))
    with pytest.raises(RecipeError, match=r"a network of .* parameters; expected at most"):
        layers_of(recipe(FLATTEN, *[{"layer": "Dense", "units": 10**6}] * 2), SHAPE, 4)


@pytest.mark.parametrize(
    ("layers", "arithmetic"),
    [
        ([{"layer": "BatchNormalization"}, FLATTEN], "4×3 = 12"),
        ([{"layer": "BatchNormalization", "scale": False}, FLATTEN], "3×3 = 9"),
        ([{"layer": "LayerNormalization"}, FLATTEN], "2×3 = 6"),
        ([{"layer": "Dense", "units": 5, "use_bias": False}, FLATTEN], "3×5 = 15"),
        ([{"layer": "DepthwiseConv2D", "kernel_size": 2}, FLATTEN], "2×2×3×1+3 = 15"),
        ([{"layer": "SeparableConv2D", "filters": 4, "kernel_size": 2}, FLATTEN], "2×2×3×1+1×1×3×4+4 = 28"),
        ([{"layer": "Reshape", "target_shape": [8, 18]}, {"layer": "LSTM", "units": 2}], "18×8+2×8+8 = 168"),
        (
            [
                {"layer": "Reshape", "target_shape": [8, 18]},
                {"layer": "Bidirectional", "wrapped": {"layer": "LSTM", "units": 2}},
            ],
            "2×18×8+2×2×8+2×8 = 336",
        ),
        ([{"layer": "PReLU"}, FLATTEN], "8×6×3 = 144"),
    ],
)
def test_the_arithmetic_of_every_layer_adds_up_to_its_parameters(layers, arithmetic):
    model = build(recipe(*layers), SHAPE, 4)
    rows = layer_table(model)
    assert arithmetic in [row.arithmetic for row in rows]
    for row in rows:
        total = sum(
            np.prod([int(n) for n in term.split("×")]) for term in row.arithmetic.split(" = ")[0].split("+") if term
        )
        assert total == row.parameters
    assert sum(row.parameters for row in rows) == model.count_params()


@pytest.mark.parametrize(
    ("layers", "words"),
    [
        ([], r"it ends in \(8, 6, 4\); expected \(4,\), one number for each.*Flatten the pictures: add \{ layer"),
        ([FLATTEN, {"layer": "Dense", "units": 3}, {"layer": "Dense", "units": 3}], None),
        (
            [FLATTEN, {"layer": "Conv2D", "filters": 2, "kernel_size": 3}],
            r"layers\.1 \(Conv2D\): it cannot follow what gives \(144",
        ),
        ([{"layer": "Conv2D", "filters": 2, "kernel_size": 9}, FLATTEN], r"layers\.0 \(Conv2D\): it cannot follow"),
        (
            [FLATTEN, *[{"layer": "Dense", "units": 10**6}] * 2],
            "a network of 1,000,150,000,004 parameters; expected at most",
        ),
        (
            [{"layer": "UpSampling2D", "size": 5000}, {"layer": "GlobalMaxPooling2D"}],
            "a layer that gives 3,600,000,000 values for one picture",
        ),
        ([{"layer": "ReLU", "name": "a"}, {"layer": "ReLU", "name": "a"}, FLATTEN], 'The name "a" is used 2 times'),
        ([{"layer": "ReLU", "name": "pixels"}, FLATTEN], r"layers\.0\.name: 'pixels'; expected a name without pixels"),
    ],
)
def test_a_network_that_cannot_be_is_refused_with_the_layer_named(layers, words):
    if words is None:
        assert build(recipe(*layers), SHAPE, 4)
        return
    with pytest.raises(RecipeError, match=words):
        build(recipe(*layers), SHAPE, 4)


@pytest.mark.parametrize("units", [3, 10])
def test_a_network_for_other_classes_is_refused(units):
    made = recipe_from(
        {"name": "x", "network": {"layers": [FLATTEN, {"layer": "Dense", "units": units, "activation": "softmax"}]}}
    )
    with pytest.raises(RecipeError, match=rf'ends in \({units},\); expected \(4,\).*units = "classes"'):
        build(made, SHAPE, 4)


def test_a_network_that_ends_without_probabilities_is_refused():
    made = recipe_from({"name": "x", "network": {"layers": [FLATTEN, {"layer": "Dense", "units": "classes"}]}})
    with pytest.raises(
        RecipeError, match=r'ends in linear; expected probabilities\. Give the last layer activation = "softmax"'
    ):
        build(made, SHAPE, 4)


@pytest.mark.parametrize(("shape", "classes"), [((8, 6), 4), ((0, 6, 3), 4), ((8, 6, 3), 1)])
def test_no_pictures_or_one_class_is_no_task(shape, classes):
    with pytest.raises(RecipeError, match=r"pictures of .* classes; expected some of each"):
        build(recipe(FLATTEN), shape, classes)
