"""Which pictures of a dataset are exactly the same, within a split and, worse, across splits.

Two pictures are the same when every pixel is, as the network sees them: after they were brought to one size. This
module owns the search, by a short hash of each picture, reading a mapped dataset in pieces; what a duplicate means for
the result is told by `audit.py`.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass

from tenfold.images.dataset import Dataset, Split

PIECE = 4096  # pictures in memory at a time


@dataclass(frozen=True)
class Place:
    """One picture of a dataset: its split, its place there, its label, and the file it came from where there is one."""

    split: str
    index: int
    label: int
    name: str | None

    def __str__(self) -> str:
        return self.name or f"{self.split} picture {self.index}"


def same_pictures(dataset: Dataset) -> list[tuple[Place, ...]]:
    """Every set of two or more pictures that are the same, in the order in which the first of each is met."""
    places: dict[bytes, tuple[str, int]] = {}
    groups: dict[bytes, list[tuple[str, int]]] = {}
    for name, split in dataset.splits.items():
        for index, digest in enumerate(digests(split)):
            first = places.setdefault(digest, (name, index))
            if first != (name, index):
                groups.setdefault(digest, [first]).append((name, index))
    return [tuple(place(dataset, *one) for one in group) for group in groups.values()]


def digests(split: Split) -> Iterator[bytes]:
    """A hash of each picture; 128 bits, so that two different ones never share it by chance."""
    for start in range(0, len(split), PIECE):
        for picture in split.images[start : start + PIECE]:
            yield hashlib.blake2b(picture.tobytes(), digest_size=16).digest()


def place(dataset: Dataset, split: str, index: int) -> Place:
    """A picture by split and index, with its file where the reading still matches the split."""
    part = dataset.splits[split]
    names = dataset.reading.names.get(split, ()) if dataset.reading else ()
    name = names[index] if len(names) == len(part) else None
    return Place(split, index, int(part.labels[index]), name)
