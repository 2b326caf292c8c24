"""A convolution of any rank, strided, padded, dilated, grouped or depthwise, as patches times matrix."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial
from typing import Any

import jax
import jax.numpy as jnp

from tenfold.engine.lowering.transposed import transposed_convolution
from tenfold.engine.lowering.windows import Pads, taps_of


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
    upsampling = any(step != 1 for step in lhs_dilation)
    if batch_group_count != 1:
        return None
    if upsampling and (feature_group_count != 1 or any(step != 1 for step in window_strides)):
        return None
    if upsampling and not jnp.issubdtype(x.dtype, jnp.floating):
        return None
    lhs, rhs, out = dimension_numbers.lhs_spec, dimension_numbers.rhs_spec, dimension_numbers.out_spec
    x = jnp.transpose(x, (lhs[0], *lhs[2:], lhs[1]))  # (batch, *places, channels)
    kernel = jnp.transpose(kernel, (*rhs[2:], rhs[1], rhs[0]))  # (*window, channels of a group, outputs)
    if upsampling:
        result = transposed_convolution(
            x, kernel, lhs_dilation, padding, rhs_dilation, precision, preferred_element_type
        )
    else:
        taps = taps_of(x, kernel.shape[:-2], window_strides, padding, rhs_dilation, jnp.zeros((), x.dtype))
        dot = partial(jnp.matmul, precision=precision, preferred_element_type=preferred_element_type)
        result = _of_patches(taps, kernel, feature_group_count, dot)
    back = [0] * len(out)
    for place, axis in enumerate((out[0], *out[2:], out[1])):
        back[axis] = place
    return jnp.transpose(result, back)


def _of_patches(taps: list[jax.Array], kernel: jax.Array, groups: int, dot: Callable[..., jax.Array]) -> jax.Array:
    if groups == 1:
        return _dense(taps, kernel, dot)
    if kernel.shape[-2] == 1:
        return _depthwise(taps, kernel)
    return _grouped(taps, kernel, groups, dot)


def _dense(taps: list[jax.Array], kernel: jax.Array, dot: Callable[..., jax.Array]) -> jax.Array:
    rows = jnp.concatenate(taps, axis=-1)  # (batch, *places, window × channels)
    # One flat product: with the places left as axes, XLA transposes all of them for the kernel's gradient.
    flat = dot(rows.reshape(-1, rows.shape[-1]), kernel.reshape(-1, kernel.shape[-1]))
    return flat.reshape(*rows.shape[:-1], kernel.shape[-1])


def _depthwise(taps: list[jax.Array], kernel: jax.Array) -> jax.Array:
    *outer, channels = taps[0].shape
    weights = kernel.reshape(len(taps), *(1 for _ in outer), channels, -1)  # (window, 1…, channels, outputs of each)
    total = sum(tap[..., None] * weight for tap, weight in zip(taps, weights, strict=True))
    return jnp.reshape(total, (*outer, -1))


def _grouped(taps: list[jax.Array], kernel: jax.Array, groups: int, dot: Callable[..., jax.Array]) -> jax.Array:
    kernels = jnp.split(kernel, groups, axis=-1)
    inputs = zip(*(jnp.split(tap, groups, axis=-1) for tap in taps), strict=True)
    results = [_dense(list(group), weights, dot) for group, weights in zip(inputs, kernels, strict=True)]
    return jnp.concatenate(results, axis=-1)
