"""Running an exported program where Tenfold cannot be imported, and looking at what it made."""

from __future__ import annotations

import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

import numpy as np

DRIVER = """
import runpy, sys
sys.modules["tenfold"] = None  # any import of it fails
made = runpy.run_path(sys.argv[1], run_name="__main__")
import numpy
weights = {f"{n:03d}": v for n, v in enumerate(made["model"].get_weights())}
numpy.savez(sys.argv[2], answers=made["answers"], losses=made["history"]["loss"], **weights)
"""


@dataclass(frozen=True)
class Outcome:
    """What a program printed, what it answered for the pictures it scored, and what it ended with."""

    printed: str
    answers: np.ndarray
    losses: np.ndarray  # one for each epoch
    weights: list[np.ndarray]


def run_program(script: Path) -> Outcome:
    made = script.with_suffix(".made.npz")
    words = [sys.executable, "-c", DRIVER, str(script), str(made)]
    done = subprocess.run(words, capture_output=True, text=True, cwd=script.parent, timeout=600)
    assert done.returncode == 0, done.stderr
    with np.load(made) as arrays:
        names = sorted(set(arrays.files) - {"answers", "losses"})
        return Outcome(done.stdout, arrays["answers"], arrays["losses"], [arrays[name] for name in names])
