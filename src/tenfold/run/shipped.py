"""The model that ships with Tenfold: a small network that reads digits, so that `predict` works before any training.

It is a run like any other, made by `tenfold train` and packed by benchmarks/reader.py: `reader/` beside this file holds
its recipe, network, result and model card. Its network is read through the same checks as a stranger's.
"""

from __future__ import annotations

from pathlib import Path

from tenfold.run.directory import Directory
from tenfold.run.run import Run

NAME = "reader"
FOLDER = Path(__file__).parent / NAME


def reader() -> Run:
    return Run(FOLDER)


def is_meant(runs: Path, what: str) -> bool:
    """Whether this one should answer: it is named and no run of the user's has that name, or there is no run at all."""
    from tenfold.run.find import LAST, directories

    if what == NAME:
        return not (Directory(runs / NAME).exists() or Directory(Path(NAME)).exists())
    return what == LAST and not directories(runs)
