"""From a listing of picture files to a `Dataset`: classes and splits are told, pictures decoded, the unreadable named.

Folders and archives both end here. Pictures are brought to one size, 28 × 28 unless another is asked for: the size of
MNIST, which every preset recipe is made for. An unreadable picture is left out and told; a class of which nothing can
be read is an error. Without a test split of its own, one is drawn from all pictures, stratified and seeded, and never
the last ones.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from typing import TypedDict

import numpy as np

from tenfold.errors import DataError
from tenfold.images.assemble import Say, ignore
from tenfold.images.dataset import Dataset, Split
from tenfold.images.layout import Labelled, Layout, layout_of
from tenfold.images.limits import LIMITS, Limits
from tenfold.images.listing import Listing, some
from tenfold.images.pixels import MEMORY
from tenfold.images.reading import OwnSize, Reading, Unreadable
from tenfold.images.splits import stratified
from tenfold.images.streaming import Decoded, decoded
from tenfold.text_table import percent

SIDE = 28
MANY = 5000  # pictures take some seconds, and silence would worry


class HowRead(TypedDict, total=False):
    """What the readers of folders and archives may be told, and hand on to `collected`, which has the defaults."""

    size: int | None
    seed: int
    test_fraction: float
    budget: int
    limits: Limits
    say: Say


def collected(
    listing: Listing,
    *,
    name: str,
    size: int | None = None,
    seed: int = 0,
    test_fraction: float = 0.2,
    budget: int = MEMORY,
    limits: Limits = LIMITS,
    say: Say = ignore,
) -> Dataset:
    """The pictures of a listing as a dataset. More than `budget` bytes of pixels are mapped from the cache."""
    side = SIDE if size is None else size
    check_side(side, limits)
    layout = layout_of(listing)
    splits, drawn = with_test(layout, test_fraction, seed)
    chosen = [one for split in splits.values() for one in split]
    if len(chosen) >= MANY:
        say(f"Reading {len(chosen):,} pictures from {listing.thing}")
    pictures = decoded(
        [one.file for one in chosen], (side, side), thing=listing.thing, budget=budget, limits=limits, say=say
    )
    reading, parts = apart(splits, pictures)
    refuse_lost_class(listing.thing, layout.classes, parts, chosen, pictures.refused)
    held_out = f"{percent(test_fraction, 0)} of the pictures were held out as test split (stratified, seed {seed})."
    unreadable = [f"{one.name} ({one.reason})" for one in reading.unreadable]
    return Dataset(
        name=name,
        train=parts["train"],
        test=parts["test"],
        validation=parts.get("validation"),
        classes=layout.classes,
        source=listing.thing,
        notes=(
            *some(
                unreadable, "picture could not be read and was left out", "pictures could not be read and were left out"
            ),
            *layout.notes,
            *resizing(reading.sizes, side),
            *((held_out,) if drawn else ()),
        ),
        reading=reading,
    )


def check_side(side: int, limits: Limits) -> None:
    if not 1 <= side <= limits.side:
        raise DataError("size", found=str(side), expected=f"a whole number from 1 to {limits.side}")


def with_test(layout: Layout, fraction: float, seed: int) -> tuple[dict[str, Sequence[Labelled]], bool]:
    """The splits in the order train, validation, test, and whether the test split had to be drawn."""
    splits: dict[str, Sequence[Labelled]] = {"train": layout.splits["train"]}
    if "validation" in layout.splits:
        splits["validation"] = layout.splits["validation"]
    if "test" in layout.splits:
        return splits | {"test": layout.splits["test"]}, False
    everything = layout.splits["train"]
    kept, held = stratified(np.array([one.label for one in everything], np.int64), fraction, seed)
    drawn = {"train": [everything[i] for i in kept], "test": [everything[i] for i in held]}
    return {name: drawn.get(name, split) for name, split in splits.items()} | {"test": drawn["test"]}, True


def apart(splits: dict[str, Sequence[Labelled]], pictures: Decoded) -> tuple[Reading, dict[str, Split]]:
    """Divide the decoded pictures among the splits again, each a view, for they were decoded in that order."""
    parts: dict[str, Split] = {}
    names: dict[str, tuple[str, ...]] = {}
    unreadable: list[Unreadable] = []
    readable: list[str] = []
    place = row = 0
    for split, members in splits.items():
        whole = [one for i, one in enumerate(members, place) if i not in pictures.refused]
        unreadable += [
            Unreadable(one.file.name, pictures.refused[i])
            for i, one in enumerate(members, place)
            if i in pictures.refused
        ]
        labels = np.array([one.label for one in whole], np.int64)
        parts[split] = Split(pictures.images[row : row + len(whole)], labels)
        names[split] = tuple(one.file.name for one in whole)
        readable += names[split]
        place, row = place + len(members), row + len(whole)
    return Reading(names, tuple(unreadable), own_sizes(pictures, readable)), parts


def own_sizes(pictures: Decoded, names: Sequence[str]) -> tuple[OwnSize, ...]:
    counts = Counter(pictures.own_sizes)
    first = dict(zip(reversed(pictures.own_sizes), reversed(names), strict=True))
    return tuple(OwnSize(*size, count, first[size]) for size, count in counts.most_common())


def refuse_lost_class(
    thing: str, classes: Sequence[str], parts: dict[str, Split], chosen: Sequence[Labelled], refused: dict[int, str]
) -> None:
    """A class may lose pictures, but not all of them."""
    counts = np.bincount(parts["train"].labels, minlength=len(classes))
    for label in np.flatnonzero(counts == 0).tolist():
        place = next(place for place in refused if chosen[place].label == label)
        raise DataError(
            f"{thing}: {chosen[place].file.name}",
            found=f"{refused[place]}, and so no picture of class {classes[label]!r} is left to train on",
            expected="readable pictures in every class",
            do="replace the pictures, or remove the class folder",
        )
    if not len(parts["test"]):
        raise DataError(thing, found="no readable picture to test on", expected="readable pictures in every split")


def resizing(sizes: Sequence[OwnSize], side: int) -> tuple[str, ...]:
    """Say that pictures were scaled, and how to keep more of them."""
    scaled = sum(one.count for one in sizes if (one.height, one.width) != (side, side))
    if not scaled:
        return ()
    height, width = max((one.height, one.width) for one in sizes)
    largest = f"{height}×{width}"
    return (f"{scaled:,} pictures were brought to {side}×{side}, the largest from {largest}; --size chooses another.",)
