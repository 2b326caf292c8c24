"""config.json of a .keras file: every object in it is one of Keras' own, or it is refused by its name."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tenfold.backend import keras
from tenfold.errors import ModelFileError
from tenfold.recipe import allowed
from tenfold.recipe.keras_config import read_config, scales_pixels

from .hostile import layer, model

FILE = Path("x.keras")


def config(*layers):
    return json.loads(model(*layers).to_json())


def read(tree):
    return read_config(json.dumps(tree).encode(), FILE)


def refused(node, words):
    """Both as a layer and deep inside an allowed layer's arguments."""
    plain, deep = config(), config()
    plain["config"]["layers"].append(node)
    deep["config"]["layers"][1]["config"]["kernel_initializer"] = [{"a": [node]}]
    for tree in (plain, deep):
        with pytest.raises(ModelFileError, match=words):
            read(tree)


def test_an_ordinary_config_passes_without_its_compile_settings():
    inner = model()
    inner.compile("adam", keras.losses.MeanSquaredError(), [keras.metrics.AUC()])
    outer = keras.Sequential([keras.Input((4, 4, 1)), inner])
    outer.compile("sgd", "mse")
    tree = read(json.loads(outer.to_json()))
    assert "compile_config" not in json.dumps(tree)
    assert keras.saving.deserialize_keras_object(tree).count_params() == inner.count_params()


def test_every_initializer_regularizer_loss_and_optimizer_passes_as_keras_writes_it():
    for kind, home in {
        "initializer": keras.initializers,
        "regularizer": keras.regularizers,
        "constraint": keras.constraints,
        "loss": keras.losses,
        "optimizer": keras.optimizers,
    }.items():
        for name in allowed.KINDS[kind] - {"LossScaleOptimizer"}:
            tree = config()
            tree["compile_config"] = keras.saving.serialize_keras_object(getattr(home, name)())
            assert read(tree), name


def test_graphs_with_operations_pass():
    inputs = keras.Input((4,))
    x = keras.ops.relu(keras.layers.Dense(4)(inputs) + inputs)[:, :3]
    tree = read(json.loads(keras.Model(inputs, x * 2.0).to_json()))
    assert keras.saving.deserialize_keras_object(tree).count_params() == 20


