"""How data reaches the device makes no difference to what is learned from it, not to the last bit."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import jax
import numpy as np
import pytest
from tests.engine.a_small_training import X, Y, assert_same_bits, model, state_of

from tenfold import engine
from tenfold.engine import feed
from tenfold.engine.feed import Feed
from tenfold.engine.order import Order


def trained(x: Any = X, **named: Any) -> list[np.ndarray]:
    network = model()
    engine.fit(network, x, Y, batch_size=16, epochs=2, seed=3, validation_data=(X[:40], Y[:40]), verbose=0, **named)
    return state_of(network)


@pytest.fixture(scope="module")
def resident() -> list[np.ndarray]:
    return trained()


@pytest.mark.parametrize("window", [1, 1000, pytest.param(3000, marks=pytest.mark.slow), 10**9])
def test_streamed_is_resident_bit_for_bit(
    window: int, resident: list[np.ndarray], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(feed, "WINDOW_BYTES", window)
    assert_same_bits(resident, trained(resident_bytes=0))


def test_a_file_mapped_into_memory(resident: list[np.ndarray], tmp_path: Path) -> None:
    np.save(tmp_path / "x.npy", X)
    mapped = np.load(tmp_path / "x.npy", mmap_mode="r")
    assert_same_bits(resident, trained(mapped, resident_bytes=0))


@pytest.mark.parametrize("window", [1, 700, 10**9])
@pytest.mark.parametrize("first", [0, 2, 5, 6, 7])
def test_windows_hold_the_rows_of_every_step(window: int, first: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(feed, "WINDOW_BYTES", window)
    arrays = ({"a": X[:45], "b": [np.arange(45)]}, Y[:45], None)
    order = Order(45, 7, shuffle=True, seed=1).epoch(0)
    resident, streamed = (steps_of(Feed(arrays, limit), order, first) for limit in (10**9, 0))
    assert resident.keys() == streamed.keys() == set(range(first, 7))
    for step, batch in resident.items():
        same = jax.tree.map(np.array_equal, batch, streamed[step])
        assert jax.tree.all(same), step
        rows = order.full[step] if step < 6 else order.short[0]
        assert batch[0]["b"][0].tolist() == rows.tolist()


def steps_of(given: Feed, order: Any, first: int) -> dict[int, Any]:
    """What every step would see, by its number in the epoch."""
    seen: dict[int, Any] = {}
    for window in given.windows(order, first):
        for step in range(window.steps):
            rows = np.asarray(window.rows)[step]
            seen[window.first + step] = jax.tree.map(lambda array, rows=rows: np.asarray(array)[rows], window.data)
    return seen


def test_pictures_stay_bytes_on_the_device() -> None:
    pictures = np.zeros((8, 28, 28, 1), "uint8")
    window = next(Feed((pictures,)).windows(Order(8, 4, shuffle=False).epoch(0)))
    assert window.data[0].dtype == np.uint8


def test_streaming_holds_a_window_or_two_and_never_everything(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(feed, "WINDOW_BYTES", 16 * 2 * X.itemsize * 4)
    for window in Feed((X,), resident_bytes=0).windows(Order(150, 16, shuffle=True, seed=1).epoch(0)):
        assert len(window.data[0]) <= 2 * 16


class Gone:
    """An array whose file went away after training began."""

    def __getitem__(self, rows: Any) -> Any:
        raise OSError("the disk is gone")


def test_a_file_that_goes_away_is_an_error_and_not_a_wait() -> None:
    given = Feed((np.zeros((20, 2)),), resident_bytes=0)
    given.arrays = (Gone(),)
    with pytest.raises(OSError, match="the disk is gone"):
        list(given.windows(Order(20, 5, shuffle=False).epoch(0)))
