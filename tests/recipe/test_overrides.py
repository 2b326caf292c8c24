"""`--set key=value`: what each key changes, and what is said when there is nothing to change."""

from __future__ import annotations

import pytest

from tenfold.errors import RecipeError, UsageError
from tenfold.recipe.overrides import apply
from tenfold.recipe.presets import load_preset
from tenfold.recipe.recipe import Recipe
from tenfold.recipe.settings import Network


def arguments(recipe, name):
    return [layer[name] for layer in recipe.network.layers if name in layer]


def kinds(recipe):
    return [layer["layer"] for layer in recipe.network.layers]


def test_settings_are_set_in_the_order_given():
    recipe = apply(load_preset("first"), ["training.epochs=3", " training.learning_rate = 0.01", "training.epochs=4"])
    assert (recipe.training.epochs, recipe.training.learning_rate) == (4, 0.01)


def test_python_may_give_values_instead_of_text():
    recipe = apply(load_preset("first"), {"training.epochs": 3, "network.hidden": [64]})
    assert recipe.training.epochs == 3
    assert arguments(recipe, "units") == [64, "classes"]


def test_nothing_to_change_is_the_same_recipe():
    assert apply(load_preset("mlp"), []) is load_preset("mlp")


def test_settings_that_depend_on_each_other_may_come_in_any_order():
    recipe = apply(load_preset("first"), ["training.loss=mse", "preprocessing.labels=one-hot"])
    assert recipe.training.loss == "mse"


def test_dropout_sets_every_rate():
    assert arguments(apply(load_preset("cnn"), ["network.dropout=0.1"]), "rate") == [0.1, 0.1]


def test_activation_sets_the_hidden_ones_however_they_are_written():
    assert arguments(apply(load_preset("wide"), ["network.activation=tanh"]), "activation") == [
        "tanh",
        "tanh",
        "softmax",
    ]
    assert arguments(apply(load_preset("mlp"), ["network.activation=tanh"]), "activation") == [
        "tanh",
        "tanh",
        "softmax",
    ]
    hidden10 = apply(load_preset("hidden10"), ["network.activation=sigmoid"])
    assert kinds(hidden10) == ["Dense", "Activation", "Dense", "Softmax"]
    assert arguments(hidden10, "activation") == ["sigmoid"]


@pytest.mark.parametrize(
    ("name", "text", "units", "layers"),
    [
        ("hidden10", "[128]", [128, "classes"], 4),
        ("hidden10", "128", [128, "classes"], 4),
        ("hidden10", "[512, 256]", [512, 256, "classes"], 6),
        ("mlp", "[64]", [64, "classes"], 5),
        ("mlp", "[1, 2, 3]", [1, 2, 3, "classes"], 11),
        ("first", "[64, 64]", [64, 64, "classes"], 6),
        ("first", "[]", ["classes"], 2),
        ("cnn", "[50]", [50, "classes"], 9),
    ],
)
def test_hidden_sets_the_widths_and_takes_activation_and_dropout_along(name, text, units, layers):
    recipe = apply(load_preset(name), [f"network.hidden={text}"])
    assert arguments(recipe, "units") == units
    assert len(recipe.network.layers) == layers


def test_hidden_repeats_the_last_hidden_layer():
    layers = [{"layer": "Dense", "units": 1, "activation": name} for name in ("relu", "tanh")]
    output = {"layer": "Dense", "units": "classes", "activation": "softmax"}
    recipe = apply(Recipe(name="x", network=Network(layers=(*layers, output))), ["network.hidden=[1, 2, 3]"])
    assert arguments(recipe, "activation") == ["relu", "tanh", "tanh", "softmax"]


def test_one_argument_of_one_layer():
    recipe = apply(load_preset("first"), ["network.layers.1.units=64", "network.layers.1.kernel_initializer=he_normal"])
    assert recipe.network.layers[1] == {
        "layer": "Dense",
        "units": 64,
        "activation": "relu",
        "kernel_initializer": "he_normal",
    }


