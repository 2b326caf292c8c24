"""Gradients that wait for one another are the same gradients, and the loop that has them copies no weights."""

import re

import jax
import jax.numpy as jnp
import numpy as np
import pytest

from tenfold import engine
from tenfold.backend import keras
from tenfold.engine import in_place
from tenfold.engine.programs import Programs
from tenfold.engine.steps import LOWERING


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
    texts = []

    def compile_and_keep(self: Programs, traced, stop):
        compiled = traced.lower().compile()
        texts.append(compiled.as_text())
        return compiled

    monkeypatch.setattr(Programs, "_compile", compile_and_keep)
    monkeypatch.setenv(LOWERING, lowering)
    keras.utils.set_random_seed(1)
    layers = [keras.Input((24,)), *(keras.layers.Dense(units, "relu") for units in (40, 56, 3))]
    model = keras.Sequential(layers)
    model.compile("adam", keras.losses.SparseCategoricalCrossentropy(from_logits=True))
    x, y = np.random.default_rng(0).normal(size=(64, 24)).astype("float32"), np.arange(64) % 3
    engine.fit(model, x, y, batch_size=16, verbose=0)
    copied = [shape for text in texts for shape in re.findall(r"= f32\[(\d+,\d+)\]\S* copy\(%get-tuple-element", text)]
    # Switched off, XLA copies what it reads a second time: when it no longer does, this module has had its day.
    assert sorted(copied) == ([] if lowering == "on" else ["40,56", "56,3"])
