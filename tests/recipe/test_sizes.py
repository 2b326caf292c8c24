"""A model's size is known before memory is taken for it."""

from __future__ import annotations

import pytest

from tenfold.backend import keras
from tenfold.errors import RecipeError
from tenfold.recipe.sizes import outline, refuse_too_large


def dense(units):
    inputs = keras.Input((1000,))
    return keras.Model(inputs, keras.layers.Dense(units)(inputs))


def test_a_huge_network_is_measured_without_its_four_terabytes():
    sizes = outline(lambda: dense(10**9))
    assert sizes.parameters == 1001 * 10**9
    assert sizes.variables == ((1000, 10**9), (10**9,))
    with pytest.raises(
        RecipeError, match=r"x: a network of 1,001,000,000,000 parameters; expected at most 250,000,000"
    ):
        refuse_too_large(sizes, "x")


def test_models_within_models_are_measured_too():
    inputs = keras.Input((1000,))
    wide = keras.Sequential([keras.layers.RepeatVector(100_000), keras.layers.GlobalMaxPooling1D()])
    sizes = outline(lambda: keras.Model(inputs, wide(inputs)))
    assert sizes.largest_output == 100_000 * 1000
    with pytest.raises(RecipeError, match="a layer that gives 100,000,000 values for one picture"):
        refuse_too_large(sizes, "x")


def test_an_ordinary_network_passes():
    refuse_too_large(outline(lambda: dense(10)), "x")
