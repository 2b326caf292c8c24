"""Where a run's pictures come from, in a way that finds them again, and knows whether they are still the same.

A run does not copy its pictures. It keeps what they were loaded with and their fingerprint; resuming and evaluating
load them again, and go on only if not one pixel or label has changed.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import asdict
from functools import partial
from pathlib import Path
from typing import Any

from tenfold.errors import DataError, InputError, RunError
from tenfold.images.dataset import Dataset, Loading
from tenfold.images.load import load

Say = Callable[[str], None]

GIVEN_AGAIN = "tenfold.resume(run, data=dataset), or tenfold.evaluate(run, data=dataset)"

KINDS: Mapping[str, tuple[Any, ...]] = {
    "what": (str,),
    "size": (int, None),
    "seed": (int,),
    "test_fraction": (int, float),
    "data_dir": (str, None),
}


def opened(data: Dataset | str | Path | None, *, data_dir: str | Path | None, size: int | None, say: Say) -> Dataset:
    """The pictures that were asked for."""
    if isinstance(data, Dataset):
        return data
    folder = Path(data_dir).expanduser() if data_dir is not None else None
    return load(data, data_dir=folder, size=size, say=say)


def described(dataset: Dataset) -> dict[str, Any]:
    """The part of `environment.json` about the data. `reload` is null for pictures that were put together by hand."""
    return {
        "name": dataset.name,
        "fingerprint": dataset.fingerprint,
        "fingerprints": {name: split.fingerprint for name, split in dataset.splits.items()},
        "source": dataset.source,
        "licence": dataset.licence,
        "shape": list(dataset.shape),
        "classes": list(dataset.classes),
        "pictures": {name: len(split) for name, split in dataset.splits.items()},
        "counts": dataset.counts(),
        "notes": list(dataset.notes),
        "reload": asdict(dataset.loading) if dataset.loading else None,
    }


def reopened(
    environment: Mapping[str, Any],
    thing: object,
    given: Dataset | None,
    say: Say,
    *,
    download: bool = True,
    again: str = GIVEN_AGAIN,
) -> Dataset:
    """The very pictures that the run was trained on: `given`, or loaded again.

    thing: names the run.
    again: how they are given in Python, should they be nowhere on the disk.
    """
    about = environment.get("data")
    if not isinstance(about, Mapping) or not isinstance(about.get("fingerprint"), str):
        raise RunError(thing, found="nothing about its data", expected="environment.json as the run wrote it")
    dataset = given if given is not None else loaded_again(about, thing, say, download, again)
    if dataset.fingerprint != about["fingerprint"]:
        raise DataError(
            f"the data of {thing}",
            found=f"other pictures or labels than before ({dataset})",
            expected=f"the fingerprint {about['fingerprint'][:16]}…",
            do=(
                "give the very Dataset that it was trained on, or train a new run on this one"
                if given is not None
                else "bring back the pictures as they were, or train a new run on those of today"
            ),
        )
    return dataset


def loaded_again(about: Mapping[str, Any], thing: object, say: Say, download: bool, again: str) -> Dataset:
    if "reload" in about and about["reload"] is None:
        raise RunError(
            f"the data of {thing}",
            found="they were made or changed in Python and are nowhere on the disk",
            expected="the same Dataset, given again",
            do=f"in Python: {again}",
        )
    loading = loading_from(about.get("reload"), thing)
    try:
        return reloaded(loading, say, download)
    except InputError as error:
        raise type(error)(
            f"the data of {thing}", found=error.line, expected="the pictures that it was trained on"
        ) from error


def reloaded(loading: Loading, say: Say, download: bool) -> Dataset:
    """What `load` gives for the same arguments as then: a named set where it was then, else wherever it is today."""
    again = partial(load, loading.what, size=loading.size, seed=loading.seed, test_fraction=loading.test_fraction)
    if loading.data_dir and os.path.isdir(loading.data_dir):  # noqa: PTH112 - false, not an error, for any text
        with suppress(DataError):
            return again(data_dir=Path(loading.data_dir), download=False)
    return again(say=say, download=download)


def loading_from(value: object, thing: object) -> Loading:
    """How a run's data were loaded, out of its `environment.json`, which anyone may have written."""
    fields = value if isinstance(value, Mapping) else {}
    for name, allowed in KINDS.items():
        item = fields.get(name)
        if name not in fields or not ((item is None and None in allowed) or type(item) in allowed):
            raise RunError(thing, found=f"data.reload.{name} is {item!r}"[:200], expected="what the run wrote")
    return Loading(**{name: fields[name] for name in KINDS})
