"""A convolution of any rank, strided, padded, dilated, grouped or depthwise, as patches times matrix.

Patches take as much memory as the picture, times the window's places. Beyond WHOLE_BYTES the pictures go through in
groups whose patches fit into a core's cache, and the gradient makes them again. That is no slower, and memory stays
what a convolution needs. `transposed.py` has those that spread their input out.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from math import prod
from typing import Any, NamedTuple

import jax
import jax.numpy as jnp
from jax import lax

from tenfold.engine.lowering.transposed import transposed_convolution
from tenfold.engine.lowering.windows import Pads, places_of, taps_of

MOST_TAPS = 64  # places of a window (and groups of channels): each is a piece of program that has to be compiled
WHOLE_BYTES = 32 << 20  # of patches; measured with 2 MiB of second-level cache and 32 of third
GROUP_BYTES = 3 << 20


class Sliding(NamedTuple):
    """How a window goes over pictures, and what of them each output sees."""

    strides: tuple[int, ...]
    padding: tuple[tuple[int, int], ...]
    dilation: tuple[int, ...]
    groups: int
    precision: Any
    preferred: Any


def convolution(
    x: jax.Array,
    kernel: jax.Array,
    *,
    window_strides: Sequence[int],
    padding: Pads,
    lhs_dilation: Sequence[int],
    rhs_dilation: Sequence[int],
    dimension_numbers: Any,
    feature_group_count: int,
    batch_group_count: int,
    precision: Any,
    preferred_element_type: Any,
    **_: Any,
) -> jax.Array | None:
    """A convolution of any rank as one matrix product over the patches that each output place sees."""
    lhs, rhs, out = dimension_numbers.lhs_spec, dimension_numbers.rhs_spec, dimension_numbers.out_spec
    upsampling = any(step != 1 for step in lhs_dilation)
    if batch_group_count != 1 or prod(kernel.shape[axis] for axis in rhs[2:]) > MOST_TAPS:
        return None
    if kernel.shape[rhs[1]] != 1 and feature_group_count > MOST_TAPS:
        return None
    if upsampling and (feature_group_count != 1 or any(step != 1 for step in window_strides)):
        return None
    if upsampling and not jnp.issubdtype(x.dtype, jnp.floating):
        return None
    x = jnp.transpose(x, (lhs[0], *lhs[2:], lhs[1]))  # (batch, *places, channels)
    kernel = jnp.transpose(kernel, (*rhs[2:], rhs[1], rhs[0]))  # (*window, channels of a group, outputs)
    if upsampling:
        result = transposed_convolution(
            x, kernel, lhs_dilation, padding, rhs_dilation, precision, preferred_element_type
        )
    else:
        sliding = Sliding(
            tuple(window_strides),
            tuple((int(low), int(high)) for low, high in padding),
            tuple(rhs_dilation),
            feature_group_count,
            precision,
            preferred_element_type,
        )
        whole = _patch_bytes(x, kernel, sliding) * x.shape[0] <= WHOLE_BYTES
        result = (_at_once if whole else _in_groups)(x, kernel, sliding)
    back = [0] * len(out)
    for place, axis in enumerate((out[0], *out[2:], out[1])):
        back[axis] = place
    return jnp.transpose(result, back)


def _patch_bytes(x: jax.Array, kernel: jax.Array, sliding: Sliding) -> int:
    """What the patches of one picture take."""
    window = kernel.shape[:-2]
    places = places_of(x.shape[1:-1], window, sliding.strides, sliding.padding, sliding.dilation)
    patches: int = prod(places) * prod(window) * x.shape[-1]
    return patches * int(x.dtype.itemsize)


def _group_size(x: jax.Array, kernel: jax.Array, sliding: Sliding) -> int:
    """How many pictures' patches fit into a core's cache, and never none."""
    return max(1, GROUP_BYTES // _patch_bytes(x, kernel, sliding))


def _at_once(x: jax.Array, kernel: jax.Array, sliding: Sliding) -> jax.Array:
    taps = taps_of(x, kernel.shape[:-2], sliding.strides, sliding.padding, sliding.dilation, jnp.zeros((), x.dtype))
    if sliding.groups == 1:
        return _dense(taps, kernel, sliding)
    return (_depthwise if kernel.shape[-2] == 1 else _grouped)(taps, kernel, sliding)


def _dense(taps: list[jax.Array], kernel: jax.Array, sliding: Sliding) -> jax.Array:
    rows = jnp.concatenate(taps, axis=-1)  # (batch, *places, window × channels)
    # One flat product: with the places left as axes, XLA transposes all of them for the kernel's gradient.
    flat = jnp.matmul(
        rows.reshape(-1, rows.shape[-1]),
        kernel.reshape(-1, kernel.shape[-1]),
        precision=sliding.precision,
        preferred_element_type=sliding.preferred,
    )
    return flat.reshape(*rows.shape[:-1], kernel.shape[-1])


def _depthwise(taps: list[jax.Array], kernel: jax.Array, sliding: Sliding) -> jax.Array:
    *outer, channels = taps[0].shape
    narrow = jnp.result_type(taps[0], kernel)
    wide = jnp.promote_types(narrow, jnp.float32)  # in 16 bits the sum would be rounded at every place of the window
    weights = kernel.reshape(len(taps), *(1 for _ in outer), channels, -1)  # (window, 1…, channels, outputs of each)
    total = sum(tap[..., None].astype(wide) * weight.astype(wide) for tap, weight in zip(taps, weights, strict=True))
    return jnp.reshape(total, (*outer, -1)).astype(sliding.preferred or narrow)


def _grouped(taps: list[jax.Array], kernel: jax.Array, sliding: Sliding) -> jax.Array:
    kernels = jnp.split(kernel, sliding.groups, axis=-1)
    inputs = zip(*(jnp.split(tap, sliding.groups, axis=-1) for tap in taps), strict=True)
    results = [_dense(list(group), weights, sliding) for group, weights in zip(inputs, kernels, strict=True)]
    return jnp.concatenate(results, axis=-1)


@partial(jax.custom_vjp, nondiff_argnums=(2,))
def _in_groups(x: jax.Array, kernel: jax.Array, sliding: Sliding) -> jax.Array:
    size = _group_size(x, kernel, sliding)
    results = lax.map(lambda pictures: _at_once(pictures, kernel, sliding), _groups_of(x, size))
    return results.reshape(-1, *results.shape[2:])[: x.shape[0]]


def _forward(x: jax.Array, kernel: jax.Array, sliding: Sliding) -> tuple[jax.Array, tuple[jax.Array, jax.Array]]:
    return _in_groups(x, kernel, sliding), (x, kernel)


def _backward(sliding: Sliding, kept: tuple[jax.Array, jax.Array], gradient: jax.Array) -> tuple[jax.Array, jax.Array]:
    x, kernel = kept
    size = _group_size(x, kernel, sliding)

    def of_group(to_kernel: jax.Array, group: tuple[jax.Array, jax.Array]) -> tuple[jax.Array, jax.Array]:
        pictures, gradient = group
        back = jax.vjp(partial(_at_once, sliding=sliding), pictures, kernel)[1]
        to_pictures, more = back(gradient)
        return to_kernel + more, to_pictures

    nothing = jnp.zeros(kernel.shape, jnp.promote_types(kernel.dtype, jnp.float32))
    to_kernel, to_x = lax.scan(of_group, nothing, (_groups_of(x, size), _groups_of(gradient, size)))
    return to_x.reshape(-1, *x.shape[1:])[: x.shape[0]], to_kernel.astype(kernel.dtype)


_in_groups.defvjp(_forward, _backward)


def _groups_of(array: jax.Array, size: int) -> jax.Array:
    """(groups, size, …); the last is filled up with pictures of zeros, which add nothing to a gradient."""
    missing = -len(array) % size
    return jnp.pad(array, [(0, missing), *[(0, 0)] * (array.ndim - 1)]).reshape(-1, size, *array.shape[1:])
