"""From arrays, split by split, to a `Dataset`: classes are named, labels checked, and a test split drawn if none came.

The readers of npz and IDX files end here. What a single array must look like is `arrays.py`'s business.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

from tenfold.errors import DataError
from tenfold.images.arrays import checked, numbered_classes, refuse_one_class, whole_numbers
from tenfold.images.dataset import Dataset
from tenfold.images.splits import split_in_two
from tenfold.images.stored import Array, Stored
from tenfold.text_table import percent

Say = Callable[[str], None]
Parts = Mapping[str, tuple[Stored | Array, Array]]  # split name → pictures and labels


def ignore(sentence: str) -> None:
    """Say nothing."""


def assembled(
    name: str,
    parts: Parts,
    *,
    classes: Sequence[str] | None = None,
    source: str,
    licence: str = "unknown",
    seed: int = 0,
    test_fraction: float = 0.2,
) -> Dataset:
    """A dataset of the splits in `parts`; without a "test" among them, one is drawn from "train", stratified.

    Classes that are not given are the numbers among the training labels; a label that occurs only in another split is
    out of range, for nothing could have learnt it.
    """
    thing = f"{source}: train"
    first = 0
    labels = whole_numbers(parts["train"][1], thing)
    if classes is None:
        first, classes = numbered_classes(labels, thing)
    else:
        refuse_one_class(labels, thing)
        if len(set(classes)) != len(classes):
            raise DataError(source, found="two classes with the same name", expected="a name of its own for each")
    splits = {
        split: checked(images, labels, classes, f"{source}: {split}", first=first)
        for split, (images, labels) in parts.items()
    }
    shapes = {split: part.images.shape[1:] for split, part in splits.items()}
    if len(set(shapes.values())) > 1:
        told = ", ".join(f"{split} {'×'.join(map(str, shape))}" for split, shape in shapes.items())
        raise DataError(source, found=f"pictures of different sizes ({told})", expected="one size in all splits")
    notes: tuple[str, ...] = ()
    if "test" not in splits:
        splits["train"], splits["test"] = split_in_two(splits["train"], test_fraction, seed)
        notes = (f"{percent(test_fraction, 0)} of the pictures were held out as test split (stratified, seed {seed}).",)
    return Dataset(
        name=name,
        train=splits["train"],
        test=splits["test"],
        validation=splits.get("validation"),
        classes=tuple(classes),
        licence=licence,
        source=source,
        notes=notes,
    )
