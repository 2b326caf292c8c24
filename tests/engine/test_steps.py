"""One step is the same with the forward pass rewritten and without; one setting says which."""

import jax
import numpy as np
import pytest

from tenfold import engine
from tenfold.backend import keras
from tenfold.engine import steps
from tenfold.engine.lowering import primitives_in

X = np.random.default_rng(0).normal(size=(32, 8, 8, 1)).astype("float32")
Y = np.arange(32) % 3


def model():
    keras.utils.set_random_seed(1)
    network = keras.Sequential([keras.Input(X.shape[1:]), keras.layers.Conv2D(4, 3), keras.layers.MaxPooling2D(2)])
    network.add(keras.layers.Flatten())
    network.add(keras.layers.Dropout(0.3, seed=2))
    network.add(keras.layers.Dense(3, activation="softmax"))
    network.compile("sgd", "sparse_categorical_crossentropy")
    return network


def used(network):
    state = [v.value for v in network.trainable_variables], [v.value for v in network.non_trainable_variables]
    program = jax.make_jaxpr(lambda trainable, state, x: steps.predict_step(network, trainable, state, x))(*state, X)
    return primitives_in(program.jaxpr)


def test_the_rewriting_can_be_switched_off(monkeypatch: pytest.MonkeyPatch) -> None:
    network, plain = model(), model()
    assert not {"conv_general_dilated", "reduce_window_max"} & used(network)
    engine.fit(network, X, Y, batch_size=16, shuffle=False, verbose=0)
    monkeypatch.setenv(steps.LOWERING, "off")
    assert {"conv_general_dilated", "reduce_window_max"} <= used(plain)
    engine.fit(plain, X, Y, batch_size=16, shuffle=False, verbose=0)
    for one, other in zip(network.get_weights(), plain.get_weights(), strict=True):
        np.testing.assert_allclose(one, other, rtol=1e-4, atol=1e-6)


def test_a_model_that_was_trained_before_the_switch_is_compiled_anew(monkeypatch: pytest.MonkeyPatch) -> None:
    network = model()
    engine.predict(network, X)
    before = engine.programs.programs_of(network)
    monkeypatch.setenv(steps.LOWERING, "off")
    assert engine.programs.programs_of(network) is not before
