"""`environment.json`: what a run was made with, for whoever wants to make it again or to know why it came out so.

Versions, machine, threads, seed, the recipe's digest and the network's size, and the data (`sources.py` writes that
part). The run reads it back for one purpose: to say, when it is resumed, that something is not as it was.
"""

from __future__ import annotations

import importlib.metadata
import os
import platform
import sys
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path
from typing import Any

from tenfold import __version__
from tenfold.processor import usable_cores

PACKAGES = ("keras", "jax", "jaxlib", "numpy", "scikit-learn", "pillow")
SETTINGS = (
    *("XLA_FLAGS", "JAX_PLATFORMS", "JAX_DEFAULT_MATMUL_PRECISION", "JAX_ENABLE_X64"),
    *("OMP_NUM_THREADS", "TENFOLD_LOWERING"),
)
SAME_BITS_NEED = ("versions", "processor", "threads", "devices", "devices_used", "settings", "system")


def environment() -> dict[str, Any]:
    """What this process runs on."""
    import jax

    return {
        "versions": {"tenfold": __version__, "python": platform.python_version(), **installed()},
        "system": f"{platform.system()} {platform.machine()}",
        "processor": processor(),
        "cores": os.cpu_count() or 1,
        "threads": usable_cores(),
        "memory": memory_bytes(),
        "devices": [f"{device.platform}: {device.device_kind}" for device in jax.devices()],
        "settings": {name: os.environ[name] for name in SETTINGS if os.environ.get(name)},
        "host": platform.node(),
        "command": list(sys.argv),
    }


def devices_used(about: Mapping[str, Any]) -> int:
    """How many devices shared every batch, as `environment.json` says; one, where it says nothing that makes sense."""
    number = about.get("devices_used")
    return number if type(number) is int and number > 0 else 1


def differences(before: Mapping[str, Any], now: Mapping[str, Any]) -> list[str]:
    """What is not as it was, of those things on which the last bits of a result depend, in words."""
    words = []
    for name in SAME_BITS_NEED:
        old, new = before.get(name), now.get(name)
        if isinstance(old, dict) and isinstance(new, dict):
            words += [f"{k} was {old.get(k)}, is {new.get(k)}" for k in {**old, **new} if old.get(k) != new.get(k)]
        elif old != new:
            words.append(f"{name}: was {old}, is {new}")
    return words


def installed() -> dict[str, str]:
    versions = {}
    for package in PACKAGES:
        with suppress(importlib.metadata.PackageNotFoundError):
            versions[package] = importlib.metadata.version(package)
    return versions


def processor() -> str:
    """The processor's name, as people know it."""
    with suppress(OSError):
        for line in Path("/proc/cpuinfo").read_text(encoding="utf-8", errors="replace").splitlines():
            if line.startswith(("model name", "Model")):
                return line.partition(":")[2].strip()
    return platform.processor() or platform.machine()


def memory_bytes() -> int | None:
    """The machine's memory, where it can be asked without another package."""
    ask = getattr(os, "sysconf", None)  # not on Windows
    try:
        return int(ask("SC_PAGE_SIZE") * ask("SC_PHYS_PAGES")) if ask else None
    except (ValueError, OSError):
        return None
