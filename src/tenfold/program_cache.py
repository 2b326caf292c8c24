"""Compiled programs kept on the disk, so that the next process need not compile them again.

JAX asks here for every program before it compiles it, and brings every one that it has compiled: also the dozens of
tiny ones that draw a network's first weights, which together cost more than the one that trains. This module owns where
they lie, that one which is not as it was written is never used, and that they do not fill the disk. Whatever goes wrong
here, a program is compiled again and nothing else happens.

There is a folder for each jaxlib build, set of processor features and number of cores, because a program compiled for
another machine could end the process instead of raising an exception, and XLA divides its loops by the cores it finds.
"""

from __future__ import annotations

import hashlib
import os
import platform
import secrets
import time
import warnings
from contextlib import suppress
from pathlib import Path
from typing import Any

import jax
import jaxlib.version

from tenfold.files import PARTIAL
from tenfold.places import programs_folder
from tenfold.processor import usable_cores

MOST_BYTES = 1 << 30  # of programs in one folder; those that were not used for longest go first
FORMAT = "1"  # how an entry is laid out
DIGEST_BYTES = 32
NAMES = {"_cache", "_cache_initialized"}  # of JAX's own module, by which it takes a cache that is not a folder
LEFT_BEHIND = 3600  # seconds after which an entry that is still not whole belongs to a process that was killed


class KeptPrograms:
    """A folder of programs, with the two methods that JAX wants of a cache."""

    def __init__(self, folder: Path) -> None:
        self._path = folder
        self._bytes: int | None = None  # in the folder; counted before the first program is added to it

    def get(self, key: str) -> bytes | None:
        """The program of this key, if it is there and is what was put."""
        path = self._path / key
        try:
            entry = path.read_bytes()
            if digest_of(key, entry[DIGEST_BYTES:]) == entry[:DIGEST_BYTES]:
                os.utime(path)  # used just now
                return entry[DIGEST_BYTES:]
            path.unlink()
        except OSError:
            pass
        return None

    def put(self, key: str, program: bytes) -> None:
        """Keep a program; on a disk that cannot be written it is not kept, and no word is lost about it."""
        beside = self._path / f".{secrets.token_hex(8)}{PARTIAL}"
        try:
            self._path.mkdir(parents=True, exist_ok=True)
            # Not flushed to the disk: should the power fail, the digest tells.
            beside.write_bytes(digest_of(key, program) + program)
            os.replace(beside, self._path / key)  # noqa: PTH105 - whole or not at all, also for who reads it now
            self._make_room(len(program) + DIGEST_BYTES)
        except OSError:
            with suppress(OSError):
                beside.unlink(missing_ok=True)

    def _make_room(self, added: int) -> None:
        """Remove what was not used for longest, once there is too much."""
        if self._bytes is not None:
            self._bytes += added
            if self._bytes <= MOST_BYTES:
                return
        entries = []
        for path in self._path.iterdir():
            with suppress(OSError):  # another process has removed it
                known = path.stat()
                if path.suffix == PARTIAL and known.st_mtime < time.time() - LEFT_BEHIND:
                    path.unlink()
                elif path.is_file():
                    entries.append((known.st_mtime, known.st_size, path))
        self._bytes = sum(size for _, size, _ in entries)
        if self._bytes <= MOST_BYTES:
            return
        for _, size, path in sorted(entries):
            with suppress(OSError):
                path.unlink()
            self._bytes -= size
            if self._bytes <= MOST_BYTES // 2:  # room for a while
                return


def keep_programs() -> None:
    """Have JAX keep what it compiles from now on, unless the user told it where or that it should not."""
    if jax.config.jax_compilation_cache_dir or not jax.config.jax_enable_compilation_cache:
        return
    compilation_cache = cache_of_jax()
    if compilation_cache is None:
        return
    # A cache that JAX makes by itself neither repairs a damaged entry nor sees every kind of damage, and grows forever.
    compilation_cache._cache = KeptPrograms(programs_folder() / machine())
    compilation_cache._cache_initialized = True
    jax.config.update("jax_persistent_cache_min_compile_time_secs", 0.0)
    # A program that XLA will not take back is compiled again. JAX warns of it, in words that nobody can use.
    warnings.filterwarnings("ignore", message="Error reading persistent compilation cache entry")


def cache_of_jax() -> Any:
    """The module in which JAX keeps its cache; None where another JAX has it elsewhere, and nothing is kept."""
    try:
        from jax._src import compilation_cache
    except ImportError:
        return None
    return compilation_cache if vars(compilation_cache).keys() >= NAMES else None


def machine() -> str:
    """A name for everything that a compiled program depends on beside the program itself."""
    build = [jax.__version__, jaxlib.version.__version__, str(getattr(jaxlib.version, "_git_hash", ""))]
    parts = [FORMAT, *build, platform.system(), platform.machine(), f"cores: {usable_cores()}", *processor_features()]
    return hashlib.sha256("\n".join(parts).encode()).hexdigest()[:16]


def processor_features() -> list[str]:
    """What this processor can do, as far as the system tells."""
    try:
        lines = Path("/proc/cpuinfo").read_text(encoding="utf-8", errors="replace").splitlines()
    except OSError:
        return [platform.processor()]
    wanted = ("flags", "features", "model name", "cpu part")
    return sorted({line for line in lines if line.lower().startswith(wanted)})


def digest_of(key: str, program: bytes) -> bytes:
    return hashlib.sha256(key.encode() + b"\0" + program).digest()
