"""The installed command in a process of its own: no network, an empty home and folder, no settings."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

UNPLUGGED = Path(__file__).parent / "unplugged"
COMMAND = Path(sys.executable).with_name("tenfold.exe" if os.name == "nt" else "tenfold")
KEPT = ("PATH", "SYSTEMROOT", "TEMP", "TMP", "TMPDIR")


@dataclass(frozen=True)
class Machine:
    """A person's machine: a folder to work in and a home, both empty at first."""

    here: Path
    home: Path

    def start(self, *words: object, **options: Any) -> subprocess.Popen[str]:
        """Start `tenfold` with these words."""
        kept = {name: os.environ[name] for name in KEPT if name in os.environ}
        environment = {**kept, "HOME": str(self.home), "USERPROFILE": str(self.home), "PYTHONPATH": str(UNPLUGGED)}
        return subprocess.Popen(
            [COMMAND, *map(str, words)],
            cwd=self.here,
            env=environment,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            encoding="utf-8",
            **options,
        )

    def tenfold(self, *words: object) -> subprocess.CompletedProcess[str]:
        """Run `tenfold` to its end."""
        process = self.start(*words)
        out, err = process.communicate(timeout=240)
        return subprocess.CompletedProcess(process.args, process.returncode, out, err)

    def told(self, *words: object) -> dict[str, Any]:
        """The one JSON object that a command prints on stdout."""
        ran = self.tenfold(*words, "--json")
        assert ran.returncode == 0, ran.stderr
        answer = json.loads(ran.stdout)
        assert isinstance(answer, dict)
        return answer


@pytest.fixture(scope="module")
def machine(tmp_path_factory: pytest.TempPathFactory) -> Machine:
    return Machine(tmp_path_factory.mktemp("here"), tmp_path_factory.mktemp("home"))
