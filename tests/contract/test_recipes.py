"""Every preset through one suite: its size, its digest, its TOML, its probabilities, its .keras file."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from tenfold.recipe.find import find
from tenfold.recipe.keras_file import load_keras
from tenfold.recipe.network import build, layer_table
from tenfold.recipe.overrides import apply
from tenfold.recipe.presets import load_preset, names
from tenfold.recipe.recipe import Recipe
from tenfold.recipe.toml import from_toml, to_toml
from tenfold.recipe.training import callbacks, labels_for

SHAPE, CLASSES = (28, 28, 1), 10
RANDOM = np.random.default_rng(0)
INK = RANDOM.random((4, *SHAPE)) < 0.1  # mostly black, as handwriting is
PICTURES = (RANDOM.integers(0, 256, (4, *SHAPE)) * INK).astype(np.uint8)


@dataclass(frozen=True)
class Sheet:
    """What a lab sheet says of a network, and the digest that says the recipe has not changed since."""

    parameters: int
    arithmetic: tuple[str, ...]  # of the layers that have parameters
    digest: str


SHEETS = {
    "first": Sheet(
        101_770,
        ("784×128+128 = 100,480", "128×10+10 = 1,290"),
        "dd71d39713b65415620da716181ece85b8b2d4c9287def48b45e480fc75f6a51",
    ),
    "hidden10": Sheet(
        7_960,
        ("784×10+10 = 7,850", "10×10+10 = 110"),
        "2f4b8876987207127bdb2c778da0d6fed8c9eb55878568bb34b08c9197e36ca1",
    ),
    "wide": Sheet(
        717_210,
        ("784×784+784 = 615,440", "784×128+128 = 100,480", "128×10+10 = 1,290"),
        "f19b7cca6de685029a01ad23038514ee10397a923cc2af887ff10025cdf3fe63",
    ),
    "deep": Sheet(
        223_978,
        (
            "784×256+256 = 200,960",
            "256×64+64 = 16,448",
            "64×64+64 = 4,160",
            "64×32+32 = 2,080",
            "32×10+10 = 330",
        ),
        "bfa0670d21b598f0d8e8b71620b2c8a4e86d0ccb9c470f4883d88641bd72f668",
    ),
    "cnn": Sheet(
        3_156_098,
        (
            "5×5×1×32+32 = 832",
            "2×2×32×64+64 = 8,256",
            "3136×1000+1000 = 3,137,000",
            "1000×10+10 = 10,010",
        ),
        "18916df31ba5a068d863c616b805cc9da15d9cefaf3998facd959da7be1e80f8",
    ),
    "mlp": Sheet(
        269_322,
        ("784×256+256 = 200,960", "256×256+256 = 65,792", "256×10+10 = 2,570"),
        "4eb938af89f6076ab6221c640efd144e7d5413f1d984774d002166ccc692fde2",
    ),
    "mlp-l2": Sheet(
        269_322,
        ("784×256+256 = 200,960", "256×256+256 = 65,792", "256×10+10 = 2,570"),
        "8ed16d62de5bb7b2e2bef0ee263b0288804e3fa4f86ad758c3f48e1baaf570df",
    ),
}


def test_every_preset_is_in_this_suite():
    assert tuple(SHEETS) == names()


@dataclass(frozen=True)
class Case:
    recipe: Recipe
    sheet: Sheet
    model: Any


@pytest.fixture(params=names(), scope="module")
def case(request: pytest.FixtureRequest) -> Case:
    recipe = load_preset(request.param)
    return Case(recipe, SHEETS[request.param], build(recipe, SHAPE, CLASSES))


def test_the_parameters_are_the_sheets(case):
    rows = layer_table(case.model)
    assert case.model.count_params() == case.sheet.parameters
    assert tuple(row.arithmetic for row in rows if row.arithmetic) == case.sheet.arithmetic
    assert sum(row.parameters for row in rows if not row.preprocessing) == case.sheet.parameters


def test_the_digest_is_the_one_that_runs_have_recorded(case):
    assert case.recipe.digest == case.sheet.digest


def test_toml_gives_the_same_recipe_back(case):
    again = from_toml(to_toml(case.recipe))
    assert again == case.recipe
    assert again.digest == case.recipe.digest


def test_raw_pictures_become_probabilities(case):
    outputs = np.asarray(case.model(PICTURES))
    assert outputs.shape == (4, CLASSES)
    assert outputs.min() >= 0
    assert np.allclose(outputs.sum(axis=1), 1, atol=1e-5)


def test_the_same_seed_gives_the_same_weights_and_another_seed_others(case):
    again = build(case.recipe, SHAPE, CLASSES)
    other = build(apply(case.recipe, ["training.seed=1234"]), SHAPE, CLASSES)
    weights = case.model.get_weights()
    assert all(map(np.array_equal, weights, again.get_weights()))
    assert not np.array_equal(weights[0], other.get_weights()[0])


def test_a_step_of_training_lowers_what_is_trained(case):
    model = build(case.recipe, SHAPE, CLASSES)
    targets = labels_for(case.recipe, np.arange(4), CLASSES)
    losses = [float(np.ravel(model.train_on_batch(PICTURES, targets))[0]) for _ in range(8)]
    assert np.isfinite(losses).all()
    assert losses[-1] < losses[0]
    assert callbacks(case.recipe) == []


def test_a_saved_model_loads_back_through_the_untrusted_door(case, tmp_path):
    path = tmp_path / "model.keras"
    case.model.save(path)
    expected = np.asarray(case.model(PICTURES))
    assert np.array_equal(load_keras(path)(PICTURES), expected)
    found = find(Path(path))
    assert np.array_equal(build(found, SHAPE, CLASSES)(PICTURES), expected)
