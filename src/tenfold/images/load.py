"""The one door to pictures: a name, a path or nothing at all becomes a `Dataset`.

Decides which reader a source needs, by its name where that is plain and by its contents where not, and holds the rule
for when nothing was asked for. How each source is read is its reader's business; each is imported when it is needed.
"""

from __future__ import annotations

import gzip
import os
import zipfile
from contextlib import suppress
from dataclasses import dataclass, replace
from pathlib import Path

from tenfold.errors import DataError, DataNotFound, StorageError, UsageError, did_you_mean
from tenfold.images.assemble import Say, ignore
from tenfold.images.dataset import Dataset, Loading
from tenfold.images.digits import digits
from tenfold.images.fetch import Progress, fetch, find_or_fetch
from tenfold.images.idx import GZIP, is_named_like_idx, pairs_in, read_pairs
from tenfold.images.named import NAMED_SETS, NamedSet, is_named, named_set
from tenfold.images.npz import read_npz
from tenfold.images.search import find, seen
from tenfold.images.stored import first_bytes, unpacking
from tenfold.places import offline

QUICK = 8.0  # seconds that a download may take when nobody asked for one
SOURCES = "a folder of pictures, a zip of one, an npz file, a pair of IDX files, or a CSV file"


@dataclass(frozen=True)
class Available:
    """A named set, and where it is on this machine, if it is."""

    name: str
    title: str
    pictures: int
    licence: str
    where: str | None


def load(
    what: str | Path | None = None,
    *,
    data_dir: Path | None = None,
    size: int | None = None,
    seed: int = 0,
    test_fraction: float = 0.2,
    download: bool = True,
    say: Say = ignore,
    progress: Progress | None = None,
) -> Dataset:
    """The pictures called `what`: a named set, a path, or (None) MNIST if it is at hand and else the built-in digits.

    A name means the set also where a folder is called so; `./mnist` means the folder.
    `seed` and `test_fraction` matter where a test split has to be drawn, `size` where pictures of any size are read.
    `say` is given sentences for the screen. A download shows a bar on stderr, or calls `progress` instead.
    """
    asked = Loading("", size, seed, test_fraction)
    if what is None or (isinstance(what, str) and is_named(what)):
        if what is None:
            dataset = _default(data_dir, seed, test_fraction, download, say, progress)
        else:
            dataset = _named(named_set(what), data_dir, seed, test_fraction, download, say, progress)
        # By its own name, for the default may be another set tomorrow.
        loading = replace(asked, what=dataset.name, data_dir=_folder_of(dataset))
        return _unresized(dataset, size).loaded_with(loading)
    if not isinstance(what, str | os.PathLike):
        raise DataError(
            "data",
            found=f"a value of type {type(what).__name__}",
            expected="a Dataset, the name of a set, or a path",
            do="for arrays: numpy.savez('own.npz', x=..., y=...), and give 'own.npz'",
        )
    path = _existing(what)
    dataset = _read(_reader(path), path, size, seed, test_fraction, say)
    return dataset.loaded_with(replace(asked, what=str(path.resolve())))


def available(data_dir: Path | None = None) -> list[Available]:
    """Every named set, and where it is; told from each copy's smallest array, so that the list is quick."""
    return [
        Available(
            known.name,
            known.title,
            known.pictures,
            known.licence,
            "built in" if known.built_in else (str(where) if (where := seen(known, data_dir)) else None),
        )
        for known in NAMED_SETS.values()
    ]


def fetch_named(
    name: str, *, data_dir: Path | None = None, say: Say = ignore, progress: Progress | None = None
) -> Dataset:
    """Make sure that the named set is on this machine, whole and verified; its `source` says where."""
    return _named(named_set(name), data_dir, 0, 0.2, True, say, progress)


def _named(
    known: NamedSet,
    data_dir: Path | None,
    seed: int,
    test_fraction: float,
    download: bool,
    say: Say,
    progress: Progress | None,
) -> Dataset:
    if known.built_in:
        return digits(seed=seed, test_fraction=test_fraction)
    return find_or_fetch(known, data_dir, download=download, say=say, progress=progress)


