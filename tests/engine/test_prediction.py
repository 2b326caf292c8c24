"""How many rows a model is asked about at once: read off its program, and the same program for every batch."""

from __future__ import annotations

from typing import Any

import keras
import numpy as np
import pytest
from keras import layers
from tests.engine.a_small_training import X, model

from tenfold import engine
from tenfold.engine import prediction
from tenfold.engine.prediction import CACHE_BYTES, FEWEST, MOST, even
from tenfold.engine.programs import programs_of

PICTURES = np.random.default_rng(0).integers(0, 256, (70, 12, 12, 1), "uint8")


def rows_for(*between: Any) -> int | None:
    network = keras.Sequential([keras.Input((12, 12, 1)), *between, layers.Flatten(), layers.Dense(3)])
    engine.predict(network, PICTURES)
    return programs_of(network).rows_at_once


def test_convolutions_are_asked_about_fewer_pictures_at_once() -> None:
    assert rows_for() == rows_for(layers.Rescaling(1 / 255)) == MOST
    rows = rows_for(layers.Conv2D(64, 3, padding="same"))
    assert rows == CACHE_BYTES // (12 * 12 * 64 * 4)
    assert rows_for(layers.Conv2D(1024, 5, padding="same")) == FEWEST


def test_large_weights_do_not_count() -> None:
    one_place = layers.Reshape((1, 1, 144))
    assert rows_for(one_place, layers.Conv2D(4000, 1), layers.Conv2D(2, 1)) == CACHE_BYTES // (4000 * 4)


@pytest.mark.parametrize(
    ("rows", "most", "size"), [(1, 7, 1), (7, 7, 7), (8, 7, 4), (50, 7, 7), (10_000, 2674, 2500), (359, 83, 72)]
)
def test_batches_are_equally_long(rows: int, most: int, size: int) -> None:
    assert even(rows, most) == size
    assert size <= most


def test_all_batches_are_of_one_size_and_share_a_program(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(prediction, "MOST", 16)
    network = model()
    engine.predict(network, X)  # 150 rows: nine batches of 15, and one more
    engine.predict(network, X[:149])
    assert [key[0] for key in programs_of(network)._compiled] == ["predict"]
    engine.predict(network, X, batch_size=16)
    assert len(programs_of(network)._compiled) == 3


def test_what_it_predicts_follows_the_weights() -> None:
    network = model()
    before = engine.predict(network, X[:1])
    engine.predict(network, X)
    network.layers[0].kernel.assign(0 * network.layers[0].kernel)
    after = engine.predict(network, X[:1])
    assert not np.allclose(before, after)
    np.testing.assert_allclose(network.predict(X[:1], verbose=0), after, rtol=1e-5)
    network.trainable = False
    np.testing.assert_allclose(engine.predict(network, X[:1]), after, rtol=1e-5)
