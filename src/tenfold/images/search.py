"""Where the copies of a named set are on this machine, and whether they are what they say they are.

Looked at in this order: the user's data folder, Tenfold's own downloads, Keras' cache. A copy is one npz file or four
IDX files, gzipped or not, in the folder itself or in one of the set's own name. Its arrays decide, never its file name:
a copy whose arrays have other hashes is refused if the user named the folder, and passed over with a word if not.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from tenfold.errors import ChecksumError, DataError, DataNotFound
from tenfold.images.arrays import read_labels, whole_numbers
from tenfold.images.assemble import Say, assembled
from tenfold.images.dataset import Dataset
from tenfold.images.idx import stored_idx
from tenfold.images.named import IDX_FILES, NAMED_SETS, NamedSet
from tenfold.images.npz import stored_npz
from tenfold.images.stored import Array, Stored
from tenfold.places import data_folder, downloads_folder, keras_folder


@dataclass(frozen=True)
class Copy:
    """What may be a copy of a set: where it is, and its files by the arrays in them."""

    where: Path
    files: dict[str, Path]

    def stored(self) -> dict[str, Stored]:
        """The four arrays, not yet read."""
        if self.where.is_file():
            arrays = stored_npz(self.where, IDX_FILES)
            missing = [name for name in IDX_FILES if name not in arrays]
            if missing:
                raise DataError(self.where, found=f"no array {missing[0]}", expected=", ".join(IDX_FILES))
            return arrays
        return {name: stored_idx(path) for name, path in self.files.items()}


def places(data_dir: Path | None) -> list[Path]:
    """The folders that are looked at, in this order."""
    own = data_folder(data_dir)
    return [*([own] if own else []), downloads_folder(), keras_folder()]


def find(named: NamedSet, data_dir: Path | None, say: Say) -> Dataset | None:
    """The first sound copy of a set on this machine, read and verified."""
    own = data_folder(data_dir)
    if own and not _is(Path.is_dir, own):
        raise DataNotFound(own, found="there is no such folder", do="correct --data-dir or TENFOLD_DATA")
    for place in places(data_dir):
        for copy in copies(named, place):
            try:
                if not _is_another_set(named, copy):
                    return read_copy(named, copy)
            except DataError as error:
                if place == own:
                    raise
                say(f"Passed over a copy of {named.name}: {error.line}.")
    return None


def seen(named: NamedSet, data_dir: Path | None) -> Path | None:
    """Where the first likely copy of a set is: told by its smallest array, so that a list of sets is quick."""
    for place in places(data_dir):
        for copy in copies(named, place):
            try:
                if _test_labels(copy) == named.hashes["y_test"]:
                    return copy.where
            except DataError:
                continue
    return None


def copies(named: NamedSet, place: Path) -> Iterator[Copy]:
    """What may be copies of a set in a folder, by the names of the files."""
    folders = [place, *(place / folder for folder in named.folders)]
    for folder in folders:
        for name in named.npz_names:
            if _is(Path.is_file, path := folder / name):
                yield Copy(path, dict.fromkeys(IDX_FILES, path))
    for folder in folders:
        found = {array: _one_of_its_spellings(folder, name) for array, name in IDX_FILES.items()}
        files = {array: path for array, path in found.items() if path is not None}
        if files.keys() == IDX_FILES.keys():
            yield Copy(folder, files)


def read_copy(named: NamedSet, copy: Copy) -> Dataset:
    """The set in a copy, its arrays compared with the canonical ones."""
    arrays = copy.stored()
    dataset = assembled(
        named.name,
        {split: (arrays[f"x_{split}"], read_labels(arrays[f"y_{split}"])) for split in ("train", "test")},
        classes=named.classes,
        source=str(copy.where),
        licence=named.licence,
    )
    for split, part in dataset.splits.items():
        verify(named, f"x_{split}", part.images, copy.files[f"x_{split}"])
        verify(named, f"y_{split}", part.labels.astype(np.uint8), copy.files[f"y_{split}"])  # 0-9: checked above
    return dataset


def verify(named: NamedSet, array: str, contents: Array, path: Path) -> None:
    """Refuse contents whose SHA-256 is not the one declared for this array of the set."""
    found, expected = digest(contents), named.hashes[array]
    if found != expected:
        raise ChecksumError(
            path,
            found=f"its {array} is not that of {named.name} (SHA-256 {found[:12]}…)",
            expected=f"SHA-256 {expected[:12]}…",
            do=f"remove the file, and get a sound one with: tenfold data fetch {named.name}",
        )


def digest(array: Array) -> str:
    """SHA-256 of an array's bytes in C order, read in pieces so that a mapped one is never in memory at once."""
    found = hashlib.sha256()
    for start in range(0, len(array), 4096):
        found.update(np.ascontiguousarray(array[start : start + 4096]).data)
    return found.hexdigest()


def _is_another_set(named: NamedSet, copy: Copy) -> bool:
    """Whether these are, say, Fashion-MNIST's files, which have the same names as MNIST's."""
    labels = _test_labels(copy)
    return any(other.hashes.get("y_test") == labels for other in NAMED_SETS.values() if other.name != named.name)


def _test_labels(copy: Copy) -> str:
    """The hash of the smallest array, of which copies with labels of any integer type have the same."""
    stored = copy.stored()["y_test"]
    return digest(whole_numbers(read_labels(stored), stored.thing).astype(np.uint8))


def _one_of_its_spellings(folder: Path, name: str) -> Path | None:
    dotted = name.replace("-idx", ".idx")  # as some archives have it
    spellings = (name, f"{name}.gz", dotted, f"{dotted}.gz")
    return next((path for spelling in spellings if _is(Path.is_file, path := folder / spelling)), None)


def _is(kind: Callable[[Path], bool], path: Path) -> bool:
    """Whether there is a file (or folder) of that path; one that may not be looked at is none."""
    try:
        return kind(path)
    except OSError:
        return False