def _default(
    data_dir: Path | None, seed: int, test_fraction: float, download: bool, say: Say, progress: Progress | None
) -> Dataset:
    """MNIST if it is on this machine or quickly downloaded, else the built-in digits; and a note that says which."""
    known, why = NAMED_SETS["mnist"], "downloading was not allowed"
    mnist = find(known, data_dir, say)
    if mnist is None and download and not offline():
        try:
            fetch(known, progress=progress, seconds=QUICK)
            mnist = find(known, data_dir, say)
        except (DataError, StorageError) as error:  # the default must work on any machine
            why = error.found
    if mnist is not None:
        note = "No data was named, so this is MNIST; the small set that is built in is called digits (--data digits)."
        say(note)
        return replace(mnist, notes=(*mnist.notes, note))
    note = (
        "No data was named and MNIST is not on this machine, so these are scikit-learn's 1,797 handwritten digits. "
        "To get MNIST: tenfold data fetch mnist"
    )
    say(f"{note}. This time {why}.")
    embedded = digits(seed=seed, test_fraction=test_fraction)
    return replace(embedded, notes=(*embedded.notes, f"{note}."))


def _folder_of(dataset: Dataset) -> str | None:
    """The folder in which a named set was found; None for one that is built in."""
    if named_set(dataset.name).built_in:
        return None
    where = Path(dataset.source).resolve()
    return str(where if where.is_dir() else where.parent)


def _existing(what: str | Path) -> Path:
    path = Path(what)
    with suppress(OSError, ValueError, RuntimeError):  # a name too long, with a NUL, or of a user without a home
        if what != "" and path.expanduser().exists():
            return path.expanduser()
    is_word = isinstance(what, str) and len(path.parts) == 1 and not path.suffix
    raise DataNotFound(
        what,
        found="no named set and no such path" if is_word else "there is no such file or folder",
        expected=f"a named set ({', '.join(NAMED_SETS)}) or {SOURCES}",
        do=did_you_mean(str(what), NAMED_SETS) if is_word else "check the path",
    )


def _reader(path: Path) -> str:
    """Which reader a source needs: "folder", "zip", "npz", "idx" or "csv"."""
    if path.is_dir():
        return "idx" if pairs_in(path) else "folder"
    head = first_bytes(path)
    name = path.name.lower()
    if name.endswith((".toml", ".keras")):
        raise DataError(
            path, found="a recipe", expected=SOURCES, do="a recipe is named first: tenfold train RECIPE --data DATA"
        )
    if is_named_like_idx(path):
        return "idx"
    for ending, reader in ((".npz", "npz"), (".zip", "zip"), (".csv", "csv"), (".csv.gz", "csv")):
        if name.endswith(ending):
            return reader
    if head.startswith(b"PK"):
        return "npz" if _holds_arrays(path) else "zip"
    if head.startswith(GZIP):
        with unpacking(path), gzip.open(path) as stream:
            head = stream.read(512)
    if head[:2] == b"\0\0":
        return "idx"
    if head[:64].isascii() and b"," in head:
        return "csv"
    from tenfold.images.listing import is_called_like_a_picture

    if is_called_like_a_picture(name):
        raise DataError(
            path, found="a single picture", expected=SOURCES, do="to ask a run what is on it: tenfold predict IMAGE"
        )
    raise DataError(
        path, found="a kind of file that is not known here", expected=SOURCES, do="see: tenfold data import --help"
    )


def _holds_arrays(path: Path) -> bool:
    with unpacking(path), zipfile.ZipFile(path) as archive:
        return any(name.endswith(".npy") for name in archive.namelist())


def _read(reader: str, path: Path, size: int | None, seed: int, test_fraction: float, say: Say) -> Dataset:
    if reader == "npz":
        return _unresized(read_npz(path, seed=seed, test_fraction=test_fraction), size)
    if reader == "idx":
        return _unresized(read_pairs(path, seed=seed, test_fraction=test_fraction), size)
    if reader == "csv":
        from tenfold.images.table import read_csv as read
    elif reader == "zip":
        from tenfold.images.archive import read_zip as read
    else:
        from tenfold.images.folder import read_folder as read
    return read(path, size=size, seed=seed, test_fraction=test_fraction, say=say)


def _unresized(dataset: Dataset, size: int | None) -> Dataset:
    """The dataset, if nobody asked for another size than it has."""
    if size is not None and dataset.shape[:2] != (size, size):
        raise UsageError(
            "size",
            found=f"{size}, but the pictures of {dataset.name} are {dataset.shape[0]}×{dataset.shape[1]}",
            expected="a size only with a folder or a zip of pictures, or a CSV file, which can be brought to one",
            do="leave the size out",
        )
    return dataset
