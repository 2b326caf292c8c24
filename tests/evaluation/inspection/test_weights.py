"""The spread of weights: what NumPy says of the same numbers, and something that JSON can hold of any numbers."""

from __future__ import annotations

import json

import keras
import numpy as np
import pytest

from tenfold.evaluation.inspection.layers import PREPARING, prepares
from tenfold.evaluation.inspection.weights import BINS, spread, weight_table


def test_the_numbers_are_numpys() -> None:
    weights = np.random.default_rng(0).normal(0.3, 2, (50, 40)).astype(np.float32)
    found = spread(weights)
    assert found["min"] == pytest.approx(weights.min(), rel=1e-5)
    assert found["max"] == pytest.approx(weights.max(), rel=1e-5)
    assert found["mean"] == pytest.approx(weights.mean(), rel=1e-4)
    assert found["deviation"] == pytest.approx(weights.std(), rel=1e-4)
    assert found["norm"] == pytest.approx(np.linalg.norm(weights), rel=1e-4)
    counts, _ = np.histogram(weights, BINS)
    assert sum(found["counts"]) == weights.size
    assert np.abs(np.cumsum(found["counts"]) - np.cumsum(counts)).max() <= 2, "more than an edge apart"


@pytest.mark.parametrize(
    ("weights", "counts"),
    [
        (np.zeros(7), {0: 7}),
        (np.array([0, 1, 1, 4], np.float64), {0: 1, 10: 2, 39: 1}),
        (np.array([-3e38, 3e38], np.float32), {0: 1, 39: 1}),
        (np.array([0, 1e-42], np.float32), {0: 2}),
        (np.array([1, np.nextafter(1, 2, dtype=np.float32)], np.float32), {0: 1, 39: 1}),
        (np.arange(40, dtype=np.int32), dict.fromkeys(range(40), 1)),
    ],
)
def test_counts(weights: np.ndarray, counts: dict[int, int]) -> None:
    assert {bin: count for bin, count in enumerate(spread(weights)["counts"]) if count} == counts


@pytest.mark.parametrize("weights", [[np.nan, 1, 2], [np.inf, 1, 2], [-np.inf, np.nan], [], [1e-30, 3e38]])
def test_any_numbers_are_json(weights: list[float]) -> None:
    found = spread(np.array(weights, np.float32))
    json.dumps(found, allow_nan=False)
    assert found["not_finite"] + sum(found["counts"]) == len(weights)


def test_every_layer_wherever_it_is() -> None:
    layers = keras.layers
    inner = keras.Sequential([keras.Input((12,)), layers.Dense(3, name="within")], name="inner")
    model = keras.Sequential(
        [
            keras.Input((4, 6)),
            layers.TimeDistributed(layers.Dense(3), name="each"),
            layers.Flatten(),
            inner,
            layers.BatchNormalization(name="norm"),
            layers.Dropout(0.3),
        ]
    )
    table = weight_table(model)
    names = [(row["layer"], row["weight"]) for row in table]
    assert len(set(names)) == len(names) == len(model.weights)
    assert names[-6:] == [
        *(("within", name) for name in ("kernel", "bias")),
        *(("norm", name) for name in ("gamma", "beta", "moving_mean", "moving_variance")),
    ]
    assert [row["shape"] for row in table[-6:-4]] == [[12, 3], [3]]


def test_what_prepares_pixels_is_called_as_the_recipe_calls_it() -> None:
    from tenfold.recipe.network import PIXELS, PREPARE

    assert PREPARING == (PIXELS, PREPARE)
    assert prepares(keras.layers.Rescaling(1, name="prepare_scale"))
    assert not prepares(keras.layers.Dense(1, name="dense_1"))
