"""A first convolution and the max pooling after it as one: patches wide enough for a whole pooling window.

Pictures have one channel or three, so the patches of a first convolution are narrow and many, and a product of narrow
matrices is slow. With the pooling known, one patch serves all the places of a pooling window: for 5×5 and 2×2 it is a
6×6 patch, a quarter as many, times a kernel that holds the convolution's own once for each of the four places. What
comes out has the four side by side, so pooling is a maximum of columns and its gradient a choice among them.

The pictures go through in groups whose results fit into a core's cache, and the gradient makes the patches again: to
make them costs less than to fetch them from memory. `fused_poolings.py` finds where a program does this.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from itertools import product
from math import prod
from typing import Any, NamedTuple

import jax
import jax.numpy as jnp
from jax import lax

from tenfold.engine.lowering.bias import over_places
from tenfold.engine.lowering.pooling import largest_of
from tenfold.engine.lowering.windows import taps_of

FEW_CHANNELS = 4  # beyond, patches are wide enough, and the longer ones only cost more
CACHE_BYTES = 2 * 1024**2  # what the results of one group of pictures may take


class Form(NamedTuple):
    """What is done beside the products."""

    padding: tuple[tuple[int, int], ...]
    pool: tuple[int, ...]
    rectified: bool


@partial(jax.custom_vjp, nondiff_argnums=(3,))
def pooled_convolution(x: jax.Array, kernel: jax.Array, bias: jax.Array, form: Form) -> jax.Array:
    """`form.padding` is that of the convolution; `bias` has a number for each output."""
    return _forward(x, kernel, bias, form)[0]


def _forward(x: jax.Array, kernel: jax.Array, bias: jax.Array, form: Form) -> tuple[jax.Array, Any]:
    window, wide = kernel.shape[:-2], _widened(kernel, form.pool)
    size = _group_size(x, kernel, form)

    def of_group(pictures: jax.Array) -> tuple[jax.Array, jax.Array]:
        patches, places = _patches(pictures, window, form)
        beside = (patches @ wide).reshape(-1, prod(form.pool), kernel.shape[-1]) + bias.reshape(1, 1, -1)
        columns = [beside[:, place] for place in range(prod(form.pool))]
        largest, where = largest_of(columns, form.rectified)
        shape = (pictures.shape[0], *places, kernel.shape[-1])
        return largest.reshape(shape), where.reshape(shape)

    largest, where = lax.map(of_group, _in_groups(x, size))
    whole = (x.shape[0], *largest.shape[2:])
    return largest.reshape(whole), (x, kernel, where.reshape(whole))


def _backward(form: Form, kept: Any, gradient: jax.Array) -> tuple[jax.Array, jax.Array, jax.Array]:
    x, kernel, where = kept
    window, (wide, narrowed) = kernel.shape[:-2], jax.vjp(partial(_widened, pool=form.pool), kernel)
    places = jnp.arange(prod(form.pool), dtype=where.dtype).reshape(1, -1, 1)  # as `where` counts them
    nothing = jnp.zeros((), gradient.dtype)
    size = _group_size(x, kernel, form)

    def of_group(to_wide: jax.Array, group: tuple[jax.Array, ...]) -> tuple[jax.Array, jax.Array]:
        pictures, where, gradient = group
        patches, fold = jax.vjp(lambda pictures: _patches(pictures, window, form)[0], pictures)
        chosen = where.reshape(-1, 1, where.shape[-1]) == places
        columns = jnp.where(chosen, gradient.reshape(-1, 1, gradient.shape[-1]), nothing).reshape(len(patches), -1)
        to_patches = lax.dot_general(columns, wide, (((1,), (1,)), ((), ())))
        return to_wide + lax.dot_general(patches, columns, (((0,), (0,)), ((), ()))), fold(to_patches)[0]

    groups = tuple(_in_groups(array, size) for array in (x, where, gradient))
    to_wide, to_x = lax.scan(of_group, jnp.zeros_like(wide), groups)
    to_bias = over_places(jnp.where(where < prod(form.pool), gradient, nothing))
    return to_x.reshape(x.shape), narrowed(to_wide)[0], to_bias


pooled_convolution.defvjp(_forward, _backward)


def _patches(pictures: jax.Array, window: Sequence[int], form: Form) -> tuple[jax.Array, tuple[int, ...]]:
    """What each pooling window sees: (pictures × places, wide window × channels), and how many places there are."""
    reach = [width + step - 1 for width, step in zip(window, form.pool, strict=True)]
    nothing = jnp.zeros((), pictures.dtype)
    taps = taps_of(pictures, reach, form.pool, form.padding, (1,) * len(reach), nothing)
    return jnp.concatenate(taps, axis=-1).reshape(-1, prod(reach) * pictures.shape[-1]), taps[0].shape[1:-1]


def _widened(kernel: jax.Array, pool: tuple[int, ...]) -> jax.Array:
    """The kernel once for each place of the pooling window: (wide window × channels, places × outputs)."""
    shifted = []
    for offsets in product(*map(range, pool)):
        around = [(offset, step - 1 - offset) for offset, step in zip(offsets, pool, strict=True)]
        shifted.append(jnp.pad(kernel, [*around, (0, 0), (0, 0)]))
    beside = jnp.stack(shifted, axis=-2)  # (*wide window, channels, places, outputs)
    return beside.reshape(-1, prod(pool) * kernel.shape[-1])


def _group_size(x: jax.Array, kernel: jax.Array, form: Form) -> int:
    """The most pictures whose results stay in a cache, of the sizes that divide the batch."""
    sizes = zip(x.shape[1:-1], form.padding, kernel.shape[:-2], strict=True)
    places = prod(size + low + high - width + 1 for size, (low, high), width in sizes)
    most = max(1, CACHE_BYTES // (places * kernel.shape[-1] * kernel.dtype.itemsize))
    divisors = [size for size in range(1, min(most, x.shape[0]) + 1) if x.shape[0] % size == 0]
    best = max(divisors, default=1)
    return best if 2 * best > min(most, x.shape[0]) else max(1, x.shape[0])  # a prime batch goes through as one


def _in_groups(array: jax.Array, size: int) -> jax.Array:
    return array.reshape(-1, size, *array.shape[1:])
