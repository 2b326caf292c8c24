"""NumPy, JAX and Keras are imported in one piece: a Ctrl-C that falls into it waits until they are there.

Compiled modules import others while they set themselves up, and do not expect to be told to stop: a `KeyboardInterrupt`
in there ended the process with a segmentation fault, or came out as an error about a broken NumPy. So it is noted, and
raised when the import is through, a second or two later. Ctrl-C during training is the business of
`engine/interrupt.py`. This file is read by `import tenfold` itself, so it needs next to nothing.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from importlib.machinery import ModuleSpec, SourceFileLoader
from types import ModuleType

WHOLE = ("numpy", "jax", "keras")  # and whatever they import along with themselves


class InOnePiece:
    """Asked first where any module is: has one of those above found by the others, and sees to how it is executed."""

    def find_spec(
        self, name: str, path: Sequence[str] | None = None, target: ModuleType | None = None
    ) -> ModuleSpec | None:
        if name not in WHOLE or name in sys.modules:
            return None
        others = [finder for finder in sys.meta_path if finder is not self and hasattr(finder, "find_spec")]
        found = (finder.find_spec(name, path, target) for finder in others)
        spec = next(filter(None, found), None)
        if spec is not None and isinstance(spec.loader, SourceFileLoader):
            execute = in_one_piece(spec.loader.exec_module)
            spec.loader.exec_module = execute  # type: ignore[assignment,method-assign]  # this module's own loader
        return spec


def in_one_piece(execute: Callable[[ModuleType], None]) -> Callable[[ModuleType], None]:
    def executed(module: ModuleType) -> None:
        with ctrl_c_afterwards():
            execute(module)

    return executed


@contextmanager
def ctrl_c_afterwards() -> Iterator[None]:
    """Note Ctrl-C, and raise it at the end of the block (in the main thread, where signals arrive)."""
    import signal
    import threading

    # Whoever installed another handler, this one included, has decided what Ctrl-C means: leave it.
    ours = signal.getsignal(signal.SIGINT) is signal.default_int_handler
    if not ours or threading.current_thread() is not threading.main_thread():
        yield
        return
    asked: list[bool] = []
    signal.signal(signal.SIGINT, lambda *_: asked.append(True))
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, signal.default_int_handler)
        if asked:
            raise KeyboardInterrupt


def import_in_one_piece() -> None:
    sys.meta_path.insert(0, InOnePiece())
