"""Whether a traced program computes every row of its batch by itself, so that batches may be cut anywhere.

The program was traced with a number of rows that is a prime, so an axis whose size it divides is one of rows. Every
equation that touches such an axis has to be one of those listed here and keep the rows where they are. What is not
known to do so counts as mixing rows: the answer may be a needless no, and batches are then cut as Keras cuts them.
"""

from __future__ import annotations

from collections.abc import Callable
from math import prod
from typing import Any

from jax.extend.core import ClosedJaxpr, Jaxpr

_ELEMENTWISE = (
    "abs acos acosh add add_any and asin asinh atan atan2 atanh cbrt ceil clamp convert_element_type copy cos cosh "
    "digamma div eq erf erf_inv erfc exp exp2 expm1 floor ge gt integer_pow is_finite le lgamma log log1p logistic lt "
    "max min mul ne neg nextafter not optimization_barrier or pow reduce_precision rem round rsqrt select_n shift_left "
    "shift_right_arithmetic shift_right_logical sign sin sinh sqrt square stop_gradient sub tan tanh xor"
)
_CALLS = "checkpoint closed_call cond core_call custom_jvp_call custom_vjp_call jit pjit remat2 scan while"
ELEMENTWISE, CALLS = frozenset(_ELEMENTWISE.split()), frozenset(_CALLS.split())


def keeps_rows_apart(jaxpr: Jaxpr, rows: int) -> bool:
    """Whether no row of the results depends on another row, where `jaxpr` was traced with `rows` of them."""
    return all(_is_harmless(equation, rows) for equation in jaxpr.eqns)


def _is_harmless(equation: Any, rows: int) -> bool:
    name, settings = equation.primitive.name, equation.params
    taken, given = (
        [_row_axes(atom.aval.shape, rows) for atom in atoms] for atoms in (equation.invars, equation.outvars)
    )
    if not any(taken) and not any(given):
        return True
    if any(len(axes) > 1 for axes in (*taken, *given)):
        return False  # each row beside each other one
    if name in ELEMENTWISE:
        return True
    if name in CALLS:
        insides = [keeps_rows_apart(inside, rows) for inside in _programs_in(settings)]
        return settings.get("length", 1) % rows != 0 and bool(insides) and all(insides)
    check = CHECKS.get(name)
    return check is not None and check(equation, taken, given)


def _row_axes(shape: tuple[int, ...], rows: int) -> set[int]:
    return {axis for axis, size in enumerate(shape) if size and size % rows == 0}


def _programs_in(settings: dict[str, Any]) -> list[Jaxpr]:
    values = [each for value in settings.values() for each in (value if isinstance(value, tuple | list) else (value,))]
    closed = [value.jaxpr for value in values if isinstance(value, ClosedJaxpr)]
    return closed + [value for value in values if isinstance(value, Jaxpr)]


Axes = list[set[int]]  # of each operand or result, those of rows


def _wherever_they_are(*_: Any) -> bool:
    return True


def _along_others(setting: str) -> Callable[[Any, Axes, Axes], bool]:
    """It reduces, sorts, joins or counts along an axis or some, which must not be one of rows."""

    def check(equation: Any, taken: Axes, given: Axes) -> bool:
        axes = equation.params[setting]
        rows = set().union(*(taken or given))
        return not rows & {*(axes if isinstance(axes, tuple) else (axes,))}

    return check


def _product(equation: Any, taken: Axes, _: Axes) -> bool:
    contracted, batched = equation.params["dimension_numbers"]
    if any({*axes} & rows for axes, rows in zip(contracted, taken, strict=True)):
        return False
    return not all(taken) or all(rows <= {*axes} for axes, rows in zip(batched, taken, strict=True))


def _convolution(equation: Any, taken: Axes, _: Axes) -> bool:
    return taken[0] <= {equation.params["dimension_numbers"].lhs_spec[0]} and not taken[1]


def _reshape(equation: Any, taken: Axes, given: Axes) -> bool:
    """With nothing before them, rows lie one after the other in memory, before and after."""
    sides = (equation.invars[0].aval.shape, taken[0]), (equation.outvars[0].aval.shape, given[0])
    return all(axes and prod(shape[: min(axes)]) == 1 for shape, axes in sides)


def _pad(equation: Any, taken: Axes, _: Axes) -> bool:
    return all(equation.params["padding_config"][axis] == (0, 0, 0) for axis in taken[0])


def _slice(equation: Any, taken: Axes, given: Axes) -> bool:
    return taken[0] == given[0] and all(
        equation.invars[0].aval.shape[axis] == equation.outvars[0].aval.shape[axis] for axis in taken[0]
    )


def _gather(equation: Any, taken: Axes, _: Axes) -> bool:
    """A look-up in a table that has no rows (an embedding), or in each row by itself."""
    shape, settings = equation.invars[0].aval.shape, equation.params
    whole = {axis for axis, size in enumerate(settings["slice_sizes"]) if size == shape[axis]}
    return taken[0] <= whole | {*settings["dimension_numbers"].operand_batching_dims}


def _window(equation: Any, taken: Axes, _: Axes) -> bool:
    settings = equation.params
    ones = ("window_dimensions", "window_strides", "base_dilation", "window_dilation")
    return all(
        all(settings[name][axis] == 1 for name in ones) and tuple(settings["padding"][axis]) == (0, 0)
        for axis in taken[0]
    )


CHECKS: dict[str, Callable[[Any, Axes, Axes], bool]] = {
    **dict.fromkeys(("broadcast_in_dim", "squeeze", "transpose"), _wherever_they_are),
    **dict.fromkeys(("argmax", "argmin", "reduce_and", "reduce_max", "reduce_min"), _along_others("axes")),
    **dict.fromkeys(("reduce_or", "reduce_prod", "reduce_sum"), _along_others("axes")),
    **dict.fromkeys(("cumlogsumexp", "cummax", "cummin", "cumprod", "cumsum", "split"), _along_others("axis")),
    **dict.fromkeys(("concatenate", "iota", "sort"), _along_others("dimension")),
    "conv_general_dilated": _convolution,
    "dot_general": _product,
    "gather": _gather,
    "pad": _pad,
    "reshape": _reshape,
    "rev": _along_others("dimensions"),
    **dict.fromkeys(("dynamic_slice", "slice"), _slice),
    **dict.fromkeys(("reduce_window_max", "reduce_window_min", "reduce_window_sum"), _window),
}
