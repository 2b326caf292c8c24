"""How data reaches the device makes no difference to what is learned from it, not to the last bit."""

from __future__ import annotations

import itertools
import subprocess
import sys
import tracemalloc
from pathlib import Path
from typing import Any

import jax
import keras
import ml_dtypes
import numpy as np
import pytest
from tests.engine.a_small_training import X, Y, assert_same_bits, model, state_of

from tenfold import engine
from tenfold.engine import feed
from tenfold.engine.feed import Feed
from tenfold.engine.order import Order

pytestmark = pytest.mark.optimised  # bits are compared


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
            rows = step if window.rows is None else np.asarray(window.rows)[step]
            seen[window.first + step] = jax.tree.map(lambda array, rows=rows: np.array(array)[rows], window.data)
    return seen


def test_pictures_stay_bytes_on_the_device() -> None:
    pictures = np.zeros((8, 28, 28, 1), "uint8")
    window = next(Feed((pictures,)).windows(Order(8, 4, shuffle=False).epoch(0)))
    assert window.data[0].dtype == np.uint8


@pytest.mark.parametrize("offset", [0, 4])
def test_resident_data_are_those_that_fit_was_called_with(offset: int) -> None:
    memory = feed.aligned(X.nbytes + offset)
    mine = memory[offset:].view("float32").reshape(X.shape)  # JAX takes over aligned memory, and copies any other
    mine[...] = X
    overwrite = keras.callbacks.LambdaCallback(on_epoch_begin=lambda epoch, logs: mine.fill(7))
    assert_same_bits(trained(), trained(mine, callbacks=[overwrite]))


def test_streaming_holds_a_window_or_two_and_never_everything(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(feed, "WINDOW_BYTES", 16 * 2 * X.itemsize * 4)
    for window in Feed((X,), resident_bytes=0).windows(Order(150, 16, shuffle=True, seed=1).epoch(0)):
        assert window.data[0].shape[:2] in ((2, 16), (1, 6))


def test_windows_take_turns_in_two_places_over_all_epochs(monkeypatch: pytest.MonkeyPatch) -> None:
    """So memory stays what it is, and a window is whole while the next one is gathered."""
    monkeypatch.setattr(feed, "WINDOW_BYTES", 16 * 2 * X.itemsize * 4)
    given, order = Feed((X,), resident_bytes=0), Order(150, 16, shuffle=True, seed=1)
    windows = (window.data for epoch in range(4) for window in given.windows(order.epoch(epoch)))
    places = [data[0].unsafe_buffer_pointer() for data in windows]
    assert len(places) == 4 * 6
    assert len(set(places)) == 2
    assert all(one != other for one, other in itertools.pairwise(places))


@pytest.mark.parametrize(
    "array",
    [
        np.asfortranarray(X[:40]),
        X[39::-1],
        X[:80:2],
        X[:40].astype(ml_dtypes.bfloat16),
        X[:40] > 0,
        np.arange(40, dtype="uint8"),
        jax.numpy.arange(40),
        X[:40].reshape(40, 2, 1, 2),
    ],
    ids=["by columns", "backwards", "every other", "bfloat16", "booleans", "of rank one", "of JAX", "pictures"],
)
def test_arrays_of_every_kind_are_gathered(array: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(feed, "WINDOW_BYTES", 100)
    order = Order(40, 7, shuffle=True, seed=1).epoch(0)
    for step, (batch,) in steps_of(Feed((array,), resident_bytes=0), order, 0).items():
        rows = order.full[step] if step < 5 else order.short[0]
        assert batch.dtype == array.dtype
        np.testing.assert_array_equal(batch, np.asarray(array)[rows])


def test_an_array_that_does_not_lie_in_one_piece_is_not_copied_to_gather_a_few_rows() -> None:
    array = np.zeros((1000, 4000), "uint8")[:, ::2]
    into = np.empty((3, 2000), "uint8")
    tracemalloc.start()
    feed.gather(array, np.array([5, 1, 7], np.int32), into)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert peak < 100_000


FLAT = r"""
import re, sys, numpy as np
from pathlib import Path
from tenfold import engine
from tenfold.backend import keras
x = np.load(sys.argv[1], mmap_mode="r")
model = keras.Sequential([keras.Input(x.shape[1:]), keras.layers.Flatten(), keras.layers.Dense(2, "softmax")])
model.compile("sgd", "sparse_categorical_crossentropy")
def look(epoch, logs):  # memory of the process's own, without the pages of the file
    print(re.search(r"RssAnon:\s+(\d+) kB", Path("/proc/self/status").read_text())[1])
callbacks = [keras.callbacks.LambdaCallback(on_epoch_end=look)]
engine.fit(model, x, np.arange(len(x)) % 2, epochs=6, verbose=0, callbacks=callbacks, resident_bytes=0)
"""


@pytest.mark.slow
@pytest.mark.skipif(sys.platform != "linux", reason="asks Linux for the memory of a process")
def test_memory_stays_the_same_over_epochs(tmp_path: Path) -> None:
    np.save(tmp_path / "x.npy", np.zeros((160_000, 28, 28), "uint8"))  # 120 MiB
    command = [sys.executable, "-c", FLAT, str(tmp_path / "x.npy")]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    memory = [int(line) / 1024 for line in done.stdout.split()]  # MiB after each epoch
    assert len(memory) == 6
    assert max(memory[1:]) < memory[0] + 15  # a window is 16


class Gone:
    """An array whose file went away after training began."""

    shape, dtype = (20, 2), np.dtype(float)

    def __getitem__(self, rows: Any) -> Any:
        raise OSError("the disk is gone")


def test_a_file_that_goes_away_is_an_error_and_not_a_wait() -> None:
    given = Feed((np.zeros((20, 2)),), resident_bytes=0)
    given.arrays = (Gone(),)
    with pytest.raises(OSError, match="the disk is gone"):
        list(given.windows(Order(20, 5, shuffle=False).epoch(0)))
