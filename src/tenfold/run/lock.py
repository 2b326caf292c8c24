"""Who trains a run at this moment: one process, or nobody.

The lock is the operating system's own on the file `state/lock`: it goes away with the process that holds it, however
that ends, so it cannot be left behind. The file says in words who holds it. Where the system or the file system has no
such locks, the words decide: a lock counts while its process runs on this machine (`process.py`).
"""

from __future__ import annotations

import errno
import json
import os
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from tenfold.errors import RunError
from tenfold.files import storage_errors
from tenfold.run.process import Process, this_host, this_process

BUSY = (errno.EACCES, errno.EAGAIN, errno.EDEADLK)
FAR = 2**30  # Windows locks bytes, and nobody may read a locked one: this one lies behind all that is written
TRIES = 20  # somebody who only looks whether the lock is held holds it for a moment


# A run may have come from a stranger: nothing is written through a link, and a pipe is not waited for.
CAREFULLY = getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_CLOEXEC", 0)


@contextmanager
def held(path: Path, name: str) -> Iterator[None]:
    """Hold the lock at `path` for the run called `name`, or say who does."""
    if path.is_symlink() or path.parent.is_symlink():
        raise RunError(path, found="a link to another place", expected="a file of the run's own", do="delete the link")
    with storage_errors(path):
        descriptor = os.open(path, os.O_RDWR | os.O_CREAT | CAREFULLY, 0o644)
    try:
        if not taken_over(descriptor, path):
            raise busy(path, name)
        with storage_errors(path):
            write_over(descriptor, json.dumps(this_process().as_json()).encode())
        try:
            yield
        finally:
            with suppress(OSError):
                write_over(descriptor, b"")
            unlock(descriptor)
    finally:
        os.close(descriptor)


def is_held(path: Path, process: Process) -> bool:
    """Whether the lock at `path` is held; `process` is who is said to hold it."""
    try:
        descriptor = os.open(path, os.O_RDONLY | CAREFULLY)
    except FileNotFoundError:
        return False  # whoever trains has made one first
    except OSError:
        return process.is_alive()  # it may not be looked at
    try:
        free = try_lock(descriptor, shared=True)
        if free:
            unlock(descriptor)
        return process.is_alive() if free is None else not free
    finally:
        os.close(descriptor)


def busy(path: Path, name: str) -> RunError:
    holder = words(path)
    gone = f", or delete {path} if that process is gone" if holder and holder.host != this_host() else ""
    return RunError(
        f"run {name}",
        found=f"it is being trained right now by {holder or 'another process'}",
        expected="a run that nobody trains",
        do=f"wait until it is done, or stop that process{gone}",
    )


def write_over(descriptor: int, data: bytes) -> None:
    os.lseek(descriptor, 0, os.SEEK_SET)
    os.ftruncate(descriptor, 0)
    os.write(descriptor, data)


def taken_over(descriptor: int, path: Path) -> bool:
    """Take the lock, if it is free; where there are no locks, if whoever is written in it is gone."""
    for _ in range(TRIES):
        free = try_lock(descriptor, shared=False)
        if free is None:
            holder = words(path)
            return holder is None or not holder.is_alive()
        if free:
            return True
        time.sleep(0.01)
    return False


def words(path: Path) -> Process | None:
    """Who has written himself into the lock."""
    try:
        return Process.from_json(json.loads(path.read_bytes()[:10_000]))
    except (OSError, ValueError):
        return None


if sys.platform == "win32":
    import msvcrt

    def try_lock(descriptor: int, shared: bool) -> bool | None:  # noqa: ARG001 - Windows knows one kind
        """True: taken. False: somebody has it. None: there are no locks here."""
        os.lseek(descriptor, FAR, os.SEEK_SET)
        try:
            msvcrt.locking(descriptor, msvcrt.LK_NBLCK, 1)
        except OSError as error:
            return False if error.errno in BUSY else None
        return True

    def unlock(descriptor: int) -> None:
        os.lseek(descriptor, FAR, os.SEEK_SET)
        with suppress(OSError):
            msvcrt.locking(descriptor, msvcrt.LK_UNLCK, 1)

else:
    import fcntl

    def try_lock(descriptor: int, shared: bool) -> bool | None:
        """True: taken. False: somebody has it. None: there are no locks here."""
        try:
            fcntl.flock(descriptor, (fcntl.LOCK_SH if shared else fcntl.LOCK_EX) | fcntl.LOCK_NB)
        except OSError as error:
            return False if error.errno in BUSY else None
        return True

    def unlock(descriptor: int) -> None:
        with suppress(OSError):
            fcntl.flock(descriptor, fcntl.LOCK_UN)