def test_an_argument_within_an_argument():
    recipe = apply(load_preset("mlp-l2"), ["network.layers.0.kernel_regularizer.l2=0.1"])
    assert recipe.network.layers[0]["kernel_regularizer"]["l2"] == 0.1
    assert load_preset("mlp-l2").network.layers[0]["kernel_regularizer"]["l2"] == 0.001


def test_naming_another_kind_of_network_replaces_the_layers():
    recipe = apply(load_preset("mlp"), ["network.function=mine:build"])
    assert recipe.network == Network(function="mine:build")


@pytest.mark.parametrize("text", ["training.epochs", "=3", "", " = "])
def test_text_without_key_and_value_is_a_matter_of_usage(text):
    with pytest.raises(UsageError, match=r"expected KEY=VALUE, such as training.epochs=3"):
        apply(load_preset("first"), [text])


@pytest.mark.parametrize(
    ("name", "text", "words"),
    [
        ("first", "training.epoch=3", "no setting of this name. Did you mean 'training.epochs'"),
        ("first", "network.droput=0.5", "Did you mean 'network.dropout'"),
        ("first", "training.epochs=0", "training.epochs: 0; expected a whole number from 1"),
        ("first", "training.epochs=three", "training.epochs: 'three'; expected a whole number"),
        ("first", "network.dropout=1.5", "network.dropout: 1.5; expected a number from 0 to 0.99"),
        ("first", "network.dropout=nan", "network.dropout: nan; expected a number from 0"),
        ("wide", "network.dropout=0.5", "no Dropout layer in this network. Use a recipe that has one"),
        ("first", "network.activation=relo", "unknown activation 'relo'.*Did you mean 'relu'"),
        ("first", "network.activation=3", "network.activation: 3; expected the name of an activation"),
        ("first", "network.hidden=[0]", "expected widths from 1"),
        ("first", "network.hidden=many", "'many'; expected widths from 1"),
        ("first", "network.layers.9.units=3", "no layer '9'; expected a layer from 0 to 3"),
        ("first", "network.layers.x.units=3", "no layer 'x'; expected a layer from 0 to 3"),
        ("first", "network.layers.1=3", "expected network.layers.1.ARGUMENT"),
        ("first", "network.layers.1.units.x=3", "no table 'units' in this layer"),
        ("first", "network.layers.1.units=none", "units: 'none'; expected a whole number"),
    ],
)
def test_what_cannot_be_changed_is_said(name, text, words):
    with pytest.raises(RecipeError, match=words):
        apply(load_preset(name), [text])


def test_shorthands_say_when_the_network_is_no_list_of_layers():
    with pytest.raises(RecipeError, match=r"network\.dropout: a network that is not a list of layers"):
        apply(Recipe(name="x", network=Network(function="a:b")), ["network.dropout=0.5"])


def test_shorthands_say_when_nothing_is_hidden():
    bare = apply(load_preset("first"), ["network.hidden=[]"])
    with pytest.raises(RecipeError, match="no hidden Dense layer in this network"):
        apply(bare, ["network.hidden=[10]"])
    with pytest.raises(RecipeError, match="no hidden activation in this network"):
        apply(bare, ["network.activation=tanh"])


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("seed=abc", "training.seed"),
        ("epochs=3", "training.epochs"),
        ("dropout=0.1", "network.dropout"),
        ("optimizer.learning_rate=1", "training.learning_rate"),
    ],
)
def test_a_key_without_its_heading_is_guessed(typed: str, meant: str) -> None:
    with pytest.raises(RecipeError, match=rf"no setting of this name\. Did you mean '{meant}'\?$"):
        apply(load_preset("mlp"), [typed])


def test_a_word_where_a_table_belongs_is_told_how_a_table_is_typed() -> None:
    with pytest.raises(
        RecipeError, match=r"'cosine'; expected a table\. Write it inline: (\{ schedule = .* \})$"
    ) as told:
        apply(load_preset("mlp"), ["training.schedule=cosine"])
    inline = told.value.line.partition("inline: ")[2]
    assert apply(load_preset("mlp"), [f"training.schedule={inline}"]).training.schedule is not None
