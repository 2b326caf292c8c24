"""Compiled programs kept on the disk, so that the next process need not compile them again.

JAX does the keeping (its persistent compilation cache). This module chooses the folder: one for each jaxlib and set of
processor features, because a program compiled for another machine could end the process instead of an exception. A
program that cannot be read is compiled again; a folder that cannot be written is done without.
"""

from __future__ import annotations

import hashlib
import os
import platform
import warnings
from functools import cache
from importlib.metadata import version
from pathlib import Path

import jax

from tenfold.places import programs_folder

WORTH_KEEPING = 0.1  # seconds of compiling


@cache
def keep_programs() -> None:
    """Have JAX keep what it compiles from now on, unless the user told it where or that it should not."""
    if jax.config.jax_compilation_cache_dir or not jax.config.jax_enable_compilation_cache:
        return
    folder = programs_folder() / machine()
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError:
        return
    if not os.access(folder, os.W_OK):
        return
    jax.config.update("jax_compilation_cache_dir", str(folder))
    jax.config.update("jax_persistent_cache_min_compile_time_secs", WORTH_KEEPING)
    jax.config.update("jax_persistent_cache_min_entry_size_bytes", -1)
    # A damaged entry is compiled again. JAX warns of it, in words that nobody who trains a model can use.
    warnings.filterwarnings("ignore", message="Error (reading|writing) persistent compilation cache entry")


def machine() -> str:
    """A name for everything that a compiled program depends on beside the program itself."""
    parts = [version("jax"), version("jaxlib"), platform.system(), platform.machine(), *processor_features()]
    return hashlib.sha256("\n".join(parts).encode()).hexdigest()[:16]


def processor_features() -> list[str]:
    """What this processor can do, as far as the system tells."""
    try:
        lines = Path("/proc/cpuinfo").read_text(encoding="utf-8", errors="replace").splitlines()
    except OSError:
        return [platform.processor()]
    wanted = ("flags", "features", "model name", "cpu part")
    return sorted({line for line in lines if line.lower().startswith(wanted)})
