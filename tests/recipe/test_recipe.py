"""A Recipe that exists is sound: its layers exist, its settings fit together, its digest says what is trained."""

from __future__ import annotations

import pickle
from dataclasses import FrozenInstanceError, replace

import pytest

from tenfold.errors import RecipeError
from tenfold.recipe.recipe import Recipe, recipe_from, slug
from tenfold.recipe.settings import EarlyStopping, Network, Preprocessing, Training

OUTPUT = {"layer": "Dense", "units": "classes", "activation": "softmax"}


def recipe(*layers, name="mine", **groups):
    return Recipe(name=name, network=Network(layers=(*layers, OUTPUT)), **groups)


def test_a_recipe_is_frozen_hashable_and_picklable():
    made = recipe()
    with pytest.raises(FrozenInstanceError):
        made.name = "other"
    assert pickle.loads(pickle.dumps(made)) == made
    assert hash(made) == hash(recipe())


def test_as_dict_and_recipe_from_are_inverse():
    made = recipe({"layer": "Dropout", "rate": 0.5}, about="x")
    assert recipe_from(made.as_dict()) == made


def test_the_digest_is_about_what_is_trained_and_not_about_names():
    made = recipe()
    assert replace(made, name="other", about="text", reported="much", measured="more").digest == made.digest
    assert replace(made, reported_accuracy=(0.97, 0.98)).digest == made.digest
    assert replace(made, training=Training(seed=1)).digest != made.digest
    assert recipe({"layer": "Dropout", "rate": 0.5}).digest != made.digest


def test_the_digest_follows_the_contents_of_a_keras_file_and_not_its_place():
    def at(file, sha256):
        return Recipe(name="x", network=Network(file=file, sha256=sha256)).digest

    assert at("/here/a.keras", "0" * 64) == at("/there/b.keras", "0" * 64)
    assert at("/here/a.keras", "0" * 64) != at("/here/a.keras", "1" * 64)


@pytest.mark.parametrize("name", ["", "a b", "../x", "A", "x" * 65, "-x", "name\n"])
def test_a_name_can_be_a_folder_name_anywhere(name):
    with pytest.raises(RecipeError, match=r"^name: .*expected 1 to 64 of a-z"):
        recipe(name=name)


@pytest.mark.parametrize("text", ["My Net!", "ÄÖ", "..", "x" * 100, "résumé.v2"])
def test_any_text_becomes_such_a_name(text):
    assert recipe(name=slug(text))


@pytest.mark.parametrize(
    ("values", "words"),
    [
        ({"name": "x", "trainning": {}}, r"trainning: no setting of this name\. Did you mean 'training'"),
        ({"name": "x", "training": {"epoch": 3}}, r"training\.epoch: .*Did you mean 'training\.epochs'"),
        ({"name": "x", "reported_accuracy": 0.98}, r"reported_accuracy: 0\.98; expected a low and a high share"),
        ({"name": "x", "reported_accuracy": [0.98, 0.97]}, r"reported_accuracy: \[0\.98, 0\.97\]; expected a low"),
        ({"name": "x", "reported_acuracy": []}, r"reported_acuracy: .*Did you mean 'reported_accuracy'"),
        ({"name": "x", "training": 3}, r"training: 3; expected a table, \[training\]"),
        ({"name": 3}, "name: a key of type int"),
        ({"network": {"layers": [OUTPUT]}}, "name: nothing; expected a name"),
        ({"name": "x"}, "network: neither layers nor function nor file; expected exactly one"),
        ({"name": "x", "network": {"layers": [OUTPUT], "file": "a.keras"}}, "layers and file; expected exactly one"),
        ({"name": "x", "network": {"function": "os.system"}}, "function: 'os.system'; expected module:function"),
        ({"name": "x", "network": {"file": "model.h5"}}, r"'model.h5'; expected a file whose name ends in \.keras"),
        ({"name": "x", "network": {"file": "a.keras", "sha256": "no"}}, "64 hexadecimal digits"),
        ({"name": "x", "about": "x" * 20_000}, "about: 20,000 characters; expected at most 10,000"),
    ],
)
def test_wrong_keys_and_networks_are_named(values, words):
    with pytest.raises(RecipeError, match=words):
        recipe_from(values)


