"""A transposed convolution (a decoder's upsampling): one product with every picture place, then a sum over places.

Such a convolution spreads each place of its input over a window of the output: it is what a strided convolution does
backwards. Written as patches of the opened-up input it would multiply mostly zeros, and XLA has no fast code for it
in a loop. `convolution.py` decides which convolutions come here.
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

from tenfold.engine.lowering.windows import Pads, taps_of


class Spread(NamedTuple):
    """How places of the input meet places of the output: of each axis, how far apart, and what is added around."""

    strides: tuple[int, ...]
    padding: tuple[tuple[int, int], ...]
    dilation: tuple[int, ...]
    precision: Any


def transposed_convolution(
    x: jax.Array,
    kernel: jax.Array,
    strides: Sequence[int],
    padding: Pads,
    dilation: Sequence[int],
    precision: Any,
    preferred: Any,
) -> jax.Array:
    """`x` is (batch, *places, channels), `kernel` (*window, channels, outputs)."""
    spread = Spread(tuple(strides), tuple((low, high) for low, high in padding), tuple(dilation), precision)
    # Every place of the output is a sum over the window: in 16 bits it would be rounded once for each of them.
    return _transposed(x, kernel, spread).astype(preferred or jnp.result_type(x, kernel))


@partial(jax.custom_vjp, nondiff_argnums=(2,))
def _transposed(x: jax.Array, kernel: jax.Array, spread: Spread) -> jax.Array:
    batch, *places, channels = x.shape
    *window, _, outputs = kernel.shape
    rank = len(window)
    wide = jnp.promote_types(jnp.result_type(x, kernel), jnp.float32)
    weights = jnp.moveaxis(kernel, -2, 0).reshape(channels, -1)
    dot = jnp.matmul(x.reshape(-1, channels), weights, precision=spread.precision, preferred_element_type=wide)
    by_tap = dot.reshape(batch, *places, prod(window), outputs)
    sizes = _output_sizes(places, window, spread)
    rounds = [-(-size // stride) for size, stride in zip(sizes, spread.strides, strict=True)]
    # Output places that are a stride apart see the same positions of the window: they are summed together.
    phases = [
        _phase(by_tap, [*window], phase, rounds, spread)
        for phase in product(*(range(stride) for stride in spread.strides))
    ]
    result = jnp.stack(phases, axis=1 + rank).reshape(batch, *rounds, *spread.strides, outputs)
    interleaved = [axis for place in range(rank) for axis in (1 + place, 1 + rank + place)]
    full = [count * stride for count, stride in zip(rounds, spread.strides, strict=True)]
    result = result.transpose(0, *interleaved, 1 + 2 * rank).reshape(batch, *full, outputs)
    return lax.slice(result, [0] * (rank + 2), [batch, *sizes, outputs])


def _phase(
    by_tap: jax.Array, window: list[int], phase: tuple[int, ...], rounds: list[int], spread: Spread
) -> jax.Array:
    """The output at the places `phase`, `phase` + stride, …: (batch, *rounds, outputs)."""
    zero = jnp.zeros((), by_tap.dtype)
    total = jnp.zeros((by_tap.shape[0], *rounds, by_tap.shape[-1]), by_tap.dtype)
    for tap, offsets in enumerate(product(*map(range, window))):
        config, meets = [(0, 0, 0)], True
        for axis, (offset, at) in enumerate(zip(offsets, phase, strict=True)):
            first, between = divmod(at - spread.padding[axis][0] + offset * spread.dilation[axis], spread.strides[axis])
            meets = meets and not between  # else it would stand between two places of the input
            config.append((-first, first + rounds[axis] - by_tap.shape[1 + axis], 0))
        if meets:
            total = total + lax.pad(by_tap[..., tap, :], zero, [*config, (0, 0, 0)])
    return total


def _output_sizes(places: Sequence[int], window: Sequence[int], spread: Spread) -> list[int]:
    return [
        (size - 1) * stride + 1 + low + high - (width - 1) * apart
        for size, width, stride, (low, high), apart in zip(
            places, window, spread.strides, spread.padding, spread.dilation, strict=True
        )
    ]


def _forward(x: jax.Array, kernel: jax.Array, spread: Spread) -> tuple[jax.Array, tuple[jax.Array, jax.Array]]:
    return _transposed(x, kernel, spread), (x, kernel)


def _backward(spread: Spread, kept: tuple[jax.Array, jax.Array], gradient: jax.Array) -> tuple[jax.Array, jax.Array]:
    """Backwards it is an ordinary strided convolution with the turned kernel: patches of the gradient times matrix."""
    x, kernel = kept
    *window, channels, outputs = kernel.shape
    narrow = gradient.astype(jnp.result_type(x, kernel))
    padding = []
    for axis, (width, stride, apart) in enumerate(zip(window, spread.strides, spread.dilation, strict=True)):
        low = (width - 1) * apart - spread.padding[axis][0]
        reached = (x.shape[1 + axis] - 1) * stride + (width - 1) * apart + 1
        padding.append((low, reached - low - gradient.shape[1 + axis]))
    taps = taps_of(narrow, window, spread.strides, padding, spread.dilation, jnp.zeros((), narrow.dtype))
    rows = jnp.concatenate(taps[::-1], axis=-1).reshape(-1, prod(window) * outputs)  # turned: last position first
    dot = partial(jnp.matmul, precision=spread.precision)
    weights = jnp.moveaxis(kernel, -2, -1).reshape(-1, channels)
    by_channel = dot(x.reshape(-1, channels).T, rows).reshape(channels, *window, outputs)
    return dot(rows, weights).reshape(x.shape), jnp.moveaxis(by_channel, 0, -2)


_transposed.defvjp(_forward, _backward)
