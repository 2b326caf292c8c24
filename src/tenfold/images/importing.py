"""Any source of pictures becomes one npz file that Tenfold reads at once, and that anything with NumPy can read.

What was written is read back and compared before it takes its name, so that an import that ends well is known to be
good. How the file is laid out is `npz.py`'s business, how sources are read that of `load.py` and its readers.
"""

from __future__ import annotations

import secrets
from contextlib import suppress
from dataclasses import replace
from pathlib import Path

from tenfold.errors import StorageError, UsageError
from tenfold.files import make_folder, storage_errors, sync_folder
from tenfold.images.assemble import Say, ignore
from tenfold.images.dataset import Dataset
from tenfold.images.load import load
from tenfold.images.npz import read_npz, write_npz


def import_pictures(
    source: str | Path,
    to: Path,
    *,
    size: int | None = None,
    seed: int = 0,
    test_fraction: float = 0.2,
    data_dir: Path | None = None,
    say: Say = ignore,
) -> Dataset:
    """Read `source`, whatever it is, and write it as the npz file `to`, which is what the dataset then comes from."""
    if to.suffix.casefold() != ".npz":
        raise UsageError(
            to, found=f"a file name that ends in {to.suffix or 'nothing'!r}", expected="one that ends in .npz"
        )
    if to.exists():
        raise UsageError(to, found="it exists", expected="a new file", do="choose another name, or remove it first")
    dataset = load(source, data_dir=data_dir, size=size, seed=seed, test_fraction=test_fraction, say=say)
    make_folder(to.parent)
    unchecked = to.with_name(f".{to.stem}.{secrets.token_hex(4)}.npz")
    try:
        try:
            write_npz(dataset, unchecked)
        except StorageError as error:  # of the temporary name, which nobody knows
            raise StorageError(to, found=error.found, expected=error.expected, do=error.do) from error
        written = read_npz(unchecked)
        if written.fingerprint != dataset.fingerprint:
            raise StorageError(
                to, found="what was written reads back differently", expected="the same", do="check the disk"
            )
        with storage_errors(to):
            unchecked.replace(to)
            sync_folder(to.parent)
    finally:
        with suppress(OSError):  # a read-only disk refuses that too, and why it failed is told already
            unchecked.unlink(missing_ok=True)
    say(f"Wrote {to}: {dataset}")
    return replace(
        written, name=to.stem, source=str(to), licence=dataset.licence, notes=dataset.notes, reading=dataset.reading
    )
