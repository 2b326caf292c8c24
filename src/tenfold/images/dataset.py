"""The noun of this folder: a `Dataset`, pictures and labels that were checked once and never change again.

A `Dataset` owns its arrays (read-only), the names of its classes, its splits and where all of it came from. It does
not know how it was read (`load.py` and the readers), how it is split (`splits.py`) or how it looks (`gallery.py`).
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, field, replace
from functools import cached_property

import numpy as np
import numpy.typing as npt

from tenfold.errors import DataError
from tenfold.images.reading import Reading
from tenfold.text_table import plural

Images = npt.NDArray[np.uint8]  # (pictures, height, width, channels)
Labels = npt.NDArray[np.int64]  # (pictures,)


@dataclass(frozen=True, eq=False)
class Split:
    """Pictures and their labels, in a fixed order. `images` may be mapped from a file larger than memory."""

    images: Images
    labels: Labels

    def __post_init__(self) -> None:
        if self.images.dtype != np.uint8 or self.images.ndim != 4:
            raise DataError(
                "pictures",
                found=f"an array of {self.images.dtype} with shape {self.images.shape}",
                expected="uint8 with shape (pictures, height, width, channels)",
            )
        if len(self.images) != len(self.labels):
            raise DataError(
                "pictures and labels",
                found=f"{len(self.images)} pictures and {len(self.labels)} labels",
                expected="as many labels as pictures",
            )
        self.images.flags.writeable = False
        self.labels.flags.writeable = False

    def __len__(self) -> int:
        return len(self.labels)

    def __str__(self) -> str:
        return f"{plural(len(self), 'picture')} of {'×'.join(map(str, self.images.shape[1:]))} with their labels"

    __repr__ = __str__

    @cached_property
    def fingerprint(self) -> str:
        """SHA-256 over shape, pixels and labels, read in pieces so that a mapped file is never in memory at once."""
        digest = hashlib.sha256(repr(self.images.shape).encode())
        for start in range(0, len(self), 4096):
            digest.update(np.ascontiguousarray(self.images[start : start + 4096]).data)
        digest.update(np.ascontiguousarray(self.labels, dtype="<i8").data)
        return digest.hexdigest()


@dataclass(frozen=True)
class Loading:
    """What a dataset was loaded with, in words that mean the same from another folder and on another day."""

    what: str  # a set's name, or a path from the root
    size: int | None = None
    seed: int = 0
    test_fraction: float = 0.2
    data_dir: str | None = None  # the folder in which a named set was found


@dataclass(frozen=True, eq=False)
class Dataset:
    """Pictures for training and for testing, and what is known about them."""

    name: str
    train: Split
    test: Split
    classes: tuple[str, ...]
    validation: Split | None = None
    licence: str = "unknown"
    source: str = ""  # where these very pictures were read from, for the screen and the run
    notes: tuple[str, ...] = field(default=())  # what was left out or done on the way, one sentence each
    reading: Reading | None = None  # the files behind the pictures, where there was a file for each
    # Set by `loaded_with` alone, and not handed on by `dataclasses.replace`: what was changed is not what was loaded.
    loading: Loading | None = field(default=None, init=False)

    @property
    def splits(self) -> dict[str, Split]:
        """The splits that exist, by name, in the order train, validation, test."""
        named = {"train": self.train, "validation": self.validation, "test": self.test}
        return {name: split for name, split in named.items() if split is not None}

    @property
    def shape(self) -> tuple[int, int, int]:
        """Height, width and channels of every picture."""
        height, width, channels = self.train.images.shape[1:]
        return height, width, channels

    @cached_property
    def fingerprint(self) -> str:
        """SHA-256 over every split and the class names: two datasets with the same one hold the same pictures."""
        digest = hashlib.sha256()
        for name, split in self.splits.items():
            digest.update(f"{name} {split.fingerprint}\n".encode())
        digest.update("\0".join(self.classes).encode())
        return digest.hexdigest()

    def counts(self) -> dict[str, dict[str, int]]:
        """How many pictures each class has, split by split: `counts()["train"]["7"]`."""
        return {
            name: dict(zip(self.classes, np.bincount(split.labels, minlength=len(self.classes)).tolist(), strict=True))
            for name, split in self.splits.items()
        }

    def renamed(self, name: str) -> Dataset:
        renamed = replace(self, name=name)
        return renamed.loaded_with(self.loading) if self.loading else renamed

    def loaded_with(self, loading: Loading) -> Dataset:
        """The same, knowing how it can be loaded again."""
        known = replace(self)
        object.__setattr__(known, "loading", loading)
        return known

    def with_validation(self, fraction: float, seed: int = 0) -> Dataset:
        """The same pictures, `fraction` of the training ones held out as `validation` (see `splits.py`)."""
        from tenfold.images.splits import with_validation

        return with_validation(self, fraction, seed)

    def _repr_html_(self) -> str:
        from tenfold.images.gallery import gallery

        return gallery(self)

    def __str__(self) -> str:
        height, width, channels = self.shape
        sizes = ", ".join(f"{len(split):,} {name}" for name, split in self.splits.items())
        colour = {1: "grey", 3: "colour"}.get(channels, f"{channels} channels")
        return f"{self.name}: {sizes} pictures, {height}×{width} {colour}, {len(self.classes)} classes"

    __repr__ = __str__
