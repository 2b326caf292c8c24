"""How batches reach the device.

A data set that fits the memory budget goes there once, as it is (uint8 pictures stay uint8: a quarter of the memory,
converted inside the compiled step). A larger one, typically mapped from a file, travels in windows of some steps: a
thread gathers the next window's rows while the current one is trained on. To a compiled program both look the same:
arrays, and for every step the numbers of its rows in them. (For several devices a window is laid out by steps, so that
each device is sent its share and no more.)
"""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any, NamedTuple

import jax
import numpy as np

from tenfold.engine.devices import ONE, Devices
from tenfold.engine.order import EpochOrder, Rows

RESIDENT_BYTES = 2 * 1024**3  # data above this is streamed
WINDOW_BYTES = 64 * 1024**2  # what one streamed window may hold

Arrays = Any  # what Keras calls (x, y, sample_weight), each an array, a structure of arrays or None


class Window(NamedTuple):
    """Some steps' worth of data, on the device."""

    first: int  # number of the first step within the epoch
    steps: int
    data: Arrays
    rows: jax.Array | None  # (steps or more, batch): which of `data` each step takes; None: `data` is (steps, batch, …)
    devices: Devices = ONE


class Feed:
    """Arrays for training or scoring, handed out as windows in the order asked for."""

    def __init__(self, arrays: Arrays, resident_bytes: int = RESIDENT_BYTES, devices: Devices = ONE) -> None:
        self.arrays = arrays
        self.devices = devices
        leaves = jax.tree.leaves(arrays)
        self.rows = len(leaves[0])
        self.row_bytes = sum(leaf.nbytes // max(1, self.rows) for leaf in leaves)
        self.resident = self.rows * self.row_bytes <= resident_bytes
        self._on_device: Arrays = devices.put(arrays) if self.resident else None

    def windows(self, order: EpochOrder, first: int = 0) -> Iterator[Window]:
        """The epoch's steps from number `first` on."""
        for start, rows in order.parts(first):
            if self.resident:
                yield Window(start, len(rows), self._on_device, self.devices.put(rows), self.devices)
            else:
                yield from self._streamed(start, rows)

    def _streamed(self, start: int, rows: Rows) -> Iterator[Window]:
        steps = max(1, WINDOW_BYTES // max(1, self.row_bytes * rows.shape[1]))
        steps = min(steps, len(rows))
        pieces = [(start + at, rows[at : at + steps]) for at in range(0, len(rows), steps)]
        with ThreadPoolExecutor(1, thread_name_prefix="tenfold-stream") as ahead:
            coming = ahead.submit(self._gather, *pieces[0], steps)
            for piece in pieces[1:]:
                window = coming.result()
                coming = ahead.submit(self._gather, *piece, steps)
                yield window
            yield coming.result()

    def _gather(self, first: int, rows: Rows, steps: int) -> Window:
        # A last window with fewer steps keeps the shape of the others, so that their program serves it too.
        batch = rows.shape[1]
        wanted = np.resize(rows, (steps, batch))
        if self.devices.mesh:
            data = jax.tree.map(lambda array: self.devices.put_steps(array, wanted), self.arrays)
            return Window(first, len(rows), data, None, self.devices)
        data = jax.tree.map(lambda array: jax.device_put(np.asarray(array[wanted.reshape(-1)])), self.arrays)
        places = jax.device_put(np.arange(steps * batch, dtype=np.int32).reshape(steps, batch))
        return Window(first, len(rows), data, places)
