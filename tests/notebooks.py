"""Running a notebook from top to bottom, and reading what it printed.

It runs in a process of its own: the tests' "warnings are errors" would stop Jupyter's client half-way.
"""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import nbformat

DRIVER = """
import sys, nbclient, nbformat
notebook = nbformat.read(sys.argv[1], as_version=4)
nbclient.NotebookClient(notebook, timeout=900, kernel_name="python3").execute()
nbformat.write(notebook, sys.argv[1])
"""


def executed(notebook: Path, **surroundings: str) -> Any:
    """The notebook with its outputs, which are written into it; a cell that fails fails the test."""
    words = [sys.executable, "-c", DRIVER, str(notebook)]
    surroundings = {**os.environ, "PYDEVD_DISABLE_FILE_VALIDATION": "1", **surroundings}
    done = subprocess.run(words, capture_output=True, text=True, cwd=notebook.parent, env=surroundings)
    assert done.returncode == 0, done.stderr[-4000:]
    return nbformat.read(notebook, as_version=4)


def outputs(notebook: Any) -> str:
    """Everything that the cells printed or showed as text."""
    shown = (output for cell in notebook.cells for output in cell.get("outputs", []))
    return "\n".join(each.get("text", "") or each.get("data", {}).get("text/plain", "") for each in shown)
