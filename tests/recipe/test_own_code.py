"""`module:function` runs the user's own code when the user asked for it, and only then."""

from __future__ import annotations

import sys
from pathlib import Path

import numpy as np
import pytest

from tenfold.errors import RecipeError
from tenfold.recipe.find import find
from tenfold.recipe.network import build, layer_table, own_scaling
from tenfold.recipe.own_code import names_own_code

NETWORKS = """
from pathlib import Path
import keras

Path("was_run").touch()

def build(shape, classes):
    output = keras.layers.Dense(classes, activation="softmax")
    return keras.Sequential([keras.Input(shape), keras.layers.Flatten(), output])

@keras.saving.register_keras_serializable("tests")
class Subclassed(keras.Model):
    def __init__(self, classes, **more):
        super().__init__(**more)
        self.flat, self.out = keras.layers.Flatten(), keras.layers.Dense(classes, activation="softmax")
    def call(self, x):
        return self.out(self.flat(x))

def subclassed(shape, classes):
    return Subclassed(classes)

def logits(shape, classes):
    return keras.Sequential([keras.Input(shape), keras.layers.Flatten(), keras.layers.Dense(classes)])

def scaling(shape, classes):
    return keras.Sequential([keras.Input(shape), keras.layers.Rescaling(1 / 255), build(shape, classes)])

def number(shape, classes):
    return classes

def broken(shape, classes):
    return 1 / 0
"""
SHAPE = (4, 4, 1)
PICTURES = np.arange(32, dtype=np.uint8).reshape(2, *SHAPE)


@pytest.fixture(autouse=True)
def networks(monkeypatch):
    """A module mynets in the current folder, forgotten again afterwards."""
    Path("mynets.py").write_text(NETWORKS)
    path = list(sys.path)
    yield
    sys.modules.pop("mynets", None)
    assert sys.path == path


@pytest.mark.parametrize("name", ["build", "subclassed"])
def test_the_users_network_stands_behind_the_prepared_pixels(name):
    model = build(find(f"mynets:{name}"), SHAPE, 3, trust_code=True)
    outputs = np.asarray(model(PICTURES))
    assert np.allclose(outputs.sum(axis=1), 1, atol=1e-5)
    assert [row.name for row in layer_table(model)][:2] == ["pixels", "prepare_scale"]
    assert model.count_params() == 16 * 3 + 3


def test_the_same_seed_gives_the_same_weights():
    first, again = (build(find("mynets:build"), SHAPE, 3, trust_code=True).get_weights()[0] for _ in range(2))
    assert np.array_equal(first, again)


def test_nothing_runs_without_trust():
    recipe = find("mynets:build")
    with pytest.raises(
        RecipeError, match="would run the code 'mynets:build'; expected code that you asked for yourself"
    ):
        build(recipe, SHAPE, 3)
    assert not Path("was_run").exists()


def test_a_file_may_name_code_and_is_trusted_no_more_for_it():
    Path("x.toml").write_text('[network]\nfunction = "mynets:build"\n')
    with pytest.raises(RecipeError, match="would run the code"):
        build(find("x.toml"), SHAPE, 3)
    assert not Path("was_run").exists()
    assert build(find("x.toml"), SHAPE, 3, trust_code=True)


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("mynets:biuld", "no function 'biuld' in mynets. Did you mean 'build'"),
        ("nothere:build", r"the module nothere: no module of this name; expected nothere\.py here"),
        ("mynets.inner:build", r"the module mynets\.inner: no module of this name"),
        ("mynets:number", "mynets:number: it returned a value of type int; expected a Keras model"),
        ("mynets:broken", "your code stopped with ZeroDivisionError: division by zero"),
        ("mynets:logits", "its last layer ends in linear; expected probabilities. End the network in a Softmax"),
    ],
)
def test_what_is_wrong_with_the_users_code_is_said(name, words):
    with pytest.raises(RecipeError, match=words):
        build(find(name), SHAPE, 3, trust_code=True)


def test_a_module_that_does_not_import_says_why():
    Path("halfway.py").write_text("import not_installed_anywhere")
    with pytest.raises(RecipeError, match="stopped with ModuleNotFoundError: No module named 'not_installed_anywhere'"):
        build(find("halfway:build"), SHAPE, 3, trust_code=True)


@pytest.mark.parametrize("text", ["mlp", "a/b.toml", "a.toml", "x:", ":x", "a b:c", "os.system('x')", None])
def test_only_module_and_function_is_own_code(text):
    assert not names_own_code(text)


def test_a_network_that_scales_pixels_itself_is_recognised():
    assert own_scaling(build(find("mynets:scaling"), SHAPE, 3, trust_code=True)) == "Rescaling"
    for name in ("build", "subclassed"):
        assert own_scaling(build(find(f"mynets:{name}"), SHAPE, 3, trust_code=True)) == ""
