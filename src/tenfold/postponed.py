"""Modules that Keras and JAX import along with themselves, are wanted by hardly anybody, and take half of the time.

Where Keras is first imported after Tenfold, they are put off until somebody asks for a name in them, whichever way it
is imported: by `tenfold.backend` or by a plain `import keras`. Until then nothing is changed, and whoever imports Keras
before Tenfold gets them at once. This file is read by `import tenfold` itself, so it needs next to nothing.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from importlib import import_module
from types import ModuleType
from typing import Any

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


class WhenKerasComes:
    """Asked first where any module is: finds none itself, but puts off those above as soon as Keras is looked for.

    It stays where it is, for to leave the list while Python goes through it would have the next one passed over.
    """

    def find_spec(self, name: str, *_: object) -> None:
        if name == "keras" and name not in sys.modules:
            postpone()


def postpone_when_keras_comes() -> None:
    if "keras" not in sys.modules:
        sys.meta_path.insert(0, WhenKerasComes())


def postpone() -> None:
    for name in POSTPONED:
        if name not in sys.modules:
            sys.modules[name] = Postponed(name)
            package, _, last = name.rpartition(".")
            if isinstance(sys.modules.get(package), Postponed):
                vars(sys.modules[package])[last] = sys.modules[name]
