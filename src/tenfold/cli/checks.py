"""The checks of `tenfold doctor`, each a function that looks at one thing and never fails.

What cannot work is a "problem" and says what to do; what works but could be better is a "note". Keras and JAX are woken
in a process of their own, for a broken build may end the process that imports it.
"""

from __future__ import annotations

import importlib.metadata
import json
import os
import platform
import shutil
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from tenfold import __version__
from tenfold.errors import one_line
from tenfold.processor import usable_cores

ENOUGH_DISK = 1 << 30  # bytes: a comfortable number of runs with their checkpoints

WAKE_KERAS = """
import json
from tenfold.backend import keras
import jax
devices = jax.devices()
print(json.dumps({
    "keras": keras.__version__, "jax": jax.__version__, "backend": keras.backend.backend(),
    "device": devices[0].platform, "devices": [str(device.device_kind) for device in devices],
}))
"""


@dataclass(frozen=True)
class Check:
    subject: str
    found: str
    state: str = "fine"  # or "note", or "problem"
    do: str = ""
    facts: dict[str, Any] = field(default_factory=dict)  # the same for programs

    def as_json(self) -> dict[str, Any]:
        return asdict(self)


def all_checks(runs: Path, data_dir: Path | None) -> list[Check]:
    """Every check, in the order in which one thing needs the other."""
    checks: list[tuple[str, Callable[[], list[Check]]]] = [
        ("Tenfold", lambda: [check_tenfold()]),
        ("packages", lambda: [check_packages()]),
        ("Keras", check_keras),
        ("machine", check_machine),
        ("settings", lambda: [check_settings()]),
        ("runs", lambda: [check_runs(runs)]),
        ("caches", check_caches),
        ("data", lambda: list(check_data(data_dir))),
    ]
    found: list[Check] = []
    for subject, check in checks:
        try:
            found += check()
        except Exception as error:  # a check that breaks is something the doctor has found
            words = one_line(f"{type(error).__name__}: {error}")
            advice = "solve what stands above; if nothing does, report this line"
            found.append(Check(subject, f"could not be examined: {words}", "problem", advice))
    return found


def check_tenfold() -> Check:
    version, system = platform.python_version(), platform.platform(terse=True)
    facts = {"tenfold": __version__, "python": version, "executable": sys.executable, "system": system}
    return Check("Tenfold", f"{__version__}, Python {version} on {system}, {platform.machine()}", facts=facts)


def check_packages() -> Check:
    """Whether every package that Tenfold needs is there in a version that it works with."""
    try:
        needed = importlib.metadata.requires("tenfold") or []
    except importlib.metadata.PackageNotFoundError:
        return Check(
            "packages",
            "Tenfold itself is not installed, it runs from its source",
            "note",
            "type 'make train', or 'pip install -e .' in the checkout",
        )
    from packaging.requirements import Requirement

    versions: dict[str, str | None] = {}
    wrong = []
    for requirement in map(Requirement, needed):
        if requirement.marker and not requirement.marker.evaluate():
            continue
        try:
            versions[requirement.name] = importlib.metadata.version(requirement.name)
        except importlib.metadata.PackageNotFoundError:
            versions[requirement.name] = None
        version = versions[requirement.name]
        if version is None or not requirement.specifier.contains(version, prereleases=True):
            wrong.append(str(requirement))
    shown = ", ".join(f"{name} {version or 'MISSING'}" for name, version in versions.items())
    facts = {"packages": versions}
    if wrong:
        advice = "type: pip install " + " ".join(f'"{requirement}"' for requirement in wrong)
        return Check("packages", shown, "problem", advice, facts)
    return Check("packages", shown, facts=facts)


def check_keras() -> list[Check]:
    """Whether Keras wakes up on JAX, and what it computes on."""
    try:
        asked = subprocess.run(  # noqa: S603  this very Python, with a text of ours
            [sys.executable, "-c", WAKE_KERAS], capture_output=True, text=True, timeout=180, check=False
        )
    except subprocess.TimeoutExpired:
        return [Check("Keras", "it did not wake up within three minutes", "problem", "try again; is the disk slow?")]
    if asked.returncode < 0:
        name = signal.Signals(-asked.returncode).name
        advice = (
            "the installed jaxlib does not fit this machine's processor; type: pip install --force-reinstall jaxlib"
        )
        return [Check("Keras", f"the process that imports it was ended by {name}", "problem", advice)]
    if asked.returncode:
        last = one_line((asked.stderr.strip().splitlines() or ["without a message"])[-1])
        return [Check("Keras", f"cannot be imported: {last}", "problem", "type: pip install --force-reinstall tenfold")]
    facts = json.loads(asked.stdout.strip().splitlines()[-1])
    woken = Check("Keras", f"{facts['keras']} works, on JAX {facts['jax']}", facts=facts)
    return [woken, check_device(facts)]


