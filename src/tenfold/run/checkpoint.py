"""How checkpoints are written, and read back whole or not at all.

A checkpoint holds everything that training goes on from: every variable of the model and of the optimizer (the states
of seed generators, of BatchNormalization and of metrics are among them), the position, the memory of callbacks, and
the rows of `metrics.jsonl` so far. It is one npz in `state/`:

    trainable-0, trainable-1, …, optimizer-0, …    the variables, by group and number
    callback-0, …                                  the arrays that callbacks keep
    log-0, …                                       what a step of the model's own reported last, where it is needed
    meta                                           the rest, as JSON in bytes
    digest                                         SHA-256 over all of the above

The newest two are kept, so that there is a good one at every moment, and one to fall back to should the disk damage
the newest. This module knows arrays and JSON, not Keras: `variables.py` and `memory.py` bring those here.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np

from tenfold.array_file import Array, Unreadable, dtype_named, read_arrays, write_arrays
from tenfold.errors import RunError, TenfoldError
from tenfold.files import make_folder
from tenfold.run.directory import refuse_constant

FILE = re.compile(r"checkpoint-(\d{6,9})\.npz")
FORMAT = 1
KEPT = 2
LIMIT = 64 * 2**30  # bytes; a file never asks for more memory than it has on the disk

Groups = Mapping[str, Sequence[Array]]


@dataclass(frozen=True, eq=False)
class Checkpoint:
    """Where training is and all that it goes on from. `epoch` and `step` are those to be taken next, counted from 0."""

    epoch: int
    step: int
    variables: Groups
    callbacks: Any = None  # JSON in which {"array": n} stands for `arrays[n]`
    arrays: Sequence[Array] = ()
    rows: Sequence[Mapping[str, Any]] = ()  # of metrics.jsonl, one for each complete epoch
    stopped: bool = False  # a callback has ended training; only what follows it is left to do
    seconds: Mapping[str, float] = field(default_factory=dict)
    logs: Mapping[str, Array] = field(default_factory=dict)  # those of the engine's `Position`


@dataclass(frozen=True)
class Found:
    """The newest checkpoint that is whole, and the newer ones that are not."""

    checkpoint: Checkpoint
    path: Path
    damaged: tuple[TenfoldError, ...] = ()
    damaged_paths: tuple[Path, ...] = ()


def save(state: Path, checkpoint: Checkpoint) -> Path:
    """Write `checkpoint` as the newest in the folder `state`, then let go of all but the newest two."""
    make_folder(state)
    old = files(state)
    path = state / f"checkpoint-{1 + max(old, default=0):06d}.npz"
    write_arrays(path, packed(checkpoint))
    for number in sorted(old, reverse=True)[KEPT - 1 :]:
        with suppress(OSError):  # it will be tried again after the next one
            old[number].unlink()
    return path


def newest(state: Path) -> Found | None:
    """The newest good checkpoint in the folder `state`; None when there never was one."""
    damaged: list[tuple[TenfoldError, Path]] = []
    for _, path in sorted(files(state).items(), reverse=True):
        try:
            checkpoint = unpacked(read_arrays(path, LIMIT), path)
        except TenfoldError as error:
            damaged.append((error, path))
        else:
            return Found(checkpoint, path, tuple(e for e, _ in damaged), tuple(p for _, p in damaged))
    if damaged:
        raise RunError(
            state,
            found=f"none of its {len(damaged)} checkpoints is whole ({damaged[0][0].found})",
            expected="at least one that is",
            do="train again: nothing of this run can be continued",
        )
    return None


def files(state: Path) -> dict[int, Path]:
    """The checkpoints in `state` by number."""
    if not state.is_dir():
        return {}
    matches = ((FILE.fullmatch(path.name), path) for path in state.iterdir())
    return {int(match[1]): path for match, path in matches if match}


def packed(checkpoint: Checkpoint) -> dict[str, Array]:
    """The members of the file."""
    members: dict[str, Array] = {}
    types: dict[str, list[str]] = {}
    others = {"callback": checkpoint.arrays, "log": [*checkpoint.logs.values()]}
    for group, variables in {**checkpoint.variables, **others}.items():
        types[group] = [array.dtype.name if array.dtype.kind != "U" else "str" for array in variables]
        members |= {f"{group}-{index}": np.asarray(array) for index, array in enumerate(variables)}
    meta = {
        "format": FORMAT,
        "epoch": checkpoint.epoch,
        "step": checkpoint.step,
        "stopped": checkpoint.stopped,
        "seconds": dict(checkpoint.seconds),
        "rows": list(checkpoint.rows),
        "callbacks": checkpoint.callbacks,
        "logs": list(checkpoint.logs),
        "types": types,
    }
    members["meta"] = np.frombuffer(json.dumps(meta, allow_nan=False).encode(), np.uint8)
    return {**members, "digest": digest_of(members)}


def unpacked(members: dict[str, Array], path: Path) -> Checkpoint:
    """The checkpoint out of the members of the file at `path`, if it is exactly what was written."""
    expected = members.pop("digest", None)
    if expected is None or not np.array_equal(expected, digest_of(members)):
        raise Unreadable(path, found="its contents are not those that were written", expected="a whole checkpoint")
    try:
        meta = json.loads(members["meta"].tobytes(), parse_constant=refuse_constant)
        if meta["format"] != FORMAT:
            raise ValueError(f"it is of format {meta['format']}, and this version of Tenfold reads {FORMAT}")
        groups = {
            group: [restored(members[f"{group}-{index}"], name) for index, name in enumerate(names)]
            for group, names in meta["types"].items()
        }
        arrays, logs = groups.pop("callback"), groups.pop("log", [])  # which earlier versions did not write
        return Checkpoint(
            epoch=natural(meta["epoch"]),
            step=natural(meta["step"]),
            variables=groups,
            callbacks=meta["callbacks"],
            arrays=arrays,
            rows=[dict(row) for row in meta["rows"]],
            stopped=bool(meta["stopped"]),
            seconds={str(name): float(value) for name, value in meta["seconds"].items()},
            logs=dict(zip(map(str, meta.get("logs", [])), logs, strict=True)),
        )
    except (KeyError, TypeError, ValueError, AttributeError, RecursionError) as error:
        raise Unreadable(path, found=f"no checkpoint that makes sense ({error})", expected="one of Tenfold") from error


def restored(array: Array, name: str) -> Array:
    """`array` in the type that it had before it was stored."""
    return array if name == "str" else array.view(dtype_named(name))


def natural(value: object) -> int:
    if type(value) is not int or value < 0:
        raise ValueError(f"{value!r} is not a number of epochs or steps")
    return value


def digest_of(members: Mapping[str, Array]) -> Array:
    """SHA-256 over names, types, shapes and bytes, in the order in which they stand in the file."""
    digest = hashlib.sha256()
    for name, array in members.items():
        array = np.ascontiguousarray(array)
        digest.update(f"{name} {array.dtype.itemsize} {members[name].shape}\n".encode())
        digest.update(array.reshape(-1).view(np.uint8).data)
    return np.frombuffer(digest.digest(), np.uint8)
