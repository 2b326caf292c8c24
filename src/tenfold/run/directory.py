"""The run directory: which file is called what, how a run gets its name, and how its files are read.

This is the one module that knows these names. Files are written through `tenfold.files`; what is in each belongs to the
module that writes it. A directory is a run from the moment that `status.json` is in it, which is written last;
`FILES` says what is in each.
"""

from __future__ import annotations

import json
import re
import secrets
import shutil
import unicodedata
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tenfold.errors import RunError
from tenfold.files import PARTIAL, make_folder, storage_errors

NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,99}")
RESERVED = re.compile(r"(con|prn|aux|nul|com\d|lpt\d)(\..*)?|last", re.IGNORECASE)  # Windows' devices, and our word
FILES = {  # in the order in which they come to be; those from model.keras on are there when the run is done
    "recipe.toml": "the recipe, complete",
    "environment.json": "versions, machine, seed, the data and their fingerprint",
    "status.json": "running, interrupted, failed or done; how far; the result in short",
    "metrics.jsonl": "one object an epoch",
    "layers.jsonl": "how the weights of every layer are spread, epoch by epoch",
    "state": "the newest two checkpoints, and the lock of the process that trains",
    "looks.jsonl": "every scoring of the test pictures, to count them",
    "model.keras": "the trained model",
    "predictions.npz": "what it says about every test picture",
    "evaluation.json": "how good that is",
    "findings.json": "what it teaches, in sentences",
    "report.html": "all of it as one page for the browser",
}
SMALL = 4 * 2**20  # bytes that a text of a run may have
LARGE = 256 * 2**20  # bytes that metrics.jsonl and layers.jsonl may have


@dataclass(frozen=True)
class Directory:
    """The paths of one run."""

    path: Path

    @property
    def name(self) -> str:
        return self.path.name

    @property
    def recipe(self) -> Path:
        return self.path / "recipe.toml"

    @property
    def environment(self) -> Path:
        return self.path / "environment.json"

    @property
    def status(self) -> Path:
        return self.path / "status.json"

    @property
    def metrics(self) -> Path:
        return self.path / "metrics.jsonl"

    @property
    def layers(self) -> Path:
        return self.path / "layers.jsonl"

    @property
    def state(self) -> Path:
        return self.path / "state"

    @property
    def lock(self) -> Path:
        return self.state / "lock"

    @property
    def looks(self) -> Path:
        return self.path / "looks.jsonl"

    @property
    def model(self) -> Path:
        return self.path / "model.keras"

    @property
    def predictions(self) -> Path:
        return self.path / "predictions.npz"

    @property
    def evaluation(self) -> Path:
        return self.path / "evaluation.json"

    @property
    def findings(self) -> Path:
        return self.path / "findings.json"

    @property
    def report(self) -> Path:
        return self.path / "report.html"

    def exists(self) -> bool:
        return self.status.is_file()

    def sweep(self) -> None:
        """Remove what a killed process left half-written. Only whoever holds the lock may do this."""
        for folder in (self.path, self.state):
            for left in folder.glob(f".*{PARTIAL}*"):
                with suppress(OSError):
                    left.unlink()


@contextmanager
def ready(runs: Path) -> Iterator[None]:
    """Make the folder `runs`, if it can be made and written to; what was made here and stays empty is removed again."""
    made: list[Path] = []
    try:
        with storage_errors(runs):
            made += [folder for folder in (runs, *runs.parents) if not folder.exists()]
            make_folder(runs)
            # Only trying tells: a disk mounted read-only and a folder of somebody else's refuse in words of their own.
            trial = runs / f".{secrets.token_hex(4)}{PARTIAL}"
            trial.mkdir()
            trial.rmdir()
        yield
    except BaseException:
        for folder in made:
            with suppress(OSError):  # it is not there, or no longer empty
                folder.rmdir()
        raise


