"""A convolution of any rank, strided, padded, dilated, grouped or depthwise, as patches times matrix.

Patches take as much memory as the picture, times the window's places. Where that is much, the pictures go through in
groups whose patches fit into a core's cache. That is no slower, and memory stays what a convolution needs.
`minimal_filtering.py` has windows of two and three over many channels, `transposed.py` what spreads its input out.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from math import prod
from typing import Any, NamedTuple

import jax
import jax.numpy as jnp

from tenfold.engine.lowering.groups import Most, in_groups
from tenfold.engine.lowering.minimal_filtering import minimal_filtering, saves
from tenfold.engine.lowering.transposed import transposed_convolution
from tenfold.engine.lowering.windows import Pads, places_of, taps_of

MOST_TAPS = 64  # places of a window (and groups of channels): each is a piece of program that has to be compiled
MOST = Most(whole=32 << 20, group=3 << 20)  # of patches; measured with 2 MiB of second-level cache and 32 of third


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
        if min(_places(x, kernel, sliding)) < 1:  # nothing comes out
            return None
        result = _slid(x, kernel, sliding)
    back = [0] * len(out)
    for place, axis in enumerate((out[0], *out[2:], out[1])):
        back[axis] = place
    return jnp.transpose(result, back)


def _slid(x: jax.Array, kernel: jax.Array, sliding: Sliding) -> jax.Array:
    """The convolution by whichever way is the faster, of as many pictures at a time as its memory allows."""
    plain = {*sliding.strides, *sliding.dilation, sliding.groups} == {1} and sliding.precision is None
    types = {x.dtype, kernel.dtype, jnp.dtype(sliding.preferred or x.dtype)}
    if plain and types == {jnp.dtype(jnp.float32)} and saves(kernel.shape[:-2], x.shape[-1]):
        return minimal_filtering(x, kernel, sliding.padding)
    return in_groups(partial(_of_patches, sliding=sliding), _patch_bytes(x, kernel, sliding), MOST, x, kernel)


def _places(x: jax.Array, kernel: jax.Array, sliding: Sliding) -> list[int]:
    return places_of(x.shape[1:-1], kernel.shape[:-2], sliding.strides, sliding.padding, sliding.dilation)


def _patch_bytes(x: jax.Array, kernel: jax.Array, sliding: Sliding) -> int:
    """What the patches of one picture take."""
    patches: int = prod(_places(x, kernel, sliding)) * prod(kernel.shape[:-2]) * x.shape[-1]
    return patches * int(x.dtype.itemsize)


def _of_patches(x: jax.Array, kernel: jax.Array, sliding: Sliding) -> jax.Array:
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
