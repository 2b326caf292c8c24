"""`tenfold lab NAME`: a fresh copy of a sheet's notebook, and the program that opens it.

A copy is a person's own work from then on, so none is ever overwritten.
"""

from __future__ import annotations

import shlex
import shutil
import signal
import subprocess
import sys
from importlib.util import find_spec
from pathlib import Path

from tenfold.errors import UsageError, one_line
from tenfold.files import make_folder, write_text
from tenfold.labs.sheets import Sheet

INSTALL = "-m pip install notebook"  # said to this Python
OPEN = "-m jupyter notebook"
MODULES = {"notebook": "notebook", "jupyterlab": "lab"}  # the package, and what `python -m jupyter` calls it


def write_copy(sheet: Sheet, folder: Path) -> Path:
    """Write the sheet's notebook into `folder` and return where it is."""
    path = folder / f"{sheet.name}.ipynb"
    if path.exists():
        raise UsageError(
            path,
            found="it exists already, and may hold your work",
            expected="a free name",
            do=f"go on with it: jupyter notebook {shlex.quote(one_line(path))}; or write a fresh copy elsewhere: "
            f"tenfold lab {sheet.name} --to FOLDER",
        )
    make_folder(folder)
    write_text(path, sheet.notebook())
    return path


def opener(path: Path) -> list[str]:
    """The command that opens a notebook on this machine: Jupyter beside this Python, else Visual Studio Code; or none.

    Jupyter has to be of this Python, or the notebook would not find Tenfold.
    """
    for package, word in MODULES.items():
        if find_spec(package) is not None and find_spec("jupyter_core") is not None:
            return [sys.executable, "-m", "jupyter", word, str(path)]
    if find_spec("ipykernel") is not None and (code := shutil.which("code")):
        return [code, str(path)]
    return []


def open_copy(command: list[str]) -> int:
    """Run Jupyter until the person ends it; its exit code.

    Ctrl-C reaches Jupyter too, and is its business: it asks, and ends its kernels. Python would kill it half-way.
    """
    before = signal.signal(signal.SIGINT, lambda *_: None)  # a handler stays here; a signal ignored is inherited
    try:
        code = subprocess.run(command, check=False).returncode  # noqa: S603 - a fixed program and a path of our own
    finally:
        signal.signal(signal.SIGINT, before)
    return code if code >= 0 else 128 - code  # ended by a signal: the number that a shell gives it