def check_device(facts: dict[str, Any]) -> Check:
    kinds = facts["devices"]
    shown = f"{facts['device']}, {len(kinds)} × {kinds[0]}" if len(kinds) > 1 else f"{facts['device']} ({kinds[0]})"
    known = {"device": facts["device"], "devices": kinds}
    if facts["device"] == "cpu" and shutil.which("nvidia-smi"):
        advice = 'there is an NVIDIA GPU here that JAX does not use; type: pip install -U "jax[cuda12]"'
        return Check("device", shown, "note", advice, known)
    return Check("device", shown, facts=known)


def check_machine() -> list[Check]:
    from tenfold.run import environment

    cores, usable, memory = os.cpu_count() or 1, usable_cores(), environment.memory_bytes()
    shown = f"{environment.processor()}" + (f", {in_bytes(memory)} of memory" if memory else "")
    machine = Check("machine", one_line(shown), facts={"processor": environment.processor(), "memory_bytes": memory})
    facts = {"cores": cores, "threads": usable}
    if usable < cores:
        advice = "this process is held to fewer cores than the machine has"
        return [machine, Check("threads", f"{usable} of the {cores} cores", "note", advice, facts)]
    return [machine, Check("threads", f"{usable}, one for each core", facts=facts)]


def check_settings() -> Check:
    """The environment variables that change what Tenfold does."""
    names = ("KERAS_HOME", "JAX_PLATFORMS", "XLA_FLAGS", "OMP_NUM_THREADS")
    values = {name: value for name, value in os.environ.items() if name.startswith("TENFOLD_") or name in names}
    shown = one_line(", ".join(f"{name}={value}" for name, value in sorted(values.items())))
    return Check("settings", shown or "no environment variable changes what Tenfold does", facts={"settings": values})


def check_runs(runs: Path) -> Check:
    """Whether runs can be written, and how much room there is for them."""
    here = nearest_folder(runs)
    free = shutil.disk_usage(here).free
    kept = len(list(runs.iterdir())) if runs.is_dir() else 0
    shown = f"{one_line(runs.absolute())}: {kept} there, {in_bytes(free)} free"
    facts = {"folder": str(runs.absolute()), "runs": kept, "free_bytes": free}
    if runs.exists() and not runs.is_dir():
        return Check("runs", shown, "problem", "this is a file; name a folder with --runs", facts)
    if not os.access(here, os.W_OK):
        return Check("runs", shown, "problem", "you may not write there; name another folder with --runs", facts)
    if free < ENOUGH_DISK:
        return Check("runs", shown, "note", "the disk is nearly full; a run needs 10 to 100 MB", facts)
    return Check("runs", shown, facts=facts)


def check_caches() -> list[Check]:
    from tenfold import places

    named = {"cache": places.cache_folder(), "Keras' cache": places.keras_folder()}
    return [check_cache(name, folder) for name, folder in named.items()]


def check_cache(name: str, folder: Path) -> Check:
    if not folder.exists():
        return Check(name, f"{one_line(folder)}: not there yet", facts={"folder": str(folder), "bytes": 0})
    size = sum(path.stat().st_size for path in folder.rglob("*") if path.is_file() and not path.is_symlink())
    shown = f"{one_line(folder)}: {in_bytes(size)}"
    facts = {"folder": str(folder), "bytes": size}
    if name == "cache" and not os.access(folder, os.W_OK):
        return Check(name, shown, "note", "you may not write there; set TENFOLD_CACHE to another folder", facts)
    return Check(name, shown, facts=facts)


def check_data(data_dir: Path | None) -> Iterator[Check]:
    """Where each named dataset is, or how to get it."""
    from tenfold.images.load import available

    for known in available(data_dir):
        facts = {"name": known.name, "found": str(known.where) if known.where else None}
        if known.where:
            yield Check(f"data {known.name}", one_line(known.where), facts=facts)
        else:
            advice = f"to download it, type: tenfold data fetch {known.name}"
            yield Check(f"data {known.name}", "not on this machine", "note", advice, facts)


def nearest_folder(path: Path) -> Path:
    """`path` itself or the nearest folder above it that exists."""
    path = path.absolute()
    return next(folder for folder in (path, *path.parents) if folder.is_dir())


def in_bytes(count: int) -> str:
    """A number of bytes as people say it: "3.4 GB"."""
    size = float(count)
    for unit in ("bytes", "kB", "MB", "GB"):
        if size < 1000:
            return f"{size:.0f} {unit}" if unit in ("bytes", "kB") else f"{size:.1f} {unit}"
        size /= 1000
    return f"{size:.1f} TB"
