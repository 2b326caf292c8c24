"""Measurements on disk, one JSON object a line, so that an interrupted benchmark goes on where it stopped.

Owns the file and the fingerprint of what was measured: a line counts only for the code, the versions and the machine
that it was measured with, because a ratio of figures from different ones would mean nothing. What is worth measuring
is said elsewhere.
"""

from __future__ import annotations

import hashlib
import json
import os
import platform
import sys
from collections.abc import Iterable
from datetime import datetime
from importlib.metadata import version
from importlib.util import find_spec
from pathlib import Path
from typing import Any

HERE = Path(__file__).resolve().parent
DECIDE_THE_SPEED = ("jax", "jaxlib", "keras", "numpy")

Line = dict[str, Any]


def read(path: Path) -> list[Line]:
    """Every line of the file; one that was cut off while it was written is left out."""
    if not path.exists():
        return []
    lines = []
    for text in path.read_text(encoding="utf-8").splitlines():
        try:
            lines.append(json.loads(text))
        except json.JSONDecodeError:
            print(f"{path.name}: left out a line that was cut off", file=sys.stderr)
    return lines


def newest(lines: list[Line]) -> list[Line]:
    """The lines that belong with the last one: same code, same versions, same machine."""
    return [line for line in lines if line["version"] == lines[-1]["version"]]


def found(lines: Iterable[Line], **asked: Any) -> Line | None:
    """The measurement that has just these values, if it was made and did not fail."""
    return next((line for line in lines if "failed" not in line and all(line.get(k) == asked[k] for k in asked)), None)


class Journal:
    """The measurements of one version, those on disk and those that come."""

    def __init__(self, path: Path, of: str) -> None:
        self.path = path
        self.version = of
        self.lines = [line for line in read(path) if line["version"] == of]

    def add(self, line: Line) -> Line:
        line = {**line, "when": f"{datetime.now():%Y-%m-%d %H:%M}", "machine": machine(), "version": self.version}
        self.path.parent.mkdir(parents=True, exist_ok=True)
        cut_off = self.path.exists() and self.path.read_bytes()[-1:] not in (b"", b"\n")
        with self.path.open("a", encoding="utf-8") as file:
            file.write(("\n" if cut_off else "") + json.dumps(line, ensure_ascii=False) + "\n")
        self.lines.append(line)
        return line


def present_version() -> str:
    """A name for all that a measurement depends on: the engine and what it imports, the peers, versions, machine."""
    told = [machine(), platform.python_version(), *map(version, DECIDE_THE_SPEED)]
    package = Path((find_spec("tenfold").submodule_search_locations or [""])[0])
    # The engine imports nothing of Tenfold but the top modules (tests/test_layering.py), and the peers nothing but it.
    files = [*sorted(package.glob("*.py")), *sorted((package / "engine").rglob("*.py"))]
    files += sorted((HERE / "peers").glob("*.py"))
    files.append(HERE.parent / "requirements" / "peers.txt")
    hashed = hashlib.sha256("\n".join(told).encode())
    for file in files:
        hashed.update(file.read_bytes())
    return hashed.hexdigest()[:12]


def machine() -> str:
    """The processor's name, as far as the system tells, and its cores."""
    try:
        lines = Path("/proc/cpuinfo").read_text(encoding="utf-8", errors="replace").splitlines()
    except OSError:
        lines = []
    named = (line.partition(":")[2].strip() for line in lines if line.startswith("model name"))
    return f"{next(named, '') or platform.processor() or platform.machine()}, {os.cpu_count()} cores"
