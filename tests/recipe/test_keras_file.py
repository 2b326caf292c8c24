"""A .keras file from elsewhere: honest ones give their model back, hostile ones run nothing and take nothing."""

from __future__ import annotations

import zipfile
from pathlib import Path

import h5py
import numpy as np
import pytest

from tenfold.backend import keras
from tenfold.errors import ModelFileError, RecipeError
from tenfold.recipe.find import find
from tenfold.recipe.keras_file import load_keras
from tenfold.recipe.network import build

from .hostile import SHAPE, inserting, layer, model, rewritten, saved

PICTURES = np.random.default_rng(0).integers(0, 256, (3, *SHAPE), dtype=np.uint8)


@pytest.fixture
def path(tmp_path):
    return tmp_path / "x.keras"


def test_an_honest_file_gives_its_model_back_uncompiled(path):
    made = model(keras.layers.BatchNormalization(), keras.layers.Dropout(0.5))
    made.compile("adam", "mse")
    made.fit(PICTURES / 255, np.eye(3), verbose=0)
    made.save(path)
    loaded = load_keras(path)
    assert np.array_equal(made(PICTURES), loaded(PICTURES))
    assert not loaded.compiled


def test_a_graph_with_joins_and_shared_layers_is_given_back(path):
    inputs = keras.Input(SHAPE)
    dense = keras.layers.Dense(3)
    flat = keras.layers.Flatten()(inputs)
    joined = keras.layers.Concatenate()([dense(flat), dense(keras.layers.Dropout(0.1)(flat) * 2.0)])
    made = keras.Model(inputs, keras.layers.Softmax()(joined))
    made.save(path)
    assert np.array_equal(made(PICTURES), load_keras(path)(PICTURES))


def test_lambda_code_is_refused_and_never_runs(path):
    saved(path, keras.layers.Lambda(lambda x: (Path("was_run").touch(), x)[1], output_shape=SHAPE))
    with pytest.raises(ModelFileError, match="a Lambda, which is code and not data"):
        load_keras(path)
    assert not Path("was_run").exists()


@pytest.mark.parametrize(
    ("node", "words"),
    [
        (layer("system", "os", command="mkdir was_run"), r"the unknown class os\.system"),
        (layer("eval", "builtins", source="open('was_run', 'w')"), r"the unknown class builtins\.eval"),
        (layer("Dense", units=10**11), "units = 100,000,000,000; expected at most"),
        (layer("GaussianNoise", stddev=-1), "a network that Keras cannot build"),
        (layer("Dense", units="many"), "a network that Keras cannot build"),
        (layer("Dense"), "a network that Keras cannot build"),
        (
            layer("Conv2D", filters=90_000_000, kernel_size=[90_000_000, 90_000_000]),
            "a network (of|that Keras cannot build)",
        ),
    ],
)
def test_hostile_layers_are_refused_before_they_are_built(path, node, words):
    rewritten(saved(path), config=inserting(node))
    with pytest.raises(ModelFileError, match=words):
        load_keras(path)
    assert not Path("was_run").exists()


def wide(tree):
    tree["config"]["layers"][-1]["config"]["units"] = 90_000_000


def many(tree):
    large, small = layer("UpSampling2D", size=[10_000, 10_000]), layer("MaxPooling2D", pool_size=[10_000, 10_000])
    small["config"]["name"] = "small"
    tree["config"]["layers"][1:1] = [large, small]


@pytest.mark.parametrize(
    ("config", "words"),
    [
        (wide, "a network of 1,530,000,000 parameters; expected at most 250,000,000"),
        (many, "a layer that gives 1,600,000,000 values for one picture; expected at most 67,108,864"),
    ],
)
def test_a_huge_network_is_refused_before_memory_is_taken(path, config, words):
    rewritten(saved(path), config=config)
    with pytest.raises(ModelFileError, match=words):
        load_keras(path)


def test_a_custom_layer_is_read_once_it_is_registered(path):
    @keras.saving.register_keras_serializable("tests_file")
    class Doubling(keras.layers.Layer):
        def call(self, x):
            return x * 2

    made = model(Doubling())
    made.save(path)
    try:
        assert np.array_equal(made(PICTURES), load_keras(path)(PICTURES))
    finally:
        keras.saving.get_custom_objects().pop("tests_file>Doubling")
    words = "the unknown class .*Doubling.*register_keras_serializable.*module:function"
    with pytest.raises(ModelFileError, match=words):
        load_keras(path)


