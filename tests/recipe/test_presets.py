"""The presets say what their sheets ask for."""

from __future__ import annotations

import pytest

from tenfold.errors import RecipeError
from tenfold.recipe.presets import load_preset, names, preset_text

SPARSE, ONE_HOT = ("sparse_categorical_crossentropy", "sparse"), ("categorical_crossentropy", "one-hot")


@pytest.mark.parametrize(
    ("name", "loss", "labels", "scale", "batch_size", "epochs", "validation", "seed"),
    [
        ("first", *SPARSE, "unit", 32, 5, 0.0, 0),
        ("hidden10", *SPARSE, "unit", 32, 5, 0.1, 0),
        ("wide", *ONE_HOT, "unit", 128, 5, 0.2, 0),
        ("deep", "binary_crossentropy", "one-hot", "none", 128, 5, 0.2, 0),
        ("cnn", *ONE_HOT, "unit", 128, 12, "test", 7),
        ("mlp", *ONE_HOT, "unit", 128, 20, 0.0, 0),
        ("mlp-l2", *ONE_HOT, "unit", 128, 20, 0.0, 0),
    ],
)
def test_a_preset_trains_as_its_sheet_does(name, loss, labels, scale, batch_size, epochs, validation, seed):
    recipe = load_preset(name)
    training = recipe.training
    assert (training.loss, recipe.preprocessing.labels, recipe.preprocessing.scale) == (loss, labels, scale)
    assert (training.batch_size, training.epochs, training.validation, training.seed) == (
        batch_size,
        epochs,
        validation,
        seed,
    )
    assert (training.optimizer, training.metrics) == ("adam", ("accuracy",))


@pytest.mark.parametrize("name", names())
def test_a_preset_file_says_which_sheet_it_is_from_and_what_that_reported(name):
    recipe = load_preset(name)
    assert recipe.name == name
    assert "(sheet " in recipe.about
    assert recipe.reported
    assert bool(recipe.reported_accuracy) == ("%" in recipe.reported)
    assert preset_text(name).startswith("# Sheet ")


def test_a_slip_of_the_pen_finds_the_nearest_preset():
    with pytest.raises(RecipeError, match=r"hiden10: no recipe of this name. Did you mean 'hidden10'\?"):
        load_preset("hiden10")
