"""Where a run's pictures come from, in a way that finds them again, and knows whether they are still the same.

A run does not copy its pictures. It keeps what they were loaded with and their fingerprint; resuming and evaluating
load them again, and go on only if not one pixel or label has changed.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from tenfold.errors import DataError, InputError, RunError
from tenfold.images.dataset import Dataset
from tenfold.images.load import load
from tenfold.images.named import is_named

Say = Callable[[str], None]


@dataclass(frozen=True)
class Source:
    """The arguments of `load` that gave a run its pictures. `what` is None for arrays made in Python."""

    what: str | None = None
    data_dir: str | None = None
    size: int | None = None
    seed: int = 0
    test_fraction: float = 0.2

    @classmethod
    def from_json(cls, value: object, thing: object) -> Source:
        fields = value if isinstance(value, Mapping) else {}
        kinds = {"what": (str, None), "data_dir": (str, None), "size": (int, None), "seed": (int,)}
        kinds["test_fraction"] = (int, float)
        for name, allowed in kinds.items():
            item = fields.get(name)
            if name not in fields or not ((item is None and None in allowed) or type(item) in allowed):
                raise RunError(thing, found=f"data.reload.{name} is {item!r}"[:200], expected="what the run wrote")
        return cls(**{name: fields[name] for name in kinds})


def opened(
    data: Dataset | str | Path | None, *, data_dir: str | Path | None, size: int | None, seed: int, say: Say
) -> tuple[Dataset, Source]:
    """The pictures that were asked for, and how to find them again."""
    if isinstance(data, Dataset):
        return data, Source(what=place_of(data), seed=seed)
    folder = Path(data_dir).expanduser().resolve() if data_dir is not None else None
    dataset = load(data, data_dir=folder, size=size, seed=seed, say=say)
    where = str(folder) if folder is not None else None
    return dataset, Source(what=lasting(data, dataset), data_dir=where, size=size, seed=seed)


def lasting(data: str | Path | None, dataset: Dataset) -> str:
    """What was typed, in words that mean the same from another folder and on another day."""
    if data is None:
        return dataset.name  # the default may be another set tomorrow
    return str(data) if isinstance(data, str) and is_named(data) else str(Path(data).expanduser().resolve())


def place_of(dataset: Dataset) -> str | None:
    """Where a dataset that was made elsewhere can be loaded again, if its own words say so."""
    if is_named(dataset.name):
        return dataset.name
    return str(Path(dataset.source).resolve()) if dataset.source and Path(dataset.source).exists() else None


def described(dataset: Dataset, source: Source) -> dict[str, Any]:
    """The part of `environment.json` about the data."""
    return {
        "name": dataset.name,
        "fingerprint": dataset.fingerprint,
        "source": dataset.source,
        "licence": dataset.licence,
        "shape": list(dataset.shape),
        "classes": list(dataset.classes),
        "pictures": {name: len(split) for name, split in dataset.splits.items()},
        "notes": list(dataset.notes),
        "reload": asdict(source),
    }


def reopened(environment: Mapping[str, Any], thing: object, given: Dataset | None, say: Say) -> Dataset:
    """The very pictures that the run was trained on: `given`, or loaded again. `thing` names the run."""
    about = environment.get("data")
    if not isinstance(about, Mapping) or not isinstance(about.get("fingerprint"), str):
        raise RunError(thing, found="nothing about its data", expected="environment.json as the run wrote it")
    dataset = given if given is not None else loaded_again(about, thing, say)
    if dataset.fingerprint != about["fingerprint"]:
        raise DataError(
            f"the data of {thing}",
            found=f"other pictures or labels than before ({dataset})",
            expected=f"the fingerprint {about['fingerprint'][:16]}…",
            do="bring back the pictures as they were, or train a new run on those of today",
        )
    return dataset


def loaded_again(about: Mapping[str, Any], thing: object, say: Say) -> Dataset:
    source = Source.from_json(about.get("reload"), thing)
    if source.what is None:
        raise RunError(
            f"the data of {thing}",
            found="they were made in Python and are nowhere on the disk",
            expected="data that can be loaded again",
            do="give them once more: resume(run, data=dataset)",
        )
    try:
        return load(
            source.what,
            data_dir=Path(source.data_dir) if source.data_dir else None,
            size=source.size,
            seed=source.seed,
            test_fraction=source.test_fraction,
            say=say,
        )
    except InputError as error:
        raise type(error)(
            f"the data of {thing}", found=error.line, expected="the pictures that it was trained on"
        ) from error
