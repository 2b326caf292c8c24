"""Matrices of few columns, updated and carried through the compiled loop as one row of numbers.

XLA's CPU compiler vectorises along an array's last axis. An optimizer's update of the last layer's matrix, which has a
column for each of ten classes, therefore runs on single numbers, and takes as long as that of a layer ten times its
size. What an optimizer does to a number depends on no other one, nearly always, so it may see them in one row. They go
around the loop as that row too, or XLA lays the matrix out by columns and has to turn it at every step.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from math import prod
from typing import Any

import jax
import jax.numpy as jnp
from jax import lax
from jax.extend.core import Jaxpr

from tenfold.engine.equations import CALLS, Read, as_it_was, one_by_one, retraced

FEW = 32  # columns: from here on they fill the vectors of any processor

# Primitives whose results each come from the numbers at the same place, or from a scalar.
PLACE_BY_PLACE = {
    *("abs", "add", "convert_element_type", "copy", "div", "exp", "integer_pow", "is_finite", "log", "max", "min"),
    *("mul", "neg", "pow", "rsqrt", "select_n", "sign", "sqrt", "square", "sub"),
    *("and", "eq", "ge", "gt", "le", "lt", "ne", "not", "or"),
}


def is_narrow(shape: tuple[int, ...]) -> bool:
    return len(shape) == 2 and shape[1] <= FEW < shape[0]


def loop(first: Any, last: Any, step: Callable[[Any, Any], Any], carry: Any) -> Any:
    """`lax.fori_loop`, around which narrow matrices go as one row."""
    leaves, structure = jax.tree.flatten(carry)
    shapes = [leaf.shape for leaf in leaves]

    def flattened(leaves: list[Any]) -> list[Any]:  # numbers of Python among them, where a step reports such
        return [leaf.ravel() if is_narrow(jnp.shape(leaf)) else leaf for leaf in leaves]

    def as_before(rows: list[jax.Array]) -> Any:
        return structure.unflatten([row.reshape(shape) for row, shape in zip(rows, shapes, strict=True)])

    def around(number: Any, rows: list[jax.Array]) -> list[Any]:
        return flattened(jax.tree.leaves(step(number, as_before(rows))))

    return as_before(lax.fori_loop(first, last, around, flattened(leaves)))


def in_rows(function: Callable[..., Any]) -> Callable[..., Any]:
    """`function`, which works place by place wherever it can on its narrow matrices, computed on them as rows."""
    return retraced(function, _walk)


def _walk(jaxpr: Jaxpr, consts: Sequence[Any], arguments: Sequence[Any]) -> list[Any]:
    return one_by_one(jaxpr, consts, arguments, _compute)


def _compute(equation: Any, read: Read) -> list[Any]:
    inputs, name = [read(atom) for atom in equation.invars], equation.primitive.name
    if name in CALLS:
        inner = equation.params["jaxpr"]
        return _walk(inner.jaxpr, inner.consts, inputs)
    if not equation.outvars:  # one that only prints, say
        return as_it_was(equation, inputs)
    shape = equation.outvars[0].aval.shape
    shapes = {atom.aval.shape for atom in equation.invars}
    if name in PLACE_BY_PLACE and is_narrow(shape) and shapes <= {shape, ()}:
        # Between two of these the row is made a matrix and a row again, which XLA takes out.
        rows = [number.ravel() if number.shape else number for number in map(jnp.asarray, inputs)]
        return [equation.primitive.bind(*rows, **equation.params).reshape(shape)]
    if name == "broadcast_in_dim" and is_narrow(shape) and shapes == {()}:
        return [jnp.broadcast_to(inputs[0], prod(shape)).reshape(shape)]
    return as_it_was(equation, inputs)
