"""Gradients that wait for one another are the same gradients, and the loop that has them copies no weights."""

import re

import jax
import jax.numpy as jnp
import numpy as np
import pytest
from tests.engine.a_small_training import programs_of

from tenfold.engine import in_place


def test_gradients_are_the_same_to_the_last_bit() -> None:
    odd = np.array([-0.0, 0.0, np.nan, np.inf, -np.inf, 1e-40, 3.4e38], "float32")
    given = [
        jnp.asarray(odd),
        jnp.asarray(-odd[::-1].copy()),
        jnp.full((2, 3), -1e-7, jnp.float16),
        jnp.full((3,), jnp.nan, jnp.bfloat16),
        jnp.zeros((0, 4)),
        jnp.asarray(2.5),
    ]
    for compiled in (in_place.all_known, jax.jit(in_place.all_known)):
        for one, other in zip(given, compiled(given), strict=True):
            assert one.dtype == other.dtype
            assert one.shape == other.shape
            assert np.asarray(one).tobytes() == np.asarray(other).tobytes()
    assert in_place.all_known([]) == []


@pytest.mark.optimised
@pytest.mark.parametrize("lowering", ["on", "off"])
def test_the_loop_copies_no_weights(lowering: str, monkeypatch: pytest.MonkeyPatch) -> None:
    texts = programs_of((40, 56, 3), lowering, monkeypatch)
    copied = [shape for text in texts for shape in re.findall(r"= f32\[(\d+,\d+)\]\S* copy\(%get-tuple-element", text)]
    # Switched off, XLA copies what it reads a second time: when it no longer does, this module has had its day.
    assert sorted(copied) == ([] if lowering == "on" else ["40,56", "56,3"])
