"""How batches reach the device.

A data set that fits the memory budget goes there once, as it is then (uint8 pictures stay uint8: a quarter of the
memory, converted inside the compiled step). A larger one, typically mapped from a file, travels in windows of some
steps: a thread gathers the next window's rows while the current one is trained on. There are two places in memory that
windows are gathered into, in turn and over all epochs: taking new memory for each would cost more than gathering. So a
window is good until the one after it is asked for, by which time every program that reads it must be done.

To a compiled program a step is then either the numbers of its rows, or the step's own rows as they lie in the window.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any, NamedTuple

import jax
import numpy as np
import numpy.typing as npt

from tenfold.engine.devices import ONE, Devices
from tenfold.engine.order import EpochOrder, Rows

RESIDENT_BYTES = 2 * 1024**3  # data above this is streamed
WINDOW_BYTES = 16 * 1024**2  # what one streamed window may hold; two are held
ALIGNED = 64  # bytes: JAX takes over memory that begins at a multiple of this, and copies any other

Arrays = Any  # what Keras calls (x, y, sample_weight), each an array, a structure of arrays or None


class Window(NamedTuple):
    """Some steps' worth of data, on the device."""

    first: int  # number of the first step within the epoch
    steps: int
    data: Arrays
    # (steps, batch): which rows of `data` each step takes; None: `data` is (steps or more, batch, …)
    rows: jax.Array | None
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
        self._on_device: Arrays = devices.put(jax.tree.map(kept, arrays)) if self.resident else None
        self._places = [Place(), Place()]

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
        if self.devices.mesh:
            wanted = np.resize(rows, (steps, rows.shape[1]))
            data = jax.tree.map(lambda array: self.devices.put_steps(array, wanted), self.arrays)
            return Window(first, len(rows), data, None, self.devices)
        self._places.reverse()
        leaves, structure = jax.tree.flatten(self.arrays)
        on_device = []
        for number, leaf in enumerate(leaves):
            window = self._places[0].array(number, (steps, rows.shape[1], *leaf.shape[1:]), leaf.dtype)
            gather(leaf, rows, window[: len(rows)])
            on_device.append(jax.device_put(window))
        return Window(first, len(rows), jax.tree.unflatten(structure, on_device), None)


class Place:
    """Memory for one window after another: a piece for each of its arrays, as large as the largest so far."""

    def __init__(self) -> None:
        self._pieces: dict[int, npt.NDArray[np.uint8]] = {}

    def array(self, number: int, shape: tuple[int, ...], dtype: np.dtype[Any]) -> npt.NDArray[Any]:
        """The piece of this number as an array; what it held before is still in it."""
        size = math.prod(shape) * dtype.itemsize
        if number not in self._pieces or len(self._pieces[number]) < size:
            self._pieces[number] = aligned(size)
        return self._pieces[number][:size].view(dtype).reshape(shape)


def kept(array: Any) -> Any:
    """The array as it is now, whatever its owner writes into it later.

    JAX would take over memory that happens to be aligned, and copy any other: an owner's writes would be seen or not.
    """
    if not isinstance(array, np.ndarray) or not array.flags.writeable:
        return array
    own = aligned(array.nbytes).view(array.dtype).reshape(array.shape)
    own[...] = array
    return own


def aligned(size: int) -> npt.NDArray[np.uint8]:
    """This many bytes, beginning where JAX takes them over without a copy."""
    memory = np.empty(size + ALIGNED, np.uint8)
    first = -memory.ctypes.data % ALIGNED
    return memory[first : first + size]


def gather(array: Any, rows: Rows, into: npt.NDArray[Any]) -> None:
    """`into[...] = array[rows]`, twice as fast where the rows lie one after the other."""
    if isinstance(array, np.ndarray) and array.flags.c_contiguous:
        np.take(array, rows, axis=0, out=into, mode="clip")  # no row is out of bounds; "raise" would gather twice
    else:
        into[...] = array[rows]
