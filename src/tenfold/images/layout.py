"""What the names of picture files say: which class each belongs to, and which split.

    class/…/picture                a folder for each class; the test pictures are drawn from all
    train/class/…/picture          splits that were made by whoever made the folder: train (or training),
    test/class/…/picture           test (or testing), validation (or val, valid)

A single folder around all of this (as archives often have) is stepped into. Classes are ordered by number where all are
numbers, otherwise by name. Names are never interpreted: a class called `<b>` is called `<b>`. This module only reads
names; the files stay closed.
"""

from __future__ import annotations

import unicodedata
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from tenfold.errors import DataError
from tenfold.images.arrays import MOST_CLASSES
from tenfold.images.listing import Listing, PictureFile, some

SPLITS = {
    "train": "train",
    "training": "train",
    "test": "test",
    "testing": "test",
    "validation": "validation",
    "valid": "validation",
    "val": "validation",
}
Parts = tuple[str, ...]  # a path, name by name
Found = dict[str, list[tuple[str, PictureFile]]]  # split → (class, picture)
EXPECTED = "a folder for each class with png, jpg, bmp or gif pictures in it"


@dataclass(frozen=True)
class Labelled:
    """A picture file and the number of its class."""

    file: PictureFile
    label: int


@dataclass(frozen=True)
class Layout:
    """The classes, and the pictures of each split that is there; without a split of its own all is `train`."""

    classes: tuple[str, ...]
    splits: dict[str, tuple[Labelled, ...]]
    notes: tuple[str, ...]


def layout_of(listing: Listing) -> Layout:
    """The classes and splits of a listing, or one line that says why they cannot be told."""
    if not listing.files:
        others = "; ".join(some(listing.strangers, "other file", "other files")).rstrip(".")
        no_pictures = f"no pictures ({others})" if others else "no pictures"
        raise DataError(
            listing.thing, found=no_pictures, expected=EXPECTED, do="give the folder that holds the class folders"
        )
    files = [(file, tuple(file.name.split("/"))) for file in listing.files]
    folders = [tuple(name.split("/")) for name in listing.folders]
    inside = wrapping(files, folders)
    files = [(file, parts[len(inside) :]) for file, parts in files]
    folders = [parts[len(inside) :] for parts in folders if len(parts) > len(inside)]
    found, classes_of, outside = sorted_out(files, folders, has_splits(files, folders, listing.thing))

    classes = ordered(classes_of.get("train", set()))
    check_classes(classes, classes_of, found, listing.thing)
    number = {name: label for label, name in enumerate(classes)}
    notes = list(some(outside, "picture in no class folder was left out", "pictures in no class folder were left out"))
    for split in ("test", "validation"):
        held = {name for name, _ in found.get(split, ())}
        missing = ordered(set(classes) - held) if held else ()
        notes += some(missing, f"class has no {split} pictures", f"classes have no {split} pictures")
    if inside:
        notes.append(f"The class folders were found inside {'/'.join(inside)!r}.")
    splits = {
        split: tuple(
            Labelled(file, number[name])
            for name, file in sorted(members, key=lambda member: (number[member[0]], member[1].name))
        )
        for split, members in found.items()
    }
    return Layout(classes, splits, (*listing.notes, *notes))


def wrapping(files: Sequence[tuple[PictureFile, Parts]], folders: Sequence[Parts]) -> Parts:
    """The folders around everything else that mean nothing: each alone on its level, with no picture directly in it."""
    inside: Parts = ()
    while True:
        depth = len(inside)
        names = {parts[depth] for _, parts in files} | {parts[depth] for parts in folders if len(parts) > depth}
        name = next(iter(names))
        if len(names) > 1 or name.casefold() in SPLITS or any(len(parts) <= depth + 2 for _, parts in files):
            return inside
        inside = (*inside, name)


def has_splits(files: Sequence[tuple[PictureFile, Parts]], folders: Sequence[Parts], thing: str) -> bool:
    """Whether the first folders are splits. A class may be called 'train' too, beside 'car' and 'plane'."""
    first = {parts[0] for parts in folders}
    known = {name for name in first if name.casefold() in SPLITS}
    deep = Counter(SPLITS[parts[0].casefold()] for _, parts in files if parts[0] in known and len(parts) > 2)
    if not known or (known != first and not (deep["train"] and len(deep) > 1)):
        return False
    if not deep["train"]:
        shallow = any(SPLITS.get(parts[0].casefold()) == "train" and len(parts) == 2 for _, parts in files)
        found = "pictures directly in the train folder, in no class" if shallow else "no pictures for training"
        raise DataError(thing, found=found, expected="train/CLASS/picture.png, and the same below test", do="sort them")
    return True


def sorted_out(
    files: Sequence[tuple[PictureFile, Parts]], folders: Sequence[Parts], split: bool
) -> tuple[Found, dict[str, set[str]], list[str]]:
    """The pictures of each split, the class folders of each (with or without pictures), and pictures in neither."""
    found: Found = {}
    classes_of: dict[str, set[str]] = {}
    outside: list[str] = []
    depth = 2 if split else 1  # of a class folder
    for parts in folders:
        if len(parts) >= depth and (place := place_of(parts, split)):
            classes_of.setdefault(place[0], set()).add(place[1])
    for file, parts in files:
        if len(parts) > depth and (place := place_of(parts, split)):
            found.setdefault(place[0], []).append((place[1], file))
        else:
            outside.append(file.name)
    return found, classes_of, outside


def place_of(parts: Parts, split: bool) -> tuple[str, str] | None:
    """(split, class) of a file or folder; None below a folder that is no split where the others are."""
    if not split:
        return "train", class_name(parts[0])
    name = SPLITS.get(parts[0].casefold())
    return (name, class_name(parts[1])) if name else None


def class_name(folder: str) -> str:
    """One spelling for names that look the same: macOS and Windows write accents with different code points."""
    return unicodedata.normalize("NFC", folder)


def ordered(names: set[str]) -> tuple[str, ...]:
    """Class names by number where all are numbers ('2' before '10'), otherwise by name."""
    if all(name.isascii() and name.isdigit() and len(name) < 19 for name in names):
        return tuple(sorted(names, key=lambda name: (int(name), name)))
    return tuple(sorted(names))


def check_classes(classes: Sequence[str], classes_of: dict[str, set[str]], found: Found, thing: str) -> None:
    """Refuse what no classifier can be trained on: no class, one, far too many, an empty one, one unknown to train."""
    if not classes:
        raise DataError(
            thing, found="pictures in no class folder", expected=EXPECTED, do="sort the pictures into folders"
        )
    if len(classes) == 1:
        found_one = f"only one class ({classes[0]!r})"
        raise DataError(thing, found=found_one, expected="at least two class folders", do="add another class")
    if len(classes) > MOST_CLASSES:
        raise DataError(thing, found=f"{len(classes):,} class folders", expected=f"at most {MOST_CLASSES:,}")
    filled = {name for name, _ in found.get("train", ())}
    for name in classes:
        if name not in filled:
            raise DataError(
                thing,
                found=f"the class folder {name!r} holds no pictures",
                expected="pictures in every class folder",
                do="put pictures in it, or remove it",
            )
    for split, names in classes_of.items():
        if unknown := sorted(names - set(classes)):
            raise DataError(
                thing,
                found=f"class {unknown[0]!r} in {split} and not in train",
                expected="the same class folders in both",
                do="rename it, or add it to train",
            )
