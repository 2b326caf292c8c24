"""Rewriting a model's forward pass, before it is differentiated, where XLA's CPU backend is slow.

`lowered(function)` traces a function, walks through the traced program and calls it again equation by equation. An
equation that one of the RULES recognises is computed another way; everything else is passed on untouched. The result
is an ordinary JAX function: it can be differentiated, looped over and vectorised.

Why: inside a loop XLA's CPU backend runs a convolution on naive code, and the gradient of its max pooling everywhere
(jax#12868). A convolution written as patches times matrix goes to the matrix product, which is fast everywhere.

A rule gets the equation's inputs and parameters and returns the result, or None to leave the equation alone. It must
give the same values and the same gradients to float tolerance; `tests/engine/test_lowering.py` holds it to that.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial
from itertools import product
from math import prod
from typing import Any

import jax
import jax.numpy as jnp
from jax import lax
from jax.extend.core import ClosedJaxpr, Jaxpr, Literal, Var

Pads = Sequence[tuple[int, int]]

CALLS = {"jit", "pjit", "closed_call", "core_call"}  # equations that only wrap a program: their insides are walked too


def lowered(function: Callable[..., Any]) -> Callable[..., Any]:
    """`function`, computed with the RULES where they apply."""

    def rewritten(*arguments: Any) -> Any:
        program, shape = jax.make_jaxpr(function, return_shape=True)(*arguments)
        outputs = _walk(program.jaxpr, program.consts, jax.tree.leaves(arguments))
        return jax.tree.unflatten(jax.tree.structure(shape), outputs)

    return rewritten


def _walk(jaxpr: Jaxpr, consts: Sequence[Any], arguments: Sequence[Any]) -> list[Any]:
    values: dict[Var, Any] = dict(zip(jaxpr.constvars, consts, strict=True))
    values.update(zip(jaxpr.invars, arguments, strict=True))

    def read(atom: Any) -> Any:
        return atom.val if isinstance(atom, Literal) else values[atom]

    for equation in jaxpr.eqns:
        inputs = [read(atom) for atom in equation.invars]
        outputs = _apply(equation, inputs)
        values.update(zip(equation.outvars, outputs, strict=True))
    return [read(atom) for atom in jaxpr.outvars]


def _apply(equation: Any, inputs: list[Any]) -> list[Any]:
    primitive, parameters = equation.primitive, equation.params
    if primitive.name in CALLS:
        inner = parameters["jaxpr"]
        return _walk(inner.jaxpr, inner.consts, inputs)
    if primitive.name == "scan" and RULES.keys() & primitives_in(parameters["jaxpr"].jaxpr):
        return _scan(inputs, parameters)
    rule = RULES.get(primitive.name)
    if rule is not None:
        result = rule(*inputs, **parameters)
        if result is not None:
            return [result]
    return _as_it_was(equation, inputs)


def _as_it_was(equation: Any, inputs: list[Any]) -> list[Any]:
    parameters = equation.primitive.get_bind_params(equation.params)
    outputs = equation.primitive.bind(*inputs, **parameters)
    return list(outputs) if equation.primitive.multiple_results else [outputs]


def primitives_in(jaxpr: Jaxpr) -> set[str]:
    """The names of all primitives that a program uses, at any depth."""
    names = set()
    for equation in jaxpr.eqns:
        names.add(equation.primitive.name)
        for value in equation.params.values():
            for inner in value if isinstance(value, tuple | list) else (value,):
                if isinstance(inner, ClosedJaxpr):
                    names |= primitives_in(inner.jaxpr)
                elif isinstance(inner, Jaxpr):
                    names |= primitives_in(inner)
    return names


def _scan(inputs: list[Any], parameters: dict[str, Any]) -> list[Any]:
    """A loop inside the model (a recurrent layer, a TimeDistributed one): its body is walked as well."""
    body: ClosedJaxpr = parameters["jaxpr"]
    constants, carried = parameters["num_consts"], parameters["num_carry"]
    fixed, start, sequences = (
        inputs[:constants],
        inputs[constants : constants + carried],
        inputs[constants + carried :],
    )

    def step(carry: list[Any], row: list[Any]) -> tuple[list[Any], list[Any]]:
        outputs = _walk(body.jaxpr, body.consts, [*fixed, *carry, *row])
        return outputs[:carried], outputs[carried:]

    settings = {name: parameters[name] for name in ("length", "reverse", "unroll")}
    last, rows = lax.scan(step, start, sequences, **settings)
    return [*last, *rows]


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
    if batch_group_count != 1 or any(step != 1 for step in lhs_dilation):
        return None
    lhs, rhs, out = dimension_numbers.lhs_spec, dimension_numbers.rhs_spec, dimension_numbers.out_spec
    x = jnp.transpose(x, (lhs[0], *lhs[2:], lhs[1]))  # (batch, *places, channels)
    kernel = jnp.transpose(kernel, (*rhs[2:], rhs[1], rhs[0]))  # (*window, channels of a group, outputs)
    taps = _taps(x, kernel.shape[:-2], window_strides, padding, rhs_dilation, jnp.zeros((), x.dtype))
    dot = partial(jnp.matmul, precision=precision, preferred_element_type=preferred_element_type)
    if feature_group_count == 1:
        result = _dense(taps, kernel, dot)
    elif kernel.shape[-2] == 1:
        result = _depthwise(taps, kernel)
    else:
        result = _grouped(taps, kernel, feature_group_count, dot)
    back = [0] * len(out)
    for place, axis in enumerate((out[0], *out[2:], out[1])):
        back[axis] = place
    return jnp.transpose(result, back)


def _taps(
    x: jax.Array, window: Sequence[int], strides: Sequence[int], padding: Pads, dilation: Sequence[int], fill: jax.Array
) -> list[jax.Array]:
    """For every place in the window, what stands there at each position of the window: (batch, *places, channels)."""
    padded = lax.pad(x, fill, [(0, 0, 0), *((low, high, 0) for low, high in padding), (0, 0, 0)])
    places = [
        (size - (width - 1) * spread - 1) // stride + 1
        for size, width, spread, stride in zip(padded.shape[1:-1], window, dilation, strides, strict=True)
    ]
    taps = []
    for offsets in product(*map(range, window)):
        first = [offset * spread for offset, spread in zip(offsets, dilation, strict=True)]
        last = [at + (count - 1) * stride + 1 for at, count, stride in zip(first, places, strides, strict=True)]
        taps.append(lax.slice(padded, (0, *first, 0), (padded.shape[0], *last, padded.shape[-1]), (1, *strides, 1)))
    return taps


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
    if not untouched[-1]:  # channels first
        if not untouched[1]:
            return None
        channels_last = _max_pool(jnp.moveaxis(x, 1, -1), *map(tuple, zip(*windows[2:], strict=True)))
        return jnp.moveaxis(channels_last, -1, 1)
    return _max_pool(x, *map(tuple, zip(*windows[1:-1], strict=True)))


@partial(jax.custom_vjp, nondiff_argnums=(1, 2, 3, 4))
def _max_pool(x: jax.Array, window: Any, strides: Any, padding: Any, dilation: Any) -> jax.Array:
    return _largest(x, window, strides, padding, dilation)[0]


def _largest(x: jax.Array, window: Any, strides: Any, padding: Any, dilation: Any) -> tuple[jax.Array, list[jax.Array]]:
    taps = _taps(x, window, strides, padding, dilation, jnp.array(-jnp.inf, x.dtype))
    largest = taps[0]
    for tap in taps[1:]:
        largest = jnp.maximum(largest, tap)
    return largest, taps


def _max_pool_forward(x: jax.Array, window: Any, strides: Any, padding: Any, dilation: Any) -> tuple[Any, Any]:
    largest, taps = _largest(x, window, strides, padding, dilation)
    where = jnp.full(largest.shape, len(taps) - 1, jnp.uint8)
    for place in reversed(range(len(taps) - 1)):  # of equals, the first: so does XLA
        where = jnp.where(taps[place] == largest, jnp.uint8(place), where)
    return largest, (where, x.shape)


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

ROTATIONS = ((13, 15, 26, 6), (17, 29, 16, 24))
PARITY = 0x1BD11BDA


def random_bits(key: jax.Array, *, bit_width: int, shape: tuple[int, ...]) -> jax.Array | None:
    """The very bits that JAX draws for a Dropout, in one pass over them.

    JAX's CPU code for its generator (threefry, 20 rounds) is a loop that goes through memory once a round.
    """
    threefry = jax.random.key_impl(key) == "threefry2x32" and jax.config.jax_threefry_partitionable
    if not threefry or bit_width != 32 or key.ndim or prod(shape) >= 2**32:
        return None
    first, second = jax.random.key_data(key)
    keys = (first, second, first ^ second ^ jnp.uint32(PARITY))
    count = lax.iota(jnp.uint32, prod(shape)).reshape(shape)
    a, b = jnp.full_like(count, keys[0]), count + jnp.full_like(count, keys[1])
    for group in range(5):
        for rotation in ROTATIONS[group % 2]:
            a = a + b
            b = a ^ (lax.shift_left(b, jnp.uint32(rotation)) | lax.shift_right_logical(b, jnp.uint32(32 - rotation)))
        a = a + jnp.full_like(a, keys[(group + 1) % 3])
        b = b + jnp.full_like(b, keys[(group + 2) % 3] + jnp.uint32(group + 1))
    return a ^ b


RULES: dict[str, Callable[..., jax.Array | None]] = {
    "conv_general_dilated": convolution,
    "random_bits": random_bits,
    "reduce_window_max": max_pooling,
}
