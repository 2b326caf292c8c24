"""The random bits of a dropout are those that JAX draws."""

import jax
import jax.numpy as jnp
import numpy as np
import pytest
from jax import lax
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


@pytest.mark.optimised
def test_the_bits_are_drawn_once_however_often_they_are_used():
    def dropped(x, key):
        keep = jax.random.bits(key, (16, 1, 1, 8)) < jnp.uint32(3 << 30)
        return lax.select(jnp.broadcast_to(keep, x.shape), x, jnp.zeros_like(x))

    def value_and_gradient(x, key):
        value, pull_back = jax.vjp(lambda x: lowered(dropped)(jnp.tanh(x), key), x)
        return value.sum(axis=0), pull_back(value)

    text = jax.jit(value_and_gradient).lower(normal((16, 9, 9, 8), 1), jax.random.key(1)).compile().as_text()
    drawn = [program for program in text.split("\n\n") if "shift-right-logical" in program]
    assert len(drawn) == 1
    assert "[16,9,9,8]" not in drawn[0]


@pytest.mark.parametrize(("shape", "branch"), [((128, 128), False), ((128, 129), True), ((4, 1, 1, 8), True)], ids=str)
def test_only_few_bits_are_drawn_again_at_every_use(shape, branch):
    assert ("cond" in used(lambda key: jax.random.bits(key, shape), jax.random.key(3))) == branch


def test_many_keys_at_once():
    draw = lambda key: jax.random.bits(key, (5, 3))  # noqa: E731
    keys = jax.random.split(jax.random.key(3), 4)
    np.testing.assert_array_equal(jax.vmap(lowered(draw))(keys), jax.vmap(draw)(keys))
