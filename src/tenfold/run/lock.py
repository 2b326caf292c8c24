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
from tenfold.run.process import Process, this_process

BUSY = (errno.EACCES, errno.EAGAIN, errno.EDEADLK)
FAR = 2**30  # Windows locks bytes, and nobody may read a locked one: this one lies behind all that is written
TRIES = 20  # somebody who only looks whether the lock is held holds it for a moment


@contextmanager
def held(path: Path, name: str) -> Iterator[None]:
    """Hold the lock at `path` for the run called `name`, or say who does."""
    with storage_errors(path):
        file = path.open("a+b")
    with file:
        if not taken_over(file.fileno(), path):
            holder = words(path)
            raise RunError(
                f"run {name}",
                found=f"it is being trained right now by {holder or 'another process'}",
                expected="a run that nobody trains",
                do="wait until it is done, or stop that process",
            )
        with storage_errors(path):
            file.truncate(0)
            file.write(json.dumps(this_process().as_json()).encode())
            file.flush()
        try:
            yield
        finally:
            with suppress(OSError):
                file.truncate(0)
            unlock(file.fileno())


def is_held(path: Path, process: Process) -> bool:
    """Whether the lock at `path` is held; `process` is who is said to hold it."""
    try:
        descriptor = os.open(path, os.O_RDONLY)
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
