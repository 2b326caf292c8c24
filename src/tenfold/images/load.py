"""The one door to pictures: a name, a path or nothing at all becomes a `Dataset`.

Decides which reader a source needs, by what the file says rather than by what it is called, and holds the rule for
when nothing was asked for. How each source is read is its reader's business; named sets are found by `fetch.py`.
"""

from __future__ import annotations

from pathlib import Path

from tenfold.images.assemble import Say, ignore
from tenfold.images.dataset import Dataset
from tenfold.images.digits import digits
from tenfold.images.fetch import find_or_fetch
from tenfold.images.named import is_named, named_set
from tenfold.images.npz import read_npz


def load(
    what: str | Path | None = None,
    *,
    data_dir: Path | None = None,
    size: int | None = None,
    seed: int = 0,
    test_fraction: float = 0.2,
    download: bool = True,
    say: Say = ignore,
) -> Dataset:
    """The pictures called `what`."""
    del size
    if isinstance(what, str) and is_named(what):
        named = named_set(what)
        if named.built_in:
            return digits(seed=seed, test_fraction=test_fraction)
        return find_or_fetch(named, data_dir, download=download, say=say)
    return read_npz(Path(str(what)), seed=seed, test_fraction=test_fraction)