@pytest.mark.parametrize(
    ("layer", "words"),
    [
        ("Dense", r"network\.layers\.0: 'Dense'; expected a table such as"),
        ({"units": 3}, r"network\.layers\.0: .*expected a table such as \{ layer"),
        ({"layer": "Dens", "units": 3}, "the unknown layer 'Dens'; .*Did you mean 'Dense'"),
        ({"layer": "Dense", "units": 0}, r"layers\.0\.units: 0; expected a whole number from 1 to 1,000,000, or 'clas"),
        ({"layer": "Dense", "units": 10**12}, "expected a whole number from 1 to 1,000,000"),
        ({"layer": "Dense", "units": 0.5}, "units: 0.5; expected a whole number"),
        ({"layer": "Dropout", "rate": 1.5}, "rate: 1.5; expected a number from 0 to 0.99"),
        ({"layer": "Dense", "units": 3, "activation": "rellu"}, "unknown activation 'rellu'.*Did you mean 'relu'"),
        ({"layer": "Dense", "units": 3, "kernel_initializer": "he"}, "unknown initializer 'he'"),
        ({"layer": "Input", "shape": [3]}, "an input layer; expected none. Leave it out"),
        ({"layer": "Lambda", "function": "x"}, "a Lambda; .*Give module:function instead"),
        ({"layer": "StringLookup", "vocabulary": "/etc/passwd"}, "the unknown layer 'StringLookup'"),
        (
            {"layer": "Dense", "units": 3, "kernel_regularizer": {"regularizer": "L3"}},
            r"layers\.0\.kernel_regularizer: the unknown regularizer 'L3'",
        ),
        (
            {
                "layer": "Dense",
                "units": 3,
                "kernel_initializer": {"module": "os", "class_name": "system", "config": {}},
            },
            "a table with the keys module, class_name, config; expected a table whose first key",
        ),
        (
            {"layer": "RNN", "cell": [[{"module": "builtins", "class_name": "eval"}]]},
            r"cell\.0\.0: a table with the keys module, class_name",
        ),
    ],
)
def test_a_layer_that_keras_does_not_have_is_refused_at_once(layer, words):
    with pytest.raises(RecipeError, match=words):
        recipe(layer)


def test_layers_without_end_are_refused():
    with pytest.raises(RecipeError, match="501 layers; expected at most 500"):
        recipe(*[{"layer": "ReLU"}] * 500)


@pytest.mark.parametrize(
    ("groups", "words"),
    [
        (
            {"training": Training(loss="categorical_crossentropy")},
            r"CategoricalCrossentropy with sparse labels; .*Set preprocessing\.labels to \"one-hot\" too",
        ),
        ({"preprocessing": Preprocessing(labels="one-hot")}, "SparseCategoricalCrossentropy with one-hot labels"),
        ({"training": Training(loss="cross")}, "the unknown loss 'cross'"),
        (
            {"training": Training(loss="sparse_categorical_crossentropi")},
            "Did you mean 'SparseCategoricalCrossentropy'",
        ),
        ({"training": Training(metrics=("accuracy", "AUC"))}, r"metrics\.1: AUC with sparse labels; expected one-hot"),
        ({"training": Training(metrics=(3,))}, r"metrics\.0: 3; expected the name of a Keras metric"),
        ({"training": Training(optimizer="adamm")}, "the unknown optimizer 'adamm'.*Did you mean 'Adam'"),
        ({"training": Training(optimizer={"momentum": 0.9})}, r"expected a table such as \{ optimizer"),
        (
            {"training": Training(optimizer={"optimizer": "SGD", "learning_rate": 0.1}, learning_rate=0.1)},
            "expected the learning rate in one place",
        ),
        ({"training": Training(schedule={"schedule": "Cosine"})}, "the unknown schedule 'Cosine'"),
        (
            {"early_stopping": EarlyStopping(patience=3)},
            r"'val_loss', but nothing is held out.*Set training\.validation to 0\.1",
        ),
        (
            {"early_stopping": EarlyStopping(patience=3, monitor="train_loss")},
            "'train_loss', which is measured to be looked at, and decides nothing; expected a number of validation",
        ),
    ],
)
def test_settings_that_do_not_fit_together_are_refused(groups, words):
    with pytest.raises(RecipeError, match=words):
        recipe(**groups)


def test_names_are_taken_as_keras_takes_them():
    training = Training(loss="mse", optimizer="RMSprop", metrics=("acc", "mean_absolute_error"))
    assert recipe(training=training, preprocessing=Preprocessing(labels="one-hot"))
