"""Every preset and every setting through the export: the program builds and compiles the very model of the recipe."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import keras
import numpy as np
import pytest
from tests.run.begun import begun

import tenfold
from tenfold.images.dataset import Dataset, Split
from tenfold.recipe.allowed import LOSSES
from tenfold.recipe.network import build
from tenfold.recipe.overrides import apply
from tenfold.recipe.presets import load_preset, names
from tenfold.recipe.recipe import Recipe
from tenfold.recipe.settings import SETTINGS
from tenfold.serve.keras_code import loss

RANDOM = np.random.default_rng(0)


def some(count: int) -> Split:
    return Split(RANDOM.integers(0, 256, (count, 28, 28, 1), np.uint8), np.arange(count, dtype=np.int64) % 10)


DATASET = Dataset("some", some(40), some(20), tuple("0123456789"))


def model_made_by(script: Path) -> keras.Model:
    """The model that the part of the program before its training makes."""
    before, training, _ = script.read_text(encoding="utf-8").partition("\n# Training\n")
    assert training
    made: dict[str, Any] = {"__file__": str(script)}
    exec(before.replace("model.summary()", ""), made)  # this is what is tested
    model = made["model"]
    assert isinstance(model, keras.Model)
    return model


def plain(config: Any) -> Any:
    """A configuration without the names that Keras counts up."""
    if isinstance(config, dict):
        return {key: plain(value) for key, value in config.items() if key not in ("name", "registered_name")}
    return [plain(item) for item in config] if isinstance(config, list | tuple) else config


def same(recipe: Recipe, theirs: keras.Model) -> None:
    ours = build(recipe, DATASET.shape, len(DATASET.classes))
    layers = [(type(layer), plain(layer.get_config())) for layer in ours.layers]
    assert layers == [(type(layer), plain(layer.get_config())) for layer in theirs.layers]
    for one, other in zip(ours.get_weights(), theirs.get_weights(), strict=True):  # dropout's seeds too
        np.testing.assert_array_equal(one, other)
    assert plain(ours.optimizer.get_config()) == plain(theirs.optimizer.get_config())
    for model in (ours, theirs):
        model.test_on_batch(DATASET.train.images[:2], targets(recipe, DATASET.train.labels[:2]))
    assert [type(each) for each in ours.metrics] == [type(each) for each in theirs.metrics]
    values = [{name: float(value) for name, value in m.get_metrics_result().items()} for m in (ours, theirs)]
    assert values[0] == pytest.approx(values[1])


def targets(recipe: Recipe, labels: Any) -> Any:
    return keras.utils.to_categorical(labels, 10) if recipe.preprocessing.labels == "one-hot" else labels


@pytest.mark.parametrize(
    "name",
    [pytest.param(name, marks=[pytest.mark.slow] * (name in ("wide", "deep"))) for name in names()],  # as mlp is
)
def test_every_preset_is_written_as_the_model_that_it_is(name: str, tmp_path: Path) -> None:
    recipe = load_preset(name)
    same(recipe, model_made_by(tenfold.export(begun(recipe, DATASET, tmp_path), data=DATASET).program))


CHANGES: dict[str, list[str]] = {
    "augmentation": ["augmentation.rotate=10", "augmentation.shift=0.1", "augmentation.zoom=0.15"],
    "mirrored, at the edges": ["augmentation.flip=both", "augmentation.rotate=7.5", "augmentation.fill=nearest"],
    "signed": ["preprocessing.scale=signed"],
    "standard, flat": ["preprocessing.scale=standard", "preprocessing.layout=flat"],
    "raw": ["preprocessing.scale=none"],
    "learning rate": ["training.optimizer=rmsprop", "training.learning_rate=0.0005"],
    "optimizer table": ['training.optimizer={ optimizer = "SGD", momentum = 0.9, nesterov = true }'],
    "schedule": ['training.schedule={ schedule = "CosineDecay", decay_steps = 100 }', "training.learning_rate=0.01"],
    "steps": [
        'training.schedule={ schedule = "PiecewiseConstantDecay", boundaries = [10, 20], values = [1.0, 0.5, 0.1] }'
    ],
    "averaged": ['training.optimizer={ optimizer = "adam", use_ema = true }'],
    "loss table": ['training.loss={ loss = "SparseCategoricalCrossentropy", ignore_class = 3 }'],
    "metrics": [
        "preprocessing.labels=one-hot",
        'training.loss={ loss = "CategoricalCrossentropy", label_smoothing = 0.1 }',
        'training.metrics=["accuracy", "precision", { metric = "AUC", num_thresholds = 50 }]',
    ],
    "layer arguments": [
        'network.layers=[{ layer = "Conv2D", filters = 4, kernel_size = [3, 5], strides = 2, kernel_initializer = '
        '{ initializer = "HeNormal" }, bias_constraint = { constraint = "MaxNorm", max_value = 2 } }, '
        '{ layer = "BatchNormalization", momentum = 0.9, name = "it\'s \\"quoted\\"" }, { layer = "Flatten" }, '
        '{ layer = "Reshape", target_shape = [624, 1] }, '
        '{ layer = "Bidirectional", wrapped = { layer = "GRU", units = 3 } }, '
        '{ layer = "Dense", units = "classes", activation = "softmax" }]'
    ],
}


LONG = {"augmentation", "mirrored, at the edges", "metrics", "layer arguments"}


@pytest.mark.parametrize(
    "changes",
    [pytest.param(each, id=name, marks=[pytest.mark.slow] * (name in LONG)) for name, each in CHANGES.items()],
)
def test_settings_are_written_as_what_they_are(changes: list[str], tmp_path: Path) -> None:
    recipe = apply(load_preset("first"), changes)
    same(recipe, model_made_by(tenfold.export(begun(recipe, DATASET, tmp_path), data=DATASET).program))


# Which part of the program says each setting; a new setting has to be given its place here, and in the program.
IN_THE_NETWORK = {"preprocessing.scale", "preprocessing.layout", "network.layers"} | {
    key for key in SETTINGS if key.startswith("augmentation.")
}
IN_COMPILE = {f"training.{name}" for name in ("loss", "optimizer", "learning_rate", "schedule", "metrics")}
IN_TRAINING = {f"training.{name}" for name in ("batch_size", "epochs", "validation", "seed")}
IN_TRAINING |= {"preprocessing.labels"} | {key for key in SETTINGS if key.startswith("early_stopping.")}
LOOKS_ON = {"training.rescore", "training.test"}  # change nothing that is trained
REFUSED = {"network.function", "network.file", "network.sha256"}


def test_every_setting_has_its_place_in_the_program() -> None:
    assert set(SETTINGS) == IN_THE_NETWORK | IN_COMPILE | IN_TRAINING | LOOKS_ON | REFUSED


@pytest.mark.parametrize("name", sorted(LOSSES))
def test_a_loss_that_is_given_as_a_word_is_the_same_loss(name: str) -> None:
    written = keras.losses.get(eval(loss(name), {"keras": keras}))  # this is what is tested
    assert getattr(written, "fn", written) is getattr(keras.losses, name)().fn
