"""Keras on JAX: the one place that decides which backend Keras wakes up with.

Keras reads its backend once, when it is first imported. Every module of Tenfold that needs Keras imports it from here
(`from tenfold.backend import keras`), and only inside the folders that do heavy work, so that `tenfold --help` never
pays for it.
"""

from __future__ import annotations

import os
import sys

from tenfold.errors import BackendError

if "keras" not in sys.modules:
    os.environ["KERAS_BACKEND"] = "jax"

import keras

if keras.backend.backend() != "jax":
    raise BackendError(
        "Keras",
        found=f"it was imported with the backend {keras.backend.backend()!r}",
        expected="the backend 'jax'",
        do='import tenfold before keras, or set KERAS_BACKEND to "jax"',
    )

__all__ = ["keras"]
