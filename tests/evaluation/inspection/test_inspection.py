"""Networks that were made so that the answer is known, and what each inspection says of them."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import jax
import jax.numpy as jnp
import keras
import numpy as np
import pytest
from keras import layers

from tenfold.charts.export import spec
from tenfold.evaluation.inspection.activations import activations
from tenfold.evaluation.inspection.dead_units import dead_units
from tenfold.evaluation.inspection.filters import filters
from tenfold.evaluation.inspection.saliency import by_gradient, by_occlusion, by_occlusions, scored

SHAPE = (6, 5, 1)
RANDOM = np.random.default_rng(0)
PICTURE = RANDOM.integers(0, 256, SHAPE, dtype=np.uint8)


def chain(*more: Any, shape: tuple[int, ...] = SHAPE) -> keras.Model:
    return keras.Sequential([keras.Input(shape), *more])


def linear(activation: str | None = None) -> tuple[keras.Model, np.ndarray]:
    """Scores that are weighted sums of the pixels, and the weights (30 pixels, 3 classes)."""
    model = chain(layers.Flatten(), layers.Dense(3, activation=activation))
    kernel = RANDOM.normal(size=(30, 3)).astype(np.float32)
    model.set_weights([kernel, np.zeros(3)])
    return model, kernel


def conv() -> keras.Model:
    """Models inside models, and every kind of layer: what a recipe may make of a .keras file."""
    keras.utils.set_random_seed(1)
    inner = keras.Sequential(
        [
            keras.Input(SHAPE),
            layers.Conv2D(4, 3, activation="relu", name="conv"),
            layers.BatchNormalization(name="norm"),
            layers.MaxPooling2D(2, name="pool"),
        ]
    )
    inputs = keras.Input(SHAPE, name="pixels")
    scaled = layers.Rescaling(1 / 255, name="prepare_scale")(inputs)
    flat = layers.Flatten(name="flat")(inner(scaled))
    both = layers.Concatenate(name="both")([layers.Dense(3, name="one")(flat), layers.Dense(2, name="other")(flat)])
    dropped = layers.Dropout(0.5, name="drop")(both)
    return keras.Model(inputs, layers.Dense(3, activation="softmax", name="last")(dropped))


@pytest.fixture
def untouched() -> Iterator[list[keras.Model]]:
    """Models whose every variable and answer must be after the test what they were before."""
    watched: list[keras.Model] = [conv(), linear("softmax")[0]]
    before = [(model.predict(PICTURE[np.newaxis], verbose=0), model.get_weights()) for model in watched]
    yield watched
    for model, (answer, weights) in zip(watched, before, strict=True):
        assert np.array_equal(model.predict(PICTURE[np.newaxis], verbose=0), answer)
        assert all(np.array_equal(*pair) for pair in zip(model.get_weights(), weights, strict=True))


def test_nothing_of_a_model_is_changed(untouched: list[keras.Model]) -> None:
    for model in untouched:
        activations(model, PICTURE)
        dead_units(model, PICTURE[np.newaxis])
        filters(model, SHAPE)
        for look in (by_gradient, by_occlusion):
            look(model, PICTURE)
        with pytest.raises(RuntimeError), scored(model):
            raise RuntimeError


def test_a_dense_layers_units_are_pictures_of_the_pixels_size() -> None:
    model, kernel = linear()
    found = filters(model, SHAPE)[model.layers[-1].name]
    assert found.shape == (3, *SHAPE)
    assert np.array_equal(found[2].ravel(), kernel[:, 2])


def test_filters_of_every_convolution_and_of_no_dense_layer_that_does_not_see_pixels() -> None:
    model = chain(
        layers.Conv2D(4, (3, 2), name="conv"),
        layers.DepthwiseConv2D(2, depth_multiplier=2, padding="same", name="depth"),
        layers.Flatten(),
        layers.Dense(30, name="dense"),
        layers.Dense(3, name="last"),
    )
    found = filters(model, SHAPE)
    assert {name: pictures.shape for name, pictures in found.items()} == {"conv": (4, 3, 2, 1), "depth": (8, 2, 2, 1)}
    assert np.array_equal(found["conv"][1], np.asarray(model.get_layer("conv").kernel)[..., 1])
    assert np.array_equal(found["depth"][3, ..., 0], np.asarray(model.get_layer("depth").kernel)[..., 1, 1])


def test_activations_of_models_in_models_are_those_of_keras() -> None:
    model = conv()
    found = {each.layer: each for each in activations(model, PICTURE)}
    assert [*found] == ["prepare_scale", "conv", "norm", "pool", "flat", "one", "other", "both", "drop", "last"]
    assert [each.layer for each in found.values() if each.prepares] == ["prepare_scale"]
    assert found["conv"].values.shape == (4, 3, 4)
    assert found["prepare_scale"].values == pytest.approx(PICTURE / 255, rel=1e-6)
    assert np.array_equal(found["drop"].values, found["both"].values), "dropout was on"
    expected = model.predict(PICTURE[np.newaxis], verbose=0)[0]
    assert found["last"].values == pytest.approx(expected, rel=1e-5)


def test_a_layer_that_gives_one_number_for_all_pictures_is_left_out() -> None:
    class Mean(keras.layers.Layer):
        def call(self, x: Any) -> Any:
            return keras.ops.mean(x)

    picture = keras.Input(PICTURE.shape)
    flat = keras.layers.Flatten()(picture)
    model = keras.Model(picture, keras.layers.Dense(3, name="last")(flat) + Mean(name="mean")(flat))
    given = [each.layer for each in activations(model, PICTURE)]
    assert "last" in given
    assert "mean" not in given


def test_what_a_layer_gave_is_drawn_unit_by_unit() -> None:
    found = {each.layer: each for each in activations(conv(), PICTURE)}
    for layer, units in (("conv", 4), ("last", found["last"].values.size)):
        drawn = spec(found[layer].chart())
        assert drawn["title"]["text"] == [f"What {layer} answers"]
        (rows,) = drawn["datasets"].values()
        assert [row["title"] for row in rows] == [str(unit) for unit in range(units)]


def test_a_unit_with_a_bias_of_minus_1000_is_dead() -> None:
    model = chain(layers.Flatten(), layers.Dense(4, activation="relu", name="hidden"), layers.ReLU(), layers.Dense(3))
    kernel, bias = np.full((30, 4), 0.01), np.array([2.0, -1000.0, 1.0, -70.0])
    model.get_layer("hidden").set_weights([kernel, bias])
    pictures = np.zeros((600, *SHAPE), np.uint8)
    pictures[599] = 255  # 76.5 for a unit: the fourth fires for this one alone, in the last batch
    found = dead_units(model, pictures)
    assert found[0] == {"layer": "hidden", "units": 4, "dead": 1, "share": 0.25, "which": [1]}
    assert len(found) == 2, "the ReLU is one as well"
    assert dead_units(model, pictures[:599])[0]["which"] == [1, 3]


def test_a_filter_is_dead_if_it_fires_nowhere() -> None:
    model = chain(layers.Conv2D(3, 2, activation="relu", name="conv"), layers.Flatten(), layers.Dense(2))
    model.get_layer("conv").set_weights([np.zeros((2, 2, 1, 3)), np.array([1.0, -1.0, 0.0])])
    assert dead_units(model, PICTURE[np.newaxis]) == [
        {"layer": "conv", "units": 3, "dead": 2, "share": 2 / 3, "which": [1, 2]}
    ]


@pytest.mark.parametrize("ending", [None, "softmax", "sigmoid"])
def test_the_gradient_of_a_linear_model_is_its_weight(ending: str | None) -> None:
    """Also under a softmax that is so sure that its own gradient is nothing."""
    model, kernel = linear(ending)
    assert by_gradient(model, PICTURE, 1).ravel() == pytest.approx(kernel[:, 1], rel=1e-5)
    winning = int(np.argmax(PICTURE.ravel() @ kernel))
    assert by_gradient(model, PICTURE).ravel() == pytest.approx(kernel[:, winning], rel=1e-5)


def test_a_softmax_layer_is_taken_off_as_well() -> None:
    model, kernel = linear()
    model.add(layers.Softmax())
    assert by_gradient(model, PICTURE, 0).ravel() == pytest.approx(kernel[:, 0], rel=1e-5)
    assert by_occlusion(model, PICTURE).shape == SHAPE[:2]


def test_the_compiled_gradient_is_the_plain_one() -> None:
    model = conv()
    with scored(model) as score:
        plain = jax.grad(lambda pixels: score(pixels[jnp.newaxis])[0, 2])(jnp.asarray(PICTURE, jnp.float32))
    assert by_gradient(model, PICTURE, 2) == pytest.approx(np.asarray(plain), rel=1e-4, abs=1e-7)


def test_several_pictures_at_once_are_covered_each_on_its_own() -> None:
    model, pictures = conv(), RANDOM.integers(0, 256, (2, *SHAPE), dtype=np.uint8)
    for found, picture, label in zip(by_occlusions(model, pictures, [2, 0]), pictures, (2, 0), strict=True):
        assert np.array_equal(found, by_occlusion(model, picture, label))
    assert by_occlusions(model, pictures, finest=3)[1].shape == SHAPE[:2]


@pytest.mark.parametrize(("cover", "side"), [(1, 28), (3, 28), (None, 28), (None, 80)])
def test_covering_is_missed_most_where_the_only_pixel_is_that_says_anything(cover: int | None, side: int) -> None:
    model = chain(layers.Flatten(), layers.Dense(2, activation="softmax"), shape=(side, side, 1))
    kernel = np.zeros((side, side, 2), np.float32)
    kernel[9, 17, 1] = 1.0
    model.set_weights([kernel.reshape(-1, 2), np.zeros(2)])
    picture = np.zeros((side, side, 1), np.uint8)
    picture[9, 17] = 255
    found = by_occlusion(model, picture, cover=cover)
    assert found[9, 17] == found.max() == pytest.approx(255)
    assert (found < 255).any()
    assert found[0, 0] == found[-1, -1] == 0


def test_what_is_covered_gets_the_colour_of_the_edge() -> None:
    """On white paper it is the ink that says something; covered in black everything would."""
    model, _ = linear()
    model.set_weights([np.ones((30, 3)), np.zeros(3)])
    picture = np.full(SHAPE, 255, np.uint8)
    picture[2, 2] = 0
    found = by_occlusion(model, picture, cover=1)
    assert found[2, 2] == -255
    assert np.count_nonzero(found) == 1
