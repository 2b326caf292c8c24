"""Pictures that go through a convolution in groups, so that what it needs on its way does not outgrow memory.

The gradient goes through them in groups as well, and computes what is on the way again.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import NamedTuple

import jax
import jax.numpy as jnp
from jax import lax

Function = Callable[..., jax.Array]  # of pictures, and of weights


class Most(NamedTuple):
    """Bytes that may be needed on the way: of all pictures together, and else of one group of them."""

    whole: int
    group: int


def in_groups(function: Function, bytes_of_one: int, most: Most, x: jax.Array, *weights: jax.Array) -> jax.Array:
    """`function(x, *weights)`, where that needs `bytes_of_one` for each picture."""
    if bytes_of_one * x.shape[0] <= most.whole:
        return function(x, *weights)
    return _grouped(function, max(1, most.group // bytes_of_one), x, *weights)


@partial(jax.custom_vjp, nondiff_argnums=(0, 1))
def _grouped(function: Function, size: int, x: jax.Array, *weights: jax.Array) -> jax.Array:
    results = lax.map(lambda pictures: function(pictures, *weights), _groups_of(x, size))
    return results.reshape(-1, *results.shape[2:])[: x.shape[0]]


def _forward(
    function: Function, size: int, x: jax.Array, *weights: jax.Array
) -> tuple[jax.Array, tuple[jax.Array, ...]]:
    return _grouped(function, size, x, *weights), (x, *weights)


def _backward(function: Function, size: int, kept: tuple[jax.Array, ...], gradient: jax.Array) -> tuple[jax.Array, ...]:
    x, *weights = kept

    def of_group(to_weights: list[jax.Array], group: tuple[jax.Array, jax.Array]) -> tuple[list[jax.Array], jax.Array]:
        pictures, gradient = group
        to_pictures, *more = jax.vjp(function, pictures, *weights)[1](gradient)
        return [total + each for total, each in zip(to_weights, more, strict=True)], to_pictures

    nothing = [jnp.zeros(weight.shape, jnp.promote_types(weight.dtype, jnp.float32)) for weight in weights]
    to_weights, to_x = lax.scan(of_group, nothing, (_groups_of(x, size), _groups_of(gradient, size)))
    narrowed = (total.astype(weight.dtype) for total, weight in zip(to_weights, weights, strict=True))
    return to_x.reshape(-1, *x.shape[1:])[: x.shape[0]], *narrowed


_grouped.defvjp(_forward, _backward)


def _groups_of(array: jax.Array, size: int) -> jax.Array:
    """(groups, size, …); the last is filled up with pictures of zeros, which add nothing to a gradient."""
    missing = -len(array) % size
    return jnp.pad(array, [(0, missing), *[(0, 0)] * (array.ndim - 1)]).reshape(-1, size, *array.shape[1:])
