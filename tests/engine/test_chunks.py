"""One program a shape, compiled once; how an epoch is cut into chunks never changes a bit."""

from __future__ import annotations

import gc
import weakref
from importlib import import_module
from typing import Any

import keras
import numpy as np
import pytest
from tests.engine.a_small_training import X, Y, assert_same_bits, model, state_of

from tenfold import engine
from tenfold.engine.pace import CHUNK_SECONDS, Pace

loop = import_module("tenfold.engine.fit")  # where `tenfold.engine.fit` by itself is the function
GIVEN = {"x": X, "y": Y, "batch_size": 15, "epochs": 2, "seed": 1, "verbose": 0}
pytestmark = pytest.mark.optimised  # bits are compared


def chunks_of(steps: int) -> type[Pace]:
    class Fixed(Pace):
        def __init__(self) -> None:
            self.steps = steps

        def took(self, steps: int, seconds: float) -> None: ...

    return Fixed


def test_chunking_never_changes_a_bit(monkeypatch: pytest.MonkeyPatch) -> None:
    states = []
    for steps in (1, 4, 1000):
        monkeypatch.setattr(loop, "Pace", chunks_of(steps))
        network = model()
        engine.fit(network, **GIVEN | {"batch_size": 16})
        states.append(state_of(network))
    assert_same_bits(states[0], states[1])
    assert_same_bits(states[0], states[2])


def test_pace_finds_the_length_of_a_chunk_and_grows_with_care() -> None:
    pace = Pace()
    first = pace.steps
    pace.took(first, 1e-9)
    assert pace.steps == 4 * first, "a first guess that was too low is corrected in steps"
    for _ in range(20):
        pace.took(pace.steps, pace.steps * 0.001)
    assert pace.steps == pytest.approx(CHUNK_SECONDS / 0.001, rel=0.1)
    pace.took(pace.steps, 3600.0)
    assert pace.steps == 1


def test_a_second_call_compiles_nothing() -> None:
    network = model()
    given = GIVEN | {"validation_data": (X[:40], Y[:40])}
    assert engine.fit(network, **given).compile_seconds > 0
    assert engine.fit(network, **given).compile_seconds == 0.0
    assert engine.fit(network, **given | {"epochs": 1, "shuffle": False, "seed": None}).compile_seconds == 0.0


def test_a_model_compiled_again_gets_new_programs() -> None:
    network = model()
    engine.fit(network, **GIVEN)
    network.compile(keras.optimizers.SGD(0.0), "sparse_categorical_crossentropy", metrics=["accuracy"])
    before = [np.array(weight.value) for weight in network.trainable_variables]
    assert engine.fit(network, **GIVEN).compile_seconds > 0
    assert_same_bits(before, [np.array(weight.value) for weight in network.trainable_variables])


def test_a_layer_frozen_between_two_calls() -> None:
    given = {"x": X, "y": Y, "batch_size": 50, "verbose": 0}

    def frozen_then_trained(fit: Any) -> keras.Model:
        network = model()
        fit(network)
        network.layers[0].trainable = False
        network.compile(keras.optimizers.SGD(0.05), "sparse_categorical_crossentropy")
        fit(network)
        return network

    ours = frozen_then_trained(lambda network: engine.fit(network, **given))
    theirs = frozen_then_trained(lambda network: network.fit(**given))
    for one, other in zip(theirs.get_weights(), ours.get_weights(), strict=True):
        np.testing.assert_allclose(other, one, 1e-4, 1e-5)


def test_a_layer_frozen_without_compiling_again_is_the_error_that_keras_makes_of_it() -> None:
    def error_of(fit: Any) -> BaseException:
        network = model()
        fit(network)
        network.layers[0].trainable = False
        with pytest.raises(ValueError, match="optimizer") as raised:
            fit(network)
        return raised.value

    theirs = error_of(lambda network: network.fit(X, Y, batch_size=50, verbose=0))
    ours = error_of(lambda network: engine.fit(network, X, Y, batch_size=50, verbose=0))
    assert str(ours)[:40] == str(theirs)[:40]


def test_programs_do_not_keep_a_model_alive() -> None:
    network = model()
    engine.fit(network, **GIVEN | {"validation_data": (X[:40], Y[:40])})
    engine.predict(network, X)
    gone = weakref.ref(network)
    del network
    gc.collect()
    assert gone() is None


def test_the_models_variables_are_its_own_after_every_call() -> None:
    """Compiled steps take arrays away: nothing that the model holds may be among them."""
    network = model()
    engine.fit(network, **GIVEN)
    assert not any(variable.value.is_deleted() for variable in network.variables + network.optimizer.variables)
    network.fit(X, Y, verbose=0)
    engine.fit(network, **GIVEN)
