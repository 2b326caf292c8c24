"""Computing a traced program equation by equation, so that some of them can be computed another way."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import jax
from jax.extend.core import Jaxpr, Literal, Var

CALLS = {"jit", "pjit"}  # equations that only wrap a program: one looks inside

Read = Callable[[Any], Any]  # the value of a variable or literal of the program
Compute = Callable[[Any, Read], Sequence[Any] | None]  # an equation's results; None if nobody will ask for them

# The results of a program, of its constants, of its arguments.
Program = Callable[[Jaxpr, Sequence[Any], Sequence[Any]], list[Any]]


def retraced(function: Callable[..., Any], compute: Program) -> Callable[..., Any]:
    """`function`, whose traced program, constants and arguments `compute` gets, and answers with the results."""

    def computed(*arguments: Any) -> Any:
        program, shape = jax.make_jaxpr(function, return_shape=True)(*arguments)
        outputs = compute(program.jaxpr, program.consts, jax.tree.leaves(arguments))
        return jax.tree.unflatten(jax.tree.structure(shape), outputs)

    return computed


def one_by_one(jaxpr: Jaxpr, consts: Sequence[Any], arguments: Sequence[Any], compute: Compute) -> list[Any]:
    """The results of a program, each of its equations computed by `compute`."""
    values: dict[Var, Any] = dict(zip(jaxpr.constvars, consts, strict=True))
    values.update(zip(jaxpr.invars, arguments, strict=True))

    def read(atom: Any) -> Any:
        return atom.val if isinstance(atom, Literal) else values[atom]

    for equation in jaxpr.eqns:
        outputs = compute(equation, read)
        if outputs is not None:
            values.update(zip(equation.outvars, outputs, strict=True))
    return [read(atom) for atom in jaxpr.outvars]


def as_it_was(equation: Any, inputs: Sequence[Any]) -> list[Any]:
    parameters = equation.primitive.get_bind_params(equation.params)
    outputs = equation.primitive.bind(*inputs, **parameters)
    return list(outputs) if equation.primitive.multiple_results else [outputs]
