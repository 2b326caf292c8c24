"""A named set that is small enough to invent: 60 pictures for training, 20 for testing, and every way to store it."""

from __future__ import annotations

import gzip
import struct
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from tenfold.images.named import IDX_FILES, NamedSet
from tenfold.images.stored import Array


@dataclass(frozen=True)
class Tiny:
    """The set as it is declared, and its arrays."""

    named: NamedSet
    arrays: dict[str, Array]

    def save_npz(self, path: Path) -> Path:
        path.parent.mkdir(parents=True, exist_ok=True)
        np.savez(path, **self.arrays)  # type: ignore[arg-type]  # none is called allow_pickle
        return path

    def save_idx(self, folder: Path, *, zipped: bool = True) -> Path:
        folder.mkdir(parents=True, exist_ok=True)
        for array, name in IDX_FILES.items():
            data = idx_bytes(self.arrays[array])
            (folder / (f"{name}.gz" if zipped else name)).write_bytes(gzip.compress(data) if zipped else data)
        return folder


def idx_bytes(array: Array) -> bytes:
    """An array of bytes as IDX has it."""
    return struct.pack(f">4B{array.ndim}I", 0, 0, 8, array.ndim, *array.shape) + array.astype(np.uint8).tobytes()


def pictures(count: int, seed: int = 0, side: int = 6) -> tuple[Array, Array]:
    """Random pictures, and labels 0, 1, 2, 0, 1, 2, …"""
    random = np.random.default_rng(seed)
    return random.integers(0, 256, (count, side, side), dtype=np.uint8), np.arange(count, dtype=np.uint8) % 3
