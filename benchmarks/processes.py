"""One measurement is one process: where it runs, how long it took until it had its answer, and what it answered.

The peers live in an environment of their own, `.venv-peers`, made on first use. A process that fails is an answer
too: one broken peer must not end an hour's benchmark.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

HERE = Path(__file__).resolve().parent
PEERS_ENVIRONMENT = HERE.parent / ".venv-peers"
REQUIREMENTS = HERE.parent / "requirements" / "peers.txt"


def python_of(environment: Path) -> Path:
    """The interpreter of a virtual environment: Windows has another folder for it."""
    return environment / "Scripts" / "python.exe" if os.name == "nt" else environment / "bin" / "python"


def make_environment(environment: Path = PEERS_ENVIRONMENT) -> None:
    """Set the peers up, once for each content of requirements/peers.txt."""
    wanted = REQUIREMENTS.read_text(encoding="utf-8")
    installed = environment / "installed.txt"
    if installed.exists() and installed.read_text(encoding="utf-8") == wanted:
        return
    print(f"Setting up the peers in {environment.name}/, once: TensorFlow and PyTorch are large.", file=sys.stderr)
    if not python_of(environment).exists():
        subprocess.run([sys.executable, "-m", "venv", environment], check=True)
    pip = [python_of(environment), "-m", "pip", "install", "--disable-pip-version-check", "-q", "-r", REQUIREMENTS]
    subprocess.run(pip, check=True)
    installed.write_text(wanted, encoding="utf-8")


def answer(
    script: str, arguments: list[str], environment: Path | None = None, **variables: str | None
) -> dict[str, Any]:
    """What a script of peers/ prints (one JSON object), and `whole`: the seconds from its start until it did.

    It runs in the given virtual environment, by default in this one; a variable that is None is taken away. A script
    that fails answers `failed`, with the last thing it said.
    """
    python = python_of(environment) if environment else Path(sys.executable)
    surroundings = {**os.environ, "TF_CPP_MIN_LOG_LEVEL": "3", **variables}
    surroundings = {name: value for name, value in surroundings.items() if value is not None}
    said: dict[str, Any] = {}
    began = time.perf_counter()
    with tempfile.TemporaryFile("w+", encoding="utf-8", errors="replace") as complaints:
        child = subprocess.Popen(
            [python, HERE / "peers" / script, *arguments],
            env=surroundings,
            stdout=subprocess.PIPE,
            stderr=complaints,
            text=True,
        )
        try:
            for line in child.stdout or ():
                if line.startswith("{"):  # TensorFlow and Keras may print something before it
                    said = {**json.loads(line), "whole": round(time.perf_counter() - began, 3)}
        except BaseException:
            child.kill()
            raise
        finally:
            child.wait()
        if child.returncode or not said:
            complaints.seek(0)
            last = [line.strip() for line in complaints if line.strip()][-1:] or [f"exit code {child.returncode}"]
            return {"failed": last[0][:300]}
    return said
