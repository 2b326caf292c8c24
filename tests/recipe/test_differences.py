"""Recipes differ in few settings, and those are named as they are typed."""

from tests.run.small import LAYERS, small_recipe

from tenfold.recipe.differences import differences
from tenfold.recipe.overrides import apply
from tenfold.recipe.presets import load_preset


def test_the_same_recipe_differs_in_nothing() -> None:
    assert differences([small_recipe(), small_recipe()]) == {}


def test_settings_by_their_keys() -> None:
    changed = apply(load_preset("first"), ["network.dropout=0.5", "training.epochs=3", "training.learning_rate=0.01"])
    assert differences([load_preset("first"), changed]) == {
        "network.layers.2.rate": [0.2, 0.5],
        "training.epochs": [5, 3],
        "training.learning_rate": [None, 0.01],
    }


def test_networks_of_other_layers_are_told_in_one_line() -> None:
    more = small_recipe(layers=[*LAYERS[:2], {"layer": "Dropout", "rate": 0.3}, LAYERS[2]])
    assert differences([small_recipe(), more, small_recipe()]) == {
        "network.layers": [
            "…, …",
            "…, Dropout 0.3, …",
            "…, …",
        ]
    }


def test_an_argument_that_only_one_has() -> None:
    regularised = [LAYERS[0], {**LAYERS[1], "kernel_regularizer": {"regularizer": "L2", "l2": 0.001}}, LAYERS[2]]
    found = differences([small_recipe(), small_recipe(layers=regularised)])
    assert found["network.layers.1.kernel_regularizer.l2"] == [None, 0.001]


def test_texts_do_not_count() -> None:
    assert "reported" not in differences([load_preset("first"), load_preset("mlp")])
    assert differences([load_preset("first"), small_recipe()])["network.layers"][1] == "…, Dense 8 relu, …"


def test_one_thing_in_two_spellings_is_no_difference() -> None:
    one = small_recipe(optimizer="adam", loss="sparse_categorical_crossentropy")
    for optimizer in ("Adam", {"optimizer": "adam"}):
        assert differences([one, small_recipe(optimizer=optimizer, loss="SparseCategoricalCrossentropy")]) == {}
    assert differences([one, small_recipe(optimizer={"optimizer": "adam", "beta_1": 0.8})])


def test_all_that_a_layer_was_given_is_spelled() -> None:
    layers = [LAYERS[0], {**LAYERS[1], "kernel_regularizer": {"regularizer": "l2", "l2": 0.001}}, LAYERS[2]]
    more = small_recipe(layers=[LAYERS[0], LAYERS[1], {"layer": "Dropout", "rate": 0.3}, LAYERS[2]])
    assert differences([small_recipe(layers=layers), more])["network.layers"] == [
        "…, Dense 8 relu kernel_regularizer=L2(l2=0.001), …",
        "…, Dense 8 relu, Dropout 0.3, …",
    ]
