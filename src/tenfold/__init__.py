"""Tenfold: a workbench for image classifiers built with Keras.

    import tenfold

    data = tenfold.load("digits")                  # pictures and labels, checked
    run = tenfold.train("first", data, epochs=5)   # a directory that holds everything
    print(run.evaluation)                          # how good, and how sure

This file owns the list of public names: each is imported from the module that defines it when it is first used, so
that `import tenfold` costs nothing. Only what Keras reads once, when it is first imported, cannot wait that long.
"""

from __future__ import annotations

import os
import sys
from importlib import import_module
from typing import TYPE_CHECKING

from tenfold.postponed import postpone_when_keras_comes
from tenfold.whole_imports import import_in_one_piece

if TYPE_CHECKING:
    from tenfold.engine.fit import fit
    from tenfold.errors import TenfoldError
    from tenfold.evaluation.evaluation import Evaluation
    from tenfold.evaluation.finding import Finding
    from tenfold.evaluation.predictions import Predictions
    from tenfold.images.audit import audit
    from tenfold.images.dataset import Dataset
    from tenfold.images.load import load
    from tenfold.recipe.recipe import Recipe
    from tenfold.report.report import Report
    from tenfold.run.compare import compare
    from tenfold.run.evaluate import evaluate
    from tenfold.run.find import list_runs
    from tenfold.run.resume import resume
    from tenfold.run.run import Run
    from tenfold.run.train import train
    from tenfold.serve.export import export

if "keras" not in sys.modules:  # Keras reads it once; `backend.py` says what to do where it was imported before
    os.environ["KERAS_BACKEND"] = "jax"
    postpone_when_keras_comes()
    import_in_one_piece()

__version__ = "0.1.0"

HOMES = {
    "Dataset": "tenfold.images.dataset",
    "Evaluation": "tenfold.evaluation.evaluation",
    "Finding": "tenfold.evaluation.finding",
    "Predictions": "tenfold.evaluation.predictions",
    "Recipe": "tenfold.recipe.recipe",
    "Report": "tenfold.report.report",
    "Run": "tenfold.run.run",
    "TenfoldError": "tenfold.errors",
    "audit": "tenfold.images.audit",
    "compare": "tenfold.run.compare",
    "evaluate": "tenfold.run.evaluate",
    "export": "tenfold.serve.export",
    "fit": "tenfold.engine.fit",
    "list_runs": "tenfold.run.find",
    "load": "tenfold.images.load",
    "resume": "tenfold.run.resume",
    "train": "tenfold.run.train",
}

__all__ = [
    "Dataset",
    "Evaluation",
    "Finding",
    "Predictions",
    "Recipe",
    "Report",
    "Run",
    "TenfoldError",
    "audit",
    "compare",
    "evaluate",
    "export",
    "fit",
    "list_runs",
    "load",
    "resume",
    "train",
]


def __getattr__(name: str) -> object:
    if name not in HOMES:
        raise AttributeError(f"module 'tenfold' has no attribute {name!r}")
    value = getattr(import_module(HOMES[name]), name)
    globals()[name] = value  # the next use finds it without coming here
    return value


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
