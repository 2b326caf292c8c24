"""Keras on JAX: the one place that decides which backend Keras wakes up with.

Keras reads its backend once, when it is first imported. Every module of Tenfold that needs Keras imports it from here
(`from tenfold.backend import keras`), and only inside the folders that do heavy work, so that `tenfold --help` never
pays for it.

Keras' scikit-learn wrappers would import scikit-learn along with Keras, which takes a quarter of the whole time. They
are put off until somebody asks for one.
"""

from __future__ import annotations

import os
import sys
from importlib import import_module
from types import ModuleType
from typing import Any

from tenfold.errors import BackendError

WRAPPERS = "keras.wrappers"


class Postponed(ModuleType):
    """Stands where a module will be, and imports it when one of its names is first needed."""

    def __getattr__(self, name: str) -> Any:
        if name.startswith("__"):  # the import system asks for these; nobody else does
            raise AttributeError(name)
        if sys.modules.get(self.__name__) is self:
            del sys.modules[self.__name__]
        return getattr(import_module(self.__name__), name)

    def __dir__(self) -> list[str]:
        return dir(import_module(self.__name__)) if sys.modules.get(self.__name__) is not self else []


if "keras" not in sys.modules:
    os.environ["KERAS_BACKEND"] = "jax"
    sys.modules[WRAPPERS] = Postponed(WRAPPERS)

import keras  # noqa: E402

if keras.backend.backend() != "jax":
    raise BackendError(
        "Keras",
        found=f"it was imported with the backend {keras.backend.backend()!r}",
        expected="the backend 'jax'",
        do='import tenfold before keras, or set KERAS_BACKEND to "jax"',
    )

__all__ = ["keras"]
