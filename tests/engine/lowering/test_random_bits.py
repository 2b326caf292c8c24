"""The random bits of a dropout are those that JAX draws."""

import jax
import jax.numpy as jnp
import numpy as np
import pytest
from tests.engine.lowering.same import normal, used

from tenfold.backend import keras
from tenfold.engine.lowering import lowered


@pytest.mark.parametrize("shape", [(1,), (7,), (4, 6), (3, 5, 2), (128, 257)], ids=str)
def test_random_bits_are_those_of_jax(shape):
    draw = lambda key: jax.random.bits(key, shape)  # noqa: E731
    key = jax.random.key(3)
    assert "random_bits" not in used(draw, key)
    np.testing.assert_array_equal(lowered(draw)(key), draw(key))


def test_bits_of_other_widths_and_generators_pass_through():
    for key, dtype in ((jax.random.key(3), jnp.uint8), (jax.random.key(3, impl="rbg"), jnp.uint32)):
        draw = lambda key, dtype=dtype: jax.random.bits(key, (5,), dtype)  # noqa: E731
        assert "random_bits" in used(draw, key)
        np.testing.assert_array_equal(lowered(draw)(key), draw(key))


def test_a_dropout_of_keras_drops_the_same_places():
    drop = lambda x, seed: keras.random.dropout(x, 0.3, seed=seed)  # noqa: E731
    x, seed = normal((8, 33), 1), jnp.asarray([5, 7], jnp.uint32)
    assert "random_bits" not in used(drop, x, seed)
    np.testing.assert_array_equal(lowered(drop)(x, seed), drop(x, seed))