@pytest.mark.parametrize(
    ("node", "words"),
    [
        (
            layer("Lambda", function={"class_name": "__lambda__", "config": {"value": "4wAA"}}),
            "a (Lambda|lambda), which is code",
        ),
        ({"class_name": "__lambda__", "config": {"value": "4wAA"}}, "a lambda, which is code and not data"),
        (layer("TorchModuleWrapper", module_data="gAS"), "a TorchModuleWrapper, which is code"),
        (layer("TFSMLayer", filepath="/tmp/x"), "a TFSMLayer, which is code"),
        (layer("JaxLayer"), "a JaxLayer, which is code"),
        (layer("StringLookup", vocabulary="/etc/passwd"), "StringLookup, which may read files of this machine"),
        (layer("TextVectorization", vocabulary="/etc/passwd"), "TextVectorization, which may read files"),
        (
            layer("system", "os"),
            r"the unknown class os\.system; .*register_keras_serializable.* or give module:function",
        ),
        (layer("eval", "builtins"), r"the unknown class builtins\.eval"),
        (layer("Popen", "subprocess"), r"the unknown class subprocess\.Popen"),
        (
            layer("MyLayer", None, "mine>MyLayer"),
            r"unknown class MyLayer \(registered as mine>MyLayer\).*import its module",
        ),
        (layer("Dense", "my.layers", "mine>Dense"), r"my\.layers\.Dense \(registered as mine>Dense\)"),
        (
            layer("Dense", "keras.layers", "mine>Dense"),
            r"unknown class keras\.layers\.Dense \(registered as mine>Dense\)",
        ),
        (layer("get_file", "keras.utils"), r"keras\.utils\.get_file, which no network for pictures needs"),
        (layer("load_model", "keras.saving"), r"keras\.saving\.load_model, which no network"),
        (layer("FileEditor", "keras.src.saving.file_editor"), "FileEditor, which no network"),
        (layer("Dense", "keras.src.layers.core.dense"), r"keras\.src\.layers\.core\.dense\.Dense, which"),
        (layer("dense", "keras.layers"), r"keras\.layers\.dense, which"),
        (layer("Conv2D", "keras"), r"keras\.Conv2D, which"),
        (
            {"class_name": "function", "module": "os", "config": "system", "registered_name": None},
            r"unknown class os\.system",
        ),
        ({"class_name": "function", "module": "os", "config": "relu"}, r"unknown class os\.relu"),
        ({"class_name": "function", "module": "builtins", "config": "eval"}, r"unknown class builtins\.eval"),
        (
            {"class_name": "function", "module": "builtins", "config": "relu", "registered_name": "mine>relu"},
            "mine>relu",
        ),
        (
            {"class_name": "function", "module": "keras.activations", "config": "deserialize"},
            r"activations\.deserialize, wh",
        ),
        ({"class_name": "function", "module": "keras.utils", "config": "get_file"}, r"keras\.utils\.get_file"),
        (
            {"class_name": "function", "module": "keras.activations", "config": {"x": 1}},
            "a function whose name is not a word",
        ),
        ({"class_name": "Dense", "config": {"units": 3}}, "'Dense' without a module, as old versions wrote it"),
        ({"class_name": "__numpy__", "config": {"value": [1], "dtype": "O"}}, "'__numpy__' without a module"),
        ({"class_name": ["Dense"], "module": "keras.layers"}, "a class whose name is not a word"),
        ({"class_name": "Dense", "module": {"x": 1}}, "a class whose name is not a word"),
        (layer("Dense", units=10**12), r"units = 1,000,000,000,000; expected at most 100,000,000"),
        (layer("LSTM", units=3, unroll=True), "unroll = 1; expected at most 0"),
        (layer("SpectralNormalization", power_iterations=10**6), "power_iterations = 1,000,000; expected at most 100"),
        (layer("Dense", units=-(10**12)), "units = -1,000,000,000,000"),
        (layer("Reshape", target_shape=[[1e300]]), r"target_shape = 1e\+300"),
        (layer("Dense", units=float("nan")), "units = nan"),
    ],
)
def test_whatever_is_not_keras_own_is_refused_wherever_it_hides(node, words):
    refused(node, words)


def test_a_loss_of_the_compile_settings_is_looked_at_too():
    tree = config()
    tree["compile_config"] = {"loss": {"class_name": "function", "module": "os", "config": "system"}}
    with pytest.raises(ModelFileError, match=r"unknown class os\.system"):
        read(tree)


def test_a_class_that_this_process_registered_passes():
    @keras.saving.register_keras_serializable("tests_config")
    class Mine(keras.layers.Layer):
        pass

    try:
        assert read(config(Mine()))
    finally:
        keras.saving.get_custom_objects().pop("tests_config>Mine")
    with pytest.raises(ModelFileError, match="registered as tests_config>Mine"):
        read(config(Mine()))


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (b"", "config.json is not JSON"),
        (b"\xff\xfe", "config.json is not JSON"),
        (b"[" * 100_000, "config.json is not JSON"),
        (b"9" * 10_000, "config.json is not JSON"),
        (b"[]", "config.json describes no model"),
        (b"{}", "config.json describes no model"),
        (
            b'{"class_name":"Sequential","module":"keras","a":' + b"[" * 200 + b"]" * 200 + b"}",
            "endless layers within layers",
        ),
        (
            b'{"class_name":"Sequential","module":"keras","a":[' + b"1," * 600_000 + b"1]}",
            "endless layers within layers",
        ),
    ],
)
def test_what_is_no_config_is_said(data, words):
    with pytest.raises(ModelFileError, match=words):
        read_config(data, FILE)


def test_whether_a_model_scales_its_own_pixels():
    assert not scales_pixels(config())
    assert scales_pixels(config(keras.layers.Rescaling(1 / 255)))
    assert scales_pixels(json.loads(keras.Sequential([keras.Input((4, 4, 1), name="pixels")]).to_json()))
