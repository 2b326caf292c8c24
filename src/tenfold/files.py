"""How Tenfold writes a file: beside its final name, flushed to the disk, then renamed over it.

Whoever reads a file that was written here finds the old contents or the new ones, whole, whatever happened between:
`kill -9`, a full disk, a power cut. A failed write leaves nothing behind, and a full or read-only disk becomes one
`StorageError`. This module owns that promise and nothing else; what goes into a file is its caller's business.
"""

from __future__ import annotations

import errno
import json
import os
import secrets
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import IO, Any

from tenfold.errors import StorageError, UsageError

PARTIAL = ".partial"
RENAME_PAUSES = (0.01, 0.05, 0.2) if sys.platform == "win32" else ()  # seconds


@contextmanager
def replacing(path: Path) -> Iterator[IO[bytes]]:
    """Open a new binary file that takes the place of `path` when the block ends well, and vanishes when it does not."""
    beside = path.with_name(f".{path.name}.{secrets.token_hex(4)}{PARTIAL}")
    with taking_the_place_of(path, beside), beside.open("xb") as file:
        yield file


@contextmanager
def replacing_by_name(path: Path) -> Iterator[Path]:
    """The same for whoever has to be given a name, and insists on its ending: the file that is made there."""
    beside = path.with_name(f".{path.stem}.{secrets.token_hex(4)}{PARTIAL}{path.suffix}")
    with taking_the_place_of(path, beside):
        yield beside


@contextmanager
def taking_the_place_of(path: Path, beside: Path) -> Iterator[None]:
    with storage_errors(path):
        try:
            yield
            with beside.open("r+b") as file:
                os.fsync(file.fileno())
            rename_over(beside, path)
            sync_folder(path.parent)
        except BaseException:
            with suppress(OSError):
                beside.unlink(missing_ok=True)
            raise


def rename_over(beside: Path, path: Path) -> None:
    """Give `beside` the name `path`. Windows refuses while somebody reads the old file: that passes, so wait for it."""
    for pause in RENAME_PAUSES:
        try:
            os.replace(beside, path)  # noqa: PTH105 - one name for the rename, which tests make fail
        except PermissionError:
            time.sleep(pause)
        else:
            return
    os.replace(beside, path)  # noqa: PTH105


def write_bytes(path: Path, data: bytes) -> None:
    with replacing(path) as file:
        file.write(data)


def write_text(path: Path, text: str) -> None:
    write_bytes(path, text.encode("utf-8"))


def write_json(path: Path, value: Any) -> None:
    """Write `value` as indented JSON; NaN and infinity are refused, for JSON has no words for them."""
    text = json.dumps(value, indent=2, ensure_ascii=False, allow_nan=False) + "\n"
    # A file name that is not UTF-8 holds surrogates; escaped by Python they are just what JSON writes for them.
    write_bytes(path, text.encode("utf-8", "backslashreplace"))


def append_line(path: Path, line: str) -> None:
    """Add a line to the file at `path` and flush it to the disk. What a power cut left unfinished stays a line."""
    with storage_errors(path):
        with path.open("a+b") as file:
            length = file.seek(0, os.SEEK_END)
            file.seek(max(0, length - 1))
            begun = b"\n" if length and file.read(1) != b"\n" else b""
            file.write(begun + line.encode("utf-8") + b"\n")
            file.flush()
            os.fsync(file.fileno())
        if not length:
            sync_folder(path.parent)


def refuse_existing(path: Path, option: str) -> None:
    """Refuse to write over anything; `option` is what another name is chosen with."""
    if path.exists():
        raise UsageError(path, found="it exists already", expected="a free name", do=f"choose another with {option}")


def make_folder(path: Path) -> None:
    with storage_errors(path):
        path.mkdir(parents=True, exist_ok=True)


def sync_folder(path: Path) -> None:
    """Make a rename in `path` survive a power cut, where the system lets a folder be flushed (Windows does not)."""
    if os.name == "nt":
        return
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    except OSError as error:
        if error.errno not in (errno.EINVAL, errno.ENOTSUP):
            raise
    finally:
        os.close(descriptor)


@contextmanager
def storage_errors(path: Path) -> Iterator[None]:
    """Turn the operating system's refusal to write at `path` into one line that says what to do."""
    advice = {
        errno.ENOSPC: ("the disk is full", "free some space"),
        errno.EDQUOT: ("the disk quota is used up", "free some space"),
        errno.EFBIG: ("a file may not get that large here", "raise the limit ('ulimit -f'), or choose another disk"),
        errno.EROFS: ("the disk is read-only", "choose a folder that can be written to"),
        errno.EACCES: ("permission to write was denied", "choose a folder that you may write to"),
        errno.EPERM: ("permission to write was denied", "choose a folder that you may write to"),
        errno.ENOTDIR: ("a part of this path is a file", "choose another folder"),
        errno.EEXIST: ("a file of this name is in the way", "choose another folder"),
        errno.EISDIR: ("a folder of this name is in the way", "choose another name"),
        errno.ENOENT: ("a part of this path is not there, and cannot be made", "choose another folder"),
        errno.ENAMETOOLONG: ("this path is too long", "choose a shorter one"),
        errno.ELOOP: ("the links on this path lead in a circle", "choose another folder"),
        errno.EIO: ("the disk reported an error", "check the disk"),
    }
    try:
        yield
    except OSError as error:
        if error.errno not in advice:
            raise
        found, do = advice[error.errno]
        thing = path if is_near(error.filename, path) else os.fsdecode(error.filename)
        raise StorageError(thing, found=found, expected="to write here", do=do) from error


def is_near(refused: Any, path: Path) -> bool:
    """Whether what the system refused is `path`, a folder above it or a file beside it; else it has a name to tell."""
    if not isinstance(refused, str | bytes | os.PathLike):
        return True
    one, other = (Path(os.path.abspath(os.fsdecode(name))) for name in (refused, path))  # noqa: PTH100 - no links
    return other.is_relative_to(one) or one.is_relative_to(other.parent)
