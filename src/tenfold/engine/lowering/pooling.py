"""Max pooling of any window as maxima of strided slices, with a gradient that knows where each maximum stood."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial, reduce
from itertools import product
from math import prod
from typing import Any

import jax
import jax.numpy as jnp
from jax import lax

from tenfold.engine.lowering.windows import Pads, places_of, taps_of

LARGEST_WINDOW = 32  # places; beyond, one comparison a place costs more than XLA's own loop


def max_pooling(
    x: jax.Array,
    *,
    window_dimensions: Sequence[int],
    window_strides: Sequence[int],
    padding: Pads,
    base_dilation: Sequence[int],
    window_dilation: Sequence[int],
    **_: Any,
) -> jax.Array | None:
    """The largest of a window over any axes but the first and the last, remembering for the gradient where it stood."""
    windows = [*zip(window_dimensions, window_strides, map(tuple, padding), window_dilation, strict=True)]
    untouched = [window[:3] == (1, 1, (0, 0)) for window in windows]
    if x.ndim < 3 or not jnp.issubdtype(x.dtype, jnp.floating) or any(step != 1 for step in base_dilation):
        return None
    if not 1 < prod(window_dimensions) <= LARGEST_WINDOW or not untouched[0]:
        return None
    settings = (window_strides, padding, window_dilation)
    if min(places_of(x.shape, window_dimensions, *settings)) < 1:  # nothing comes out
        return None
    if not untouched[-1]:  # channels first
        if not untouched[1]:
            return None
        channels_last = _max_pool(jnp.moveaxis(x, 1, -1), *map(tuple, zip(*windows[2:], strict=True)))
        return jnp.moveaxis(channels_last, -1, 1)
    return _max_pool(x, *map(tuple, zip(*windows[1:-1], strict=True)))


@partial(jax.custom_vjp, nondiff_argnums=(1, 2, 3, 4))
def _max_pool(x: jax.Array, window: Any, strides: Any, padding: Any, dilation: Any) -> jax.Array:
    return reduce(jnp.maximum, _taps(x, window, strides, padding, dilation))


def _taps(x: jax.Array, window: Any, strides: Any, padding: Any, dilation: Any) -> list[jax.Array]:
    return taps_of(x, window, strides, padding, dilation, jnp.array(-jnp.inf, x.dtype))


def _max_pool_forward(x: jax.Array, window: Any, strides: Any, padding: Any, dilation: Any) -> tuple[Any, Any]:
    largest, where = largest_of(_taps(x, window, strides, padding, dilation))
    return largest, (where, x.shape)


def largest_of(places: Sequence[jax.Array], rectified: bool = False) -> tuple[jax.Array, jax.Array]:
    """The largest of several arrays, number by number, and which of them has it: of equals, the first, as XLA does.

    Of what is rectified it is zero at least; where it is no more than that, none of them has it.
    """
    largest = reduce(jnp.maximum, places)
    where = jnp.full(largest.shape, len(places) - 1, jnp.uint8)
    for place in reversed(range(len(places) - 1)):
        where = jnp.where(places[place] == largest, jnp.uint8(place), where)
    if rectified:
        where = jnp.where(largest > 0, where, jnp.uint8(len(places)))
        largest = jnp.maximum(largest, 0)
    return largest, where


def _max_pool_backward(
    window: Any, strides: Any, padding: Any, dilation: Any, kept: Any, gradient: jax.Array
) -> tuple[jax.Array]:
    where, shape = kept
    nothing = jnp.zeros((), gradient.dtype)
    if strides == window and not any(map(any, padding)) and all(step == 1 for step in dilation):
        return (_spread(where, gradient, window, shape),)
    total = jnp.zeros(shape, gradient.dtype)
    for place, offsets in enumerate(product(*map(range, window))):
        here = jnp.where(where == place, gradient, nothing)
        config = [(0, 0, 0)]
        for axis, (offset, spread, stride) in enumerate(zip(offsets, dilation, strides, strict=True)):
            low = offset * spread - padding[axis][0]
            reached = low + (gradient.shape[1 + axis] - 1) * stride + 1
            config.append((low, shape[1 + axis] - reached, stride - 1))
        total = total + lax.pad(here, nothing, [*config, (0, 0, 0)])
    return (total,)


def _spread(where: jax.Array, gradient: jax.Array, window: Any, shape: tuple[int, ...]) -> jax.Array:
    """The gradient of windows that do not overlap: each of them opened up into its places, in one pass."""
    rank = len(window)
    places = jnp.arange(prod(window), dtype=jnp.uint8).reshape(1, *(size for width in window for size in (1, width)), 1)
    axes = tuple(2 + 2 * axis for axis in range(rank))  # after each axis of places, one for the window
    opened = jnp.where(
        jnp.expand_dims(where, axes) == places, jnp.expand_dims(gradient, axes), jnp.zeros((), gradient.dtype)
    )
    covered = (gradient.shape[0], *(g * w for g, w in zip(gradient.shape[1:-1], window, strict=True)), shape[-1])
    rest = [(0, 0, 0), *((0, full - size, 0) for full, size in zip(shape[1:-1], covered[1:-1], strict=True)), (0, 0, 0)]
    return lax.pad(opened.reshape(covered), jnp.zeros((), gradient.dtype), rest)


_max_pool.defvjp(_max_pool_forward, _max_pool_backward)
