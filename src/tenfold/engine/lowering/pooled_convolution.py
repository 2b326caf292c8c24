"""A first convolution and the max pooling after it as one: patches wide enough for a whole pooling window.

Pictures have one channel or three, so the patches of a first convolution are narrow and many, and a product of narrow
matrices is slow. With the pooling known, one patch serves all the places of a pooling window: for 5×5 and 2×2 it is a
6×6 patch, a quarter as many, times a kernel that holds the convolution's own once for each of the four places. What
comes out has the four side by side, so pooling is a maximum of columns and its gradient a choice among them.

The pictures go through in groups whose results fit into a core's cache, and the gradient makes the patches again: to
make them costs less than to fetch them from memory. `fused_poolings` finds where a program does this.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from functools import cache, partial
from itertools import product
from math import prod
from typing import Any, NamedTuple

import jax
import jax.numpy as jnp
from jax import lax
from jax.extend.core import Jaxpr, Literal, Var
from jax.nn import relu

from tenfold.engine.lowering.pooling import LARGEST_WINDOW
from tenfold.engine.lowering.windows import taps_of

FEW_CHANNELS = 4  # beyond, patches are wide enough, and the longer ones only cost more
CACHE_BYTES = 2 * 1024**2  # what the results of one group of pictures may take


class FusedPooling(NamedTuple):
    """The equations that are computed as one when their last, the pooling, is reached."""

    convolution: Any
    bias: Var | None
    rectified: bool
    pool: tuple[int, ...]
    absorbed: tuple[Any, ...]


def fused_poolings(jaxpr: Jaxpr) -> dict[int, FusedPooling]:
    """Every convolution → (bias →) (relu →) max pooling that this file computes, by the id of the pooling."""
    users = Counter(atom for equation in jaxpr.eqns for atom in equation.invars if isinstance(atom, Var))
    users.update(atom for atom in jaxpr.outvars if isinstance(atom, Var))
    reader = {atom: equation for equation in jaxpr.eqns for atom in equation.invars if isinstance(atom, Var)}
    found = {}
    for equation in jaxpr.eqns:
        if equation.primitive.name != "conv_general_dilated" or not _is_first_layer(equation):
            continue
        chain, bias, rectified = [equation], None, False
        while users[chain[-1].outvars[0]] == 1 and chain[-1].outvars[0] in reader:
            value, then = chain[-1].outvars[0], reader[chain[-1].outvars[0]]
            if then.primitive.name == "add" and bias is None and not rectified and _bias_of(then, value) is not None:
                bias = _bias_of(then, value)
            elif not rectified and _is_relu(then):
                rectified = True
            elif (pool := _pool_of(then)) is not None:
                found[id(then)] = FusedPooling(equation, bias, rectified, pool, tuple(chain))
                break
            else:
                break
            chain.append(then)
    return found


def _is_first_layer(convolution: Any) -> bool:
    settings, (x, kernel) = convolution.params, (atom.aval for atom in convolution.invars)
    specs, rank = settings["dimension_numbers"], x.ndim - 2
    ones = (*settings["window_strides"], *settings["lhs_dilation"], *settings["rhs_dilation"])
    groups = (settings["feature_group_count"], settings["batch_group_count"])
    return (
        rank > 0
        and set(ones) == set(groups) == {1}
        and settings["precision"] is None
        and x.dtype == kernel.dtype == convolution.outvars[0].aval.dtype == jnp.float32
        and specs.out_spec == (0, rank + 1, *range(1, rank + 1))
        and x.shape[specs.lhs_spec[1]] <= FEW_CHANNELS
    )


def _bias_of(add: Any, value: Var) -> Var | None:
    """What is added to `value`, where that is one number a channel."""
    left, right = add.invars
    other = right if left is value else left
    if isinstance(other, Literal) or other is value:
        return None
    per_channel = (1,) * (value.aval.ndim - 1) + value.aval.shape[-1:]
    return other if other.aval.shape == per_channel and other.aval.dtype == value.aval.dtype else None


def _is_relu(equation: Any) -> bool:
    """Whether this is `jax.nn.relu` and no other function with its name, whose gradient might be another."""
    while equation.primitive.name in ("jit", "pjit") and len(equation.params["jaxpr"].jaxpr.eqns) == 1:
        equation = equation.params["jaxpr"].jaxpr.eqns[0]
    return equation.primitive.name == "custom_jvp_call" and _source_of(equation) == _source_of_relu()


def _source_of(call: Any) -> str:
    """Where the function of a `custom_jvp_call` is written."""
    source: str = call.params["call_jaxpr"].jaxpr.debug_info.func_src_info
    return source


@cache
def _source_of_relu() -> str:
    (call,) = jax.make_jaxpr(relu)(jnp.float32(0)).jaxpr.eqns
    return _source_of(call)


def _pool_of(equation: Any) -> tuple[int, ...] | None:
    """The window of a max pooling over places side by side."""
    if equation.primitive.name != "reduce_window_max":
        return None
    settings = equation.params
    window = tuple(settings["window_dimensions"])
    plain = not any(map(any, settings["padding"])) and {*settings["base_dilation"], *settings["window_dilation"]} == {1}
    beside = tuple(settings["window_strides"]) == window and window[0] == window[-1] == 1
    return window[1:-1] if plain and beside and 1 < prod(window) <= LARGEST_WINDOW else None


class _Form(NamedTuple):
    padding: tuple[tuple[int, int], ...]
    pool: tuple[int, ...]
    rectified: bool


def pooled_convolution(x: jax.Array, kernel: jax.Array, *bias: jax.Array, fused: FusedPooling) -> jax.Array:
    """What the fused equations compute; `bias` is one array, or none."""
    specs = fused.convolution.params["dimension_numbers"]
    lhs, rhs = specs.lhs_spec, specs.rhs_spec
    x = jnp.transpose(x, (lhs[0], *lhs[2:], lhs[1]))  # (batch, *places, channels)
    kernel = jnp.transpose(kernel, (*rhs[2:], rhs[1], rhs[0]))  # (*window, channels, outputs)
    flat = bias[0].reshape(-1) if bias else jnp.zeros(kernel.shape[-1:], kernel.dtype)
    padding = tuple((int(low), int(high)) for low, high in fused.convolution.params["padding"])
    return _pooled(x, kernel, flat, _Form(padding, fused.pool, fused.rectified))


@partial(jax.custom_vjp, nondiff_argnums=(3,))
def _pooled(x: jax.Array, kernel: jax.Array, bias: jax.Array, form: _Form) -> jax.Array:
    return _forward(x, kernel, bias, form)[0]


def _forward(x: jax.Array, kernel: jax.Array, bias: jax.Array, form: _Form) -> tuple[jax.Array, Any]:
    window, wide = kernel.shape[:-2], _widened(kernel, form.pool)
    size = _group_size(x, kernel, form)

    def of_group(pictures: jax.Array) -> tuple[jax.Array, jax.Array]:
        patches, places = _patches(pictures, window, form)
        beside = (patches @ wide).reshape(-1, prod(form.pool), kernel.shape[-1]) + bias.reshape(1, 1, -1)
        columns = [beside[:, place] for place in range(prod(form.pool))]
        largest = columns[0]
        for column in columns[1:]:
            largest = jnp.maximum(largest, column)
        where = jnp.full(largest.shape, len(columns) - 1, jnp.uint8)
        for place in reversed(range(len(columns) - 1)):  # of equals, the first: so does XLA
            where = jnp.where(columns[place] == largest, jnp.uint8(place), where)
        if form.rectified:  # nothing flows back to any place
            where = jnp.where(largest > 0, where, jnp.uint8(len(columns)))
            largest = jnp.maximum(largest, 0)
        shape = (pictures.shape[0], *places, kernel.shape[-1])
        return largest.reshape(shape), where.reshape(shape)

    largest, where = lax.map(of_group, _in_groups(x, size))
    whole = (x.shape[0], *largest.shape[2:])
    return largest.reshape(whole), (x, kernel, where.reshape(whole))


def _backward(form: _Form, kept: Any, gradient: jax.Array) -> tuple[jax.Array, jax.Array, jax.Array]:
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
    to_bias = jnp.where(where < prod(form.pool), gradient, nothing).reshape(-1, kernel.shape[-1]).sum(0)
    return to_x.reshape(x.shape), narrowed(to_wide)[0], to_bias


_pooled.defvjp(_forward, _backward)


def _patches(pictures: jax.Array, window: Sequence[int], form: _Form) -> tuple[jax.Array, tuple[int, ...]]:
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


def _group_size(x: jax.Array, kernel: jax.Array, form: _Form) -> int:
    """The most pictures whose results stay in a cache, of the sizes that divide the batch."""
    sizes = zip(x.shape[1:-1], form.padding, kernel.shape[:-2], strict=True)
    places = prod(size + low + high - width + 1 for size, (low, high), width in sizes)
    most = max(1, CACHE_BYTES // (places * kernel.shape[-1] * kernel.dtype.itemsize))
    divisors = [size for size in range(1, min(most, x.shape[0]) + 1) if x.shape[0] % size == 0]
    best = max(divisors, default=1)
    return best if 2 * best > min(most, x.shape[0]) else max(1, x.shape[0])  # a prime batch goes through as one


def _in_groups(array: jax.Array, size: int) -> jax.Array:
    return array.reshape(-1, size, *array.shape[1:])
