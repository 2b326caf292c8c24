"""Narrow matrices that are computed and carried as one row are the same matrices, to the last bit."""

import re

import jax
import jax.numpy as jnp
import numpy as np
import pytest
from jax import lax
from tests.engine.a_small_training import programs_of

from tenfold.backend import keras
from tenfold.engine import narrow

pytestmark = pytest.mark.optimised  # programs are read, and bits compared

OPTIMIZERS = {
    "sgd": lambda: keras.optimizers.SGD(0.1, momentum=0.9, nesterov=True),
    "adam": lambda: keras.optimizers.Adam(0.01, amsgrad=True),
    "adamw": lambda: keras.optimizers.AdamW(0.01, weight_decay=0.1, use_ema=True),
    "rmsprop": lambda: keras.optimizers.RMSprop(0.01, centered=True, momentum=0.5, clipvalue=0.3),
    "nadam": lambda: keras.optimizers.Nadam(keras.optimizers.schedules.ExponentialDecay(0.1, 3, 0.5)),
    "adagrad": lambda: keras.optimizers.Adagrad(0.1, gradient_accumulation_steps=2),
    "adadelta": lambda: keras.optimizers.Adadelta(0.1),
    "adamax": lambda: keras.optimizers.Adamax(0.1),
    "ftrl": lambda: keras.optimizers.Ftrl(0.1, l1_regularization_strength=0.01),
    "lion": lambda: keras.optimizers.Lion(0.01),
}
LOOK_AT_WHOLE_MATRICES = {
    "clipped": lambda: keras.optimizers.SGD(0.1, global_clipnorm=1.0),
    "lamb": lambda: keras.optimizers.Lamb(0.01),
    "adafactor": lambda: keras.optimizers.Adafactor(0.01),
    "muon": lambda: keras.optimizers.Muon(0.01),
}


@pytest.mark.parametrize("name", OPTIMIZERS)
def test_an_optimizer_gives_the_same_weights_to_the_last_bit(name: str) -> None:
    for one, other in _three_steps(OPTIMIZERS[name]()):
        assert one.tobytes() == other.tobytes()


@pytest.mark.parametrize("name", LOOK_AT_WHOLE_MATRICES)
def test_an_optimizer_that_looks_at_whole_matrices_sums_them_up_to_rounding(name: str) -> None:
    for one, other in _three_steps(LOOK_AT_WHOLE_MATRICES[name]()):
        np.testing.assert_allclose(one, other, rtol=2e-6, atol=1e-7)


def _three_steps(optimizer: keras.optimizers.Optimizer) -> list[tuple[np.ndarray, np.ndarray]]:
    """Weights and state after three steps, in rows and as Keras has it."""
    normal = np.random.default_rng(3).normal
    start = [normal(size=shape).astype("float32") for shape in ((200, 10), (10,), (40, 33), (48, 3))]
    optimizer.build([keras.Variable(array) for array in start])
    results = []
    for function in (narrow.in_rows(optimizer.stateless_apply), optimizer.stateless_apply):
        apply = jax.jit(function)
        weights, state = list(map(jnp.asarray, start)), [variable.value for variable in optimizer.variables]
        for step in range(3):
            weights, state = apply(state, [jnp.asarray(array * (0.1 + step)) for array in start], weights)
        results.append([np.asarray(array) for array in [*weights, *state]])
    assert all((one != other).any() for one, other in zip(results[1], start, strict=False))
    return list(zip(*results, strict=True))


@pytest.mark.parametrize(
    ("rows", "columns", "dtype"),
    [
        (70, 10, "float32"),
        (70, 1, "bfloat16"),
        (33, 32, "int32"),
        (33, 33, "float32"),
        (40, 0, "float32"),
        (5, 3, "int8"),
    ],
)
def test_a_loop_carries_matrices_of_any_shape(rows: int, columns: int, dtype: str) -> None:
    def step(number, carry):
        matrix, (total, seen) = carry
        return matrix * 2 + number.astype(dtype), (total + matrix.astype("float32").sum(axis=0), seen | (number > 1))

    matrix = (jnp.arange(rows * columns).reshape(rows, columns) % 7).astype(dtype)
    start = (matrix, (jnp.zeros(columns), jnp.asarray(False)))
    results = [loop(0, 3, step, start) for loop in (narrow.loop, lax.fori_loop)]
    assert jax.tree.structure(results[0]) == jax.tree.structure(results[1])
    for one, other in zip(*map(jax.tree.leaves, results), strict=True):
        assert (one.shape, one.dtype) == (other.shape, other.dtype)
        np.testing.assert_array_equal(one, other)


def test_what_is_no_work_place_by_place_stays_as_it_is() -> None:
    def function(matrix, vector):
        bent = jnp.where(matrix > 0, jnp.sqrt(jnp.abs(matrix)), 3.0)
        return bent @ vector, bent.sum(axis=0), jnp.sort(bent, axis=0), bent * vector[None], bent[:, :1] * vector[None]

    matrix, vector = np.random.default_rng(0).normal(size=(50, 4)).astype("float32"), np.arange(4, dtype="float32")
    for one, other in zip(narrow.in_rows(function)(matrix, vector), function(matrix, vector), strict=True):
        np.testing.assert_array_equal(one, other)


def test_an_update_may_call_python_on_its_way() -> None:
    seen = []

    def update(matrix):
        jax.debug.callback(lambda total: seen.append(float(total)), matrix.sum())
        return matrix * 2

    doubled = jax.jit(narrow.in_rows(update))(jnp.ones((50, 4)))
    jax.effects_barrier()
    assert (seen, float(doubled.sum())) == ([200.0], 400.0)


@pytest.mark.parametrize("lowering", ["on", "off"])
def test_training_updates_the_last_layer_as_one_row(lowering: str, monkeypatch: pytest.MonkeyPatch) -> None:
    texts = programs_of((64, 3), lowering, monkeypatch)
    roots = [shape for text in texts for shape in re.findall(r"= f32\[([\d,]+)\]\S* sqrt\(", text)]
    assert ("192" in roots) == (lowering == "on")
    assert ("64,3" in roots) == (lowering == "off")
