"""How Tenfold compiles: `jax.jit`, with XLA's CPU compiler kept from what it does wrongly.

Since jaxlib 0.10.2 that compiler hands reductions, and products that are reduced at once, to a library (YNN) that adds
up wrongly, loses NaN, reads memory that nobody wrote, and brings the process down (jax#39103, #39257, #40412;
tests/engine/test_compiler.py has each). Left the plain matrix products alone, it is right, and fast.

Every program of the package is compiled through here. What JAX runs an operation at a time and what Keras compiles in
its own `fit` is not.
"""

from __future__ import annotations

from collections.abc import Callable
from importlib.metadata import version
from typing import Any

import jax

WRONG_SINCE = (0, 10, 2)
SAFE_FUSIONS = {"xla_cpu_experimental_ynn_fusion_type": "LIBRARY_FUSION_TYPE_INDIVIDUAL_DOT"}


def jit(function: Callable[..., Any], **settings: Any) -> Any:
    """`jax.jit(function, **settings)`, guarded where that is needed."""
    release = tuple(map(int, version("jaxlib").split(".")[:3]))
    guarded = jax.default_backend() == "cpu" and release >= WRONG_SINCE
    return jax.jit(function, compiler_options=SAFE_FUSIONS if guarded else None, **settings)
