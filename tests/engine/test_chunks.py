"""One program a shape, compiled once; how an epoch is cut into chunks never changes a bit."""

from __future__ import annotations

import gc
import weakref
from importlib import import_module
from typing import Any

import jax
import jax.numpy as jnp
import jaxlib
import keras
import numpy as np
import pytest
from tests.engine.a_small_training import X, Y, assert_same_bits, model, state_of

from tenfold import engine
from tenfold.engine import programs
from tenfold.engine.interrupt import StopRequest
from tenfold.engine.pace import CHUNK_SECONDS, Pace
from tenfold.engine.programs import Programs

loop = import_module("tenfold.engine.fit")  # where `tenfold.engine.fit` by itself is the function
GIVEN = {"x": X, "y": Y, "batch_size": 15, "epochs": 2, "seed": 1, "verbose": 0}


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


AFFECTED = jax.default_backend() == "cpu" and jaxlib.__version__ in programs.WRONG_REDUCTIONS
ROWS = 32_769


def sums_of_rows(x: Any) -> Any:
    """The reproducer of jax#39103: right operation by operation, wrong in its last rows when compiled."""
    return jax.vmap(lambda row: jnp.sum((jnp.eye(3) @ row) ** 2))(x)


@pytest.mark.skipif(not AFFECTED, reason="only the named releases of jaxlib sum wrongly")
def test_sums_over_many_rows_are_right_with_our_compiler_options() -> None:
    count = jnp.arange(ROWS, dtype="float32")
    x = jnp.stack((count, jnp.zeros_like(count), jnp.zeros_like(count)), axis=1)
    assert jax.jit(sums_of_rows)(x)[-1] != (ROWS - 1) ** 2, "jaxlib is right by itself now: the guard can go"
    ours = Programs(model())._compile(jax.jit(sums_of_rows).trace(x), StopRequest())
    np.testing.assert_array_equal(ours(x), np.arange(ROWS, dtype="float32") ** 2)


def test_a_batch_of_many_rows_is_learned_from_as_float64_has_it() -> None:
    random = np.random.default_rng(0)
    x = random.normal(size=(ROWS + 100, 3)).astype("float32")
    x[-100:] *= 30  # the rows that went wrong weigh most
    y = (x @ [1.0, 2.0, 3.0])[:, None].astype("float32")
    network = keras.Sequential([keras.Input((3,)), keras.layers.Dense(1, kernel_initializer="zeros")])
    network.compile(keras.optimizers.SGD(0.01), "mse", metrics=["mae"])
    history = engine.fit(network, x, y, batch_size=len(x), verbose=0).history
    exact = x.astype("float64"), y.astype("float64")
    np.testing.assert_allclose(network.get_weights()[0][:, 0], 0.02 * (exact[0] * exact[1]).mean(axis=0), rtol=1e-4)
    assert history["loss"][0] == pytest.approx((exact[1] ** 2).mean(), rel=1e-4)
    assert history["mae"][0] == pytest.approx(abs(exact[1]).mean(), rel=1e-4)
