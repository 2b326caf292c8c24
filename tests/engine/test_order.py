"""The batches of every epoch: each row once a pass, Keras' own draws without a seed, a pure function with one."""

from __future__ import annotations

import warnings
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as some
from keras.src.backend.jax.trainer import JAXEpochIterator

from tenfold.engine.order import Order, Shuffle

SIZES = {
    "rows": some.integers(1, 60),
    "batch_size": some.integers(1, 70),
    "shuffle": some.sampled_from([True, False, "batch"]),
    "steps": some.none() | some.integers(1, 20),
}


def order(rows: int, batch_size: int, shuffle: Shuffle, steps: int | None, **more: Any) -> Order:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # more steps than batches: tests/equivalence/test_arguments.py
        return Order(rows, batch_size, shuffle=shuffle, steps_per_epoch=steps, **more)


def batches_of(order: Order, epoch: int, first: int = 0) -> list[list[int]]:
    return [batch.tolist() for _, rows in order.epoch(epoch).parts(first) for batch in rows]


@given(**SIZES, seed=some.none() | some.integers(0, 2**100))
@settings(deadline=None)
def test_every_pass_takes_every_row_once(rows: int, batch_size: int, shuffle: Any, steps: Any, seed: Any) -> None:
    one = order(rows, batch_size, shuffle, steps, seed=seed)
    epochs_a_pass = -(-one.batches // one.steps)
    for number in range(2):
        epochs = range(number * epochs_a_pass, (number + 1) * epochs_a_pass)
        taken = [row for epoch in epochs for batch in batches_of(one, epoch) for row in batch]
        assert all(one.steps_in(epoch) == one.epoch(epoch).steps for epoch in epochs)
        assert sorted(taken) == list(range(rows))
    if not shuffle:
        assert taken == list(range(rows))


@given(**SIZES, seed=some.integers(0, 2**100), epoch=some.integers(0, 30))
@settings(deadline=None)
def test_with_a_seed_an_epoch_needs_no_history(
    rows: int, batch_size: int, shuffle: Any, steps: Any, seed: int, epoch: int
) -> None:
    after_others = order(rows, batch_size, shuffle, steps, seed=seed)
    for earlier in range(epoch):
        after_others.epoch(earlier)
    np.random.random()
    at_once = order(rows, batch_size, shuffle, steps, seed=seed, first_epoch=epoch)
    assert batches_of(at_once, epoch) == batches_of(after_others, epoch)


@given(**SIZES, first=some.integers(0, 70))
@settings(deadline=None)
def test_an_epoch_can_be_entered_at_any_step(rows: int, batch_size: int, shuffle: Any, steps: Any, first: int) -> None:
    one = order(rows, batch_size, shuffle, steps, seed=3)
    assert batches_of(one, 1, first) == batches_of(one, 1)[first:]
    starts = [start for start, _ in one.epoch(1).parts(first)]
    assert starts[:1] == [first][: one.epoch(1).steps > first]


@given(**SIZES, epochs=some.integers(1, 5))
@settings(deadline=None, max_examples=60)
def test_without_a_seed_it_is_what_keras_draws(
    rows: int, batch_size: int, shuffle: Any, steps: Any, epochs: int
) -> None:
    np.random.seed(5)
    ours = order(rows, batch_size, shuffle, steps)
    # A pass that several epochs share is drawn at once here and batch by batch there: the same draws all the same.
    drawn = [batches_of(ours, epoch) for epoch in range(epochs)]
    np.random.seed(5)
    iterator = JAXEpochIterator(
        np.arange(rows), batch_size=batch_size, shuffle=shuffle, steps_per_epoch=steps, steps_per_execution=1
    )
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        iterator.reset()
        theirs = [[next(batches).tolist() for _, _, batches in iterator] for _ in range(epochs)]
    assert drawn == theirs


@pytest.mark.parametrize("shuffle", [True, "batch"])
def test_passes_have_nothing_to_do_with_one_another(shuffle: Shuffle) -> None:
    """Were the streams of two passes to overlap, many rows would move by the same distance from one to the next."""
    one = order(4000, 1000, shuffle, None, seed=1)
    places = [np.argsort(np.concatenate(one.epoch(epoch).full)) for epoch in range(3)]
    for before, after in [(0, 1), (1, 2), (0, 2)]:
        _, counts = np.unique(places[after] - places[before], return_counts=True)
        assert counts.max() < 20


def test_other_seeds_are_other_orders() -> None:
    first, second = (batches_of(order(50, 10, True, None, seed=seed), 0) for seed in (1, 2))
    assert first != second
