"""Keras on JAX: the one place that decides which backend Keras wakes up with, and that makes it wake up quickly.

Keras reads its backend once, when it is first imported. Every module of Tenfold that needs Keras imports it from here
(`from tenfold.backend import keras`), and only inside the folders that do heavy work, so that `tenfold --help` never
pays for it.

Which modules are not imported along with it is decided in `postponed.py`, before this.
"""

from __future__ import annotations

import gc
import os
import sys

from tenfold.errors import BackendError

if "keras" not in sys.modules:
    os.environ["KERAS_BACKEND"] = "jax"

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