def claim(runs: Path, name: str | None, stem: str) -> Directory:
    """A new, empty directory in `runs`: called `name`, or else the next of `stem-0001`, `stem-0002`, …

    `mkdir` succeeds for one process only, however many ask for the same name at the same moment.
    """
    make_folder(runs)
    with storage_errors(runs):
        if name is not None:
            path = runs / checked_name(name)
            try:
                path.mkdir()
            except FileExistsError:
                raise taken(path) from None
            return Directory(path)
        number = 1 + max((number_of(entry.name, stem) for entry in runs.iterdir()), default=0)
        while True:
            path = runs / f"{stem}-{number:04d}"
            with suppress(FileExistsError):
                path.mkdir()
                return Directory(path)
            number += 1


def abandon(directory: Directory) -> None:
    """Remove a directory that was claimed and could not be filled."""
    shutil.rmtree(directory.path, ignore_errors=True)


def check_free(runs: Path, name: str) -> None:
    """Refuse a name that cannot be a run's, or is one already, before any work is done for it."""
    path = runs / checked_name(name)
    if path.exists():
        raise taken(path)


def taken(path: Path) -> RunError:
    if path.is_dir() and not Directory(path).exists():
        return RunError(
            f"run {path.name}",
            found=f"{path} is no run: it is left from one that was ended before it began, or is something else",
            expected="a name that is free",
            do="delete that folder, or choose another name",
        )
    return RunError(
        f"run {path.name}",
        found=f"{path} exists already",
        expected="a name that is free",
        do=f"choose another name, or `tenfold resume {path.name}` to go on with it",
    )


def checked_name(name: str) -> str:
    """`name`, if it can be a folder's on every system and nothing but a folder's."""
    if not NAME.fullmatch(name) or RESERVED.fullmatch(name) or name.endswith(".") or name.endswith(PARTIAL):
        raise RunError(
            "run name",
            found=f"{name!r}",
            expected="1 to 100 letters, digits, dots, dashes and underscores, a letter or digit first",
            do="and not `last`, which means the newest run" if name.lower() == "last" else "choose another name",
        )
    return name


def stem_of(*parts: str) -> str:
    """The beginning of a run's name, out of its recipe's and its data's: `mlp-mnist`."""
    return "-".join(filter(None, map(slug, parts))) or "run"


def slug(text: str) -> str:
    plain = unicodedata.normalize("NFKD", text).encode("ascii", "ignore").decode().lower()
    return re.sub(r"[^a-z0-9]+", "-", plain).strip("-")[:40].strip("-")


def number_of(entry: str, stem: str) -> int:
    """The number of the run called `entry`, 0 when it is not one of `stem`."""
    number = entry.removeprefix(f"{stem}-")
    return int(number) if number != entry and number.isascii() and number.isdecimal() and len(number) < 10 else 0


def read_text(path: Path, limit: int = SMALL) -> str:
    """The text at `path`, of a run that may come from anyone: never more than `limit` bytes of it."""
    if path.exists() and not path.is_file():
        raise RunError(path, found="it is no file", expected="a file of a run")  # to open a pipe is to wait for it
    try:
        with path.open("rb") as file:
            data = file.read(limit + 1)
    except OSError as error:
        found = "there is no such file" if isinstance(error, FileNotFoundError) else (error.strerror or str(error))
        raise RunError(path, found=found, expected="a file of a run") from error
    if len(data) > limit:
        raise RunError(path, found=f"more than {limit:,} bytes", expected="a file that Tenfold wrote")
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError as error:
        raise RunError(path, found=f"it is not text in UTF-8 ({error.reason})", expected="a file of a run") from error


def read_json(path: Path, do: str = "restore it from a copy, for it is damaged") -> dict[str, Any]:
    """The JSON object at `path`; `do` says what helps where it is none."""
    try:
        value = json.loads(read_text(path), parse_constant=refuse_constant)
    except (ValueError, RecursionError) as error:
        raise RunError(path, found=f"it is not JSON ({error})", expected="a file that Tenfold wrote", do=do) from error
    if not isinstance(value, dict):
        raise RunError(path, found=f"a JSON {type(value).__name__}", expected="a JSON object", do=do)
    return value


def refuse_constant(word: str) -> None:
    raise ValueError(f"{word} is not JSON")
