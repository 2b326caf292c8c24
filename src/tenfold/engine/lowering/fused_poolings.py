"""Where a program convolves, adds a bias, rectifies and takes the largest of a window: computed as one.

`fused_poolings` finds it in a traced program; `pooled` computes it, the first layer of a network by
`pooled_convolution.py` and one of many channels by `pooled_filtering.py`.
"""

from __future__ import annotations

from collections import Counter
from functools import cache
from math import prod
from typing import Any, NamedTuple

import jax
import jax.numpy as jnp
from jax.extend.core import Jaxpr, Literal, Var
from jax.nn import relu

from tenfold.engine.lowering.minimal_filtering import BESIDE, saves
from tenfold.engine.lowering.pooled_convolution import FEW_CHANNELS, Form, pooled_convolution
from tenfold.engine.lowering.pooled_filtering import pooled_filtering
from tenfold.engine.lowering.pooling import LARGEST_WINDOW


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
        if equation.primitive.name != "conv_general_dilated" or not _is_plain(equation):
            continue
        chain, bias, rectified = [equation], None, False
        while users[chain[-1].outvars[0]] == 1 and chain[-1].outvars[0] in reader:
            value, then = chain[-1].outvars[0], reader[chain[-1].outvars[0]]
            if then.primitive.name == "add" and bias is None and not rectified and _bias_of(then, value) is not None:
                bias = _bias_of(then, value)
            elif not rectified and _is_relu(then):
                rectified = True
            elif (pool := _pool_of(then)) is not None and then.outvars[0].aval.size and _pays(equation, pool):
                found[id(then)] = FusedPooling(equation, bias, rectified, pool, tuple(chain))
                break
            else:
                break
            chain.append(then)
    return found


def _is_plain(convolution: Any) -> bool:
    """Whether it goes in steps of one over pictures of float32 and puts their channels last."""
    settings, (x, kernel) = convolution.params, (atom.aval for atom in convolution.invars)
    rank = x.ndim - 2
    ones = (*settings["window_strides"], *settings["lhs_dilation"], *settings["rhs_dilation"])
    groups = (settings["feature_group_count"], settings["batch_group_count"])
    return (
        rank > 0
        and set(ones) == set(groups) == {1}
        and settings["precision"] is None
        and x.dtype == kernel.dtype == convolution.outvars[0].aval.dtype == jnp.float32
        and settings["dimension_numbers"].out_spec == (0, rank + 1, *range(1, rank + 1))
    )


def _pays(convolution: Any, pool: tuple[int, ...]) -> bool:
    """Whether one of the two ways is made for it."""
    window, channels = _window_and_channels(convolution)
    return channels <= FEW_CHANNELS or (set(pool) == {BESIDE} and saves(window, channels))


def _window_and_channels(convolution: Any) -> tuple[tuple[int, ...], int]:
    kernel, spec = convolution.invars[1].aval, convolution.params["dimension_numbers"].rhs_spec
    return tuple(kernel.shape[axis] for axis in spec[2:]), kernel.shape[spec[1]]


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


def pooled(x: jax.Array, kernel: jax.Array, *bias: jax.Array, fused: FusedPooling) -> jax.Array:
    """What the fused equations compute; `bias` is one array, or none."""
    specs = fused.convolution.params["dimension_numbers"]
    lhs, rhs = specs.lhs_spec, specs.rhs_spec
    x = jnp.transpose(x, (lhs[0], *lhs[2:], lhs[1]))  # (batch, *places, channels)
    kernel = jnp.transpose(kernel, (*rhs[2:], rhs[1], rhs[0]))  # (*window, channels, outputs)
    flat = bias[0].reshape(-1) if bias else jnp.zeros(kernel.shape[-1:], kernel.dtype)
    padding = tuple((int(low), int(high)) for low, high in fused.convolution.params["padding"])
    if x.shape[-1] <= FEW_CHANNELS:
        return pooled_convolution(x, kernel, flat, Form(padding, fused.pool, fused.rectified))
    return pooled_filtering(x, kernel, flat, padding, fused.rectified)
