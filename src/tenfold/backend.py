"""Keras on JAX: the one place that decides which backend Keras wakes up with, and that makes it wake up quickly.

Keras reads its backend once, when it is first imported. Every module of Tenfold that needs Keras imports it from here
(`from tenfold.backend import keras`), and only inside the folders that do heavy work, so that `tenfold --help` never
pays for it.

Some modules that Keras and JAX import along with themselves are wanted by hardly anybody and take two fifths of the
time: they are put off until somebody asks for a name in them. Whoever imports Keras before Tenfold gets them at once.
"""

from __future__ import annotations

import gc
import os
import sys
from collections.abc import Iterator
from importlib import import_module
from types import ModuleType
from typing import Any

from tenfold.errors import BackendError

DRAWING = "keras.src.visualization"
SPLASH = "jax.experimental.pallas.ops.tpu.splash_attention"
POSTPONED = (
    "keras.wrappers",  # needs scikit-learn
    "keras.visualization",
    f"{DRAWING}.draw_bounding_boxes",  # takes OpenCV, where it is installed
    f"{DRAWING}.plot_image_gallery",  # takes all of Matplotlib, where it is installed
    "jax.experimental.sparse.linalg",  # needs SciPy's sparse solvers
    SPLASH,  # attention for TPUs, which needs all of Pallas
    f"{SPLASH}.splash_attention_kernel",
    f"{SPLASH}.splash_attention_mask",
)


class Postponed(ModuleType):
    """Stands where a module will be, and imports it when one of its names is first needed."""

    def __getattr__(self, name: str) -> Any:
        if name.startswith("__"):  # the import system asks for these; nobody else does
            raise AttributeError(name)
        return getattr(self.imported(), name)

    def __dir__(self) -> list[str]:
        return dir(self.imported())

    @property
    def __path__(self) -> PostponedPath:  # type: ignore[override]
        return PostponedPath(self)

    def imported(self) -> ModuleType:
        """The module itself, in the place of this, of the packages above it and of the modules in it."""
        own = self.__name__
        for name in POSTPONED:
            related = f"{own}.".startswith(f"{name}.") or name.startswith(f"{own}.")
            if related and isinstance(sys.modules.get(name), Postponed):
                sys.modules.pop(name, None)
        return import_module(own)


class PostponedPath:
    """Where the modules of a postponed package are: asked for when one of them is imported that was not postponed."""

    def __init__(self, package: Postponed) -> None:
        self.package = package

    def __iter__(self) -> Iterator[str]:
        return iter(getattr(self.package.imported(), "__path__", ()))


def postpone() -> None:
    for name in POSTPONED:
        if name not in sys.modules:
            sys.modules[name] = Postponed(name)
            package, _, last = name.rpartition(".")
            if isinstance(sys.modules.get(package), Postponed):
                vars(sys.modules[package])[last] = sys.modules[name]


if "keras" not in sys.modules:
    os.environ["KERAS_BACKEND"] = "jax"
    postpone()

# Nothing that an import makes is garbage, and to look through it all again and again takes a seventh of the time.
collecting = gc.isenabled()
gc.disable()
try:
    import keras
finally:
    if collecting:
        gc.enable()

if keras.backend.backend() != "jax":
    raise BackendError(
        "Keras",
        found=f"it was imported with the backend {keras.backend.backend()!r}",
        expected="the backend 'jax'",
        do='import tenfold before keras, or set KERAS_BACKEND to "jax"',
    )

from tenfold.program_cache import keep_programs  # noqa: E402 - imports JAX, after the above

keep_programs()

__all__ = ["keras"]
