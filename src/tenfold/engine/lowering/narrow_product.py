"""A product with a narrow matrix, such as the last layer of a classifier: its gradient the other way round.

The gradient for a matrix of ten columns is a product whose result has ten columns and many rows. XLA's matrix product
wants it the other way: few rows and many columns, turned round afterwards.
"""

from __future__ import annotations

from typing import Any

import jax
from jax import lax

NARROW = 32  # columns; beyond, both ways are as fast
ROWS_TIMES_COLUMNS = (((1,), (0,)), ((), ()))


def narrow_product(
    x: jax.Array, matrix: jax.Array, *, dimension_numbers: Any, precision: Any, preferred_element_type: Any, **_: Any
) -> jax.Array | None:
    """`x @ matrix` where the matrix has few columns and many rows."""
    plain = dimension_numbers == ROWS_TIMES_COLUMNS and precision is None
    alike = x.dtype == matrix.dtype and preferred_element_type in (None, x.dtype)
    if not (plain and alike and x.ndim == matrix.ndim == 2 and x.dtype.kind == "f"):
        return None
    inputs, outputs = matrix.shape
    return _product(x, matrix) if outputs <= NARROW and inputs > 4 * outputs else None


def _plain(x: jax.Array, matrix: jax.Array) -> jax.Array:
    return lax.dot_general(x, matrix, ROWS_TIMES_COLUMNS)


def _forward(x: jax.Array, matrix: jax.Array) -> tuple[jax.Array, tuple[jax.Array, jax.Array]]:
    return _plain(x, matrix), (x, matrix)


def _backward(kept: tuple[jax.Array, jax.Array], gradient: jax.Array) -> tuple[jax.Array, jax.Array]:
    x, matrix = kept
    to_x = lax.dot_general(gradient, matrix, (((1,), (1,)), ((), ())))
    turned = lax.dot_general(gradient, x, (((0,), (0,)), ((), ())))  # (outputs, inputs)
    # Without the barrier XLA sees through it and turns the product back.
    return to_x, lax.optimization_barrier(turned).T


_product = jax.custom_vjp(_plain)
_product.defvjp(_forward, _backward)