def test_members_that_would_escape_are_never_written(path, tmp_path):
    rewritten(saved(path), extra={"../evil.txt": b"evil"})
    with pytest.raises(ModelFileError, match="which would escape the folder"):
        load_keras(path)
    assert not list(tmp_path.parent.rglob("evil.txt"))


def test_weights_that_expand_beyond_the_network_are_stopped(path):
    bomb = b"\x89HDF\r\n\x1a\n" + bytes(200_000_000)
    rewritten(saved(path), without=("model.weights.h5",), extra={"model.weights.h5": bomb}, method=zipfile.ZIP_DEFLATED)
    assert path.stat().st_size < 1_000_000
    with pytest.raises(ModelFileError, match=r"model\.weights\.h5 inside it unpacks to more than 16,780,480 bytes"):
        load_keras(path)


def test_weights_that_link_to_another_file_are_refused_and_it_is_not_read(path, tmp_path):
    secret = tmp_path / "passwd.h5"
    with h5py.File(secret, "w") as file:
        file["kernel"] = np.full((16, 3), 42.0, "float32")

    def link(file):
        del file["layers/dense/vars/0"]
        file["layers/dense/vars/0"] = h5py.ExternalLink(str(secret), "/kernel")

    rewritten(saved(path), weights=link)
    with pytest.raises(ModelFileError, match="an external link at /layers/dense/vars/0"):
        load_keras(path)


def test_weights_of_another_network_are_refused(path, tmp_path):
    other = saved(tmp_path / "other.keras", keras.layers.Flatten(), keras.layers.Dense(5))
    with zipfile.ZipFile(other) as archive:
        weights = archive.read("model.weights.h5")
    rewritten(saved(path), without=("model.weights.h5",), extra={"model.weights.h5": weights})
    with pytest.raises(ModelFileError, match=r"has the shape .*its two halves do not belong together"):
        load_keras(path)


def test_missing_and_misplaced_weights_are_refused(path):
    def swap(file):
        file.move("layers/dense/vars/0", "layers/dense/vars/2")
        file.move("layers/dense/vars/1", "layers/dense/vars/0")
        file.move("layers/dense/vars/2", "layers/dense/vars/1")

    for change in (swap, lambda file: file.__delitem__("layers/dense")):
        rewritten(saved(path), weights=change)
        with pytest.raises(ModelFileError, match="weights that do not fit its network"):
            load_keras(path)


def test_a_layer_in_place_of_a_model_is_refused(path):
    rewritten(saved(path), config=lambda tree: layer("Dense", units=3))
    with pytest.raises(ModelFileError, match="no model, or one without a known input"):
        load_keras(path)


def test_a_file_that_changed_since_the_recipe_was_made_is_refused(path):
    recipe = find(saved(path))
    saved(path)
    with pytest.raises(ModelFileError, match=r"other contents than when the recipe was made.*Put that file back"):
        build(recipe, SHAPE, 3)


def test_as_a_network_it_goes_on_from_its_weights_behind_the_scaling_it_needs(path):
    made = model()
    made.save(path)
    recipe = find(path)
    assert recipe.preprocessing.scale == "unit"
    built = build(recipe, SHAPE, 3)
    assert np.allclose(built(PICTURES), made(PICTURES / 255), atol=1e-6)


def test_as_a_network_it_is_given_pixels_in_the_shape_it_wants(path):
    flat = keras.Sequential([keras.Input((16,)), keras.layers.Dense(3, activation="softmax")])
    flat.save(path)
    assert np.allclose(build(find(path), SHAPE, 3)(PICTURES), flat(PICTURES.reshape(3, 16) / 255), atol=1e-6)


def test_a_file_for_other_pictures_or_classes_is_refused_in_words(path):
    recipe = find(saved(path))
    with pytest.raises(RecipeError, match=r"it cannot follow what gives \(5, 5, 1\)"):
        build(recipe, (5, 5, 1), 3)
    with pytest.raises(RecipeError, match=r"it ends in \(3,\); expected \(4,\).*Use pictures in as many"):
        build(recipe, SHAPE, 4)
