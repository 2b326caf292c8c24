"""Which pictures of a dataset are the same: looked for once, however many trainings use it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple
from weakref import WeakKeyDictionary

from tenfold.evaluation.findings.evidence import Picture
from tenfold.images.dataset import Dataset, Split
from tenfold.images.duplicates import same_pictures

SEARCHED_BYTES = 256 * 2**20  # of pictures among which equal ones are looked for: a second


class Same(NamedTuple):
    """Sets of equal pictures, and the part of each split that was searched: all of it, if it is not large."""

    groups: Sequence[Sequence[Picture]]
    searched: float


known: WeakKeyDictionary[Dataset, Same] = WeakKeyDictionary()


def same_in(dataset: Dataset) -> Same:
    """The equal pictures of a dataset, which is searched the first time."""
    found = known.get(dataset)
    if found is None:
        found = known[dataset] = equal_pictures(dataset)
    return found


def equal_pictures(dataset: Dataset, budget: int = SEARCHED_BYTES) -> Same:
    """Search every split, of a large one every so many pictures."""
    every = {name: -(-split.images.nbytes // (budget // 2)) or 1 for name, split in dataset.splits.items()}
    thinned = {
        name: Split(split.images[:: every[name]], split.labels[:: every[name]])
        for name, split in dataset.splits.items()
    }
    part = Dataset("part", thinned["train"], thinned["test"], dataset.classes, thinned.get("validation"))
    groups = []
    for group in same_pictures(part):
        pixels = thinned[group[0].split].images[group[0].index]
        blank = bool((pixels == pixels[:1, :1]).all())
        groups.append([Picture(one.split, one.index * every[one.split], one.label, blank) for one in group])
    return Same(groups, 1 / max(every.values()))
