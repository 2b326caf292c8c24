"""The walk through a traced program: where it looks inside, and which rule it tries on which equation.

`lowered(function)` traces a function, walks through the traced program and calls it again equation by equation. An
equation that one of the RULES recognises is computed another way; everything else is passed on untouched. The result
is an ordinary JAX function: it can be differentiated in reverse, looped over and vectorised.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial
from typing import Any

import jax
from jax import lax
from jax.extend.core import ClosedJaxpr, Jaxpr

from tenfold.engine.equations import CALLS, Read, as_it_was, one_by_one, retraced
from tenfold.engine.lowering.bias import added_bias
from tenfold.engine.lowering.convolution import convolution
from tenfold.engine.lowering.fused_poolings import fused_poolings, pooled
from tenfold.engine.lowering.narrow_product import narrow_product
from tenfold.engine.lowering.pooling import max_pooling
from tenfold.engine.lowering.random_bits import random_bits
from tenfold.engine.lowering.shares import share_by_share

RULES: dict[str, Callable[..., jax.Array | None]] = {
    "add": added_bias,
    "conv_general_dilated": convolution,
    "dot_general": narrow_product,
    "random_bits": random_bits,
    "reduce_window_max": max_pooling,
}


def lowered(function: Callable[..., Any]) -> Callable[..., Any]:
    """`function`, computed with the RULES where they apply."""
    return retraced(function, _walk)


def _walk(jaxpr: Jaxpr, consts: Sequence[Any], arguments: Sequence[Any]) -> list[Any]:
    poolings = fused_poolings(jaxpr)
    absorbed = {id(equation) for fused in poolings.values() for equation in fused.absorbed}

    def compute(equation: Any, read: Read) -> list[Any] | None:
        if id(equation) in absorbed:
            return None
        if fused := poolings.get(id(equation)):
            inputs = [*fused.convolution.invars, *([] if fused.bias is None else [fused.bias])]
            function = partial(pooled, fused=fused)
            return [_of_pictures(function, fused.convolution.params, *map(read, inputs))]
        return _apply(equation, [read(atom) for atom in equation.invars])

    return one_by_one(jaxpr, consts, arguments, compute)


def _apply(equation: Any, inputs: list[Any]) -> list[Any]:
    primitive, parameters = equation.primitive, equation.params
    if primitive.name in CALLS:
        inner = parameters["jaxpr"]
        return _walk(inner.jaxpr, inner.consts, inputs)
    if primitive.name in INSIDES and RULES.keys() & _primitives_inside(equation):
        return INSIDES[primitive.name](inputs, parameters)
    rule = RULES.get(primitive.name)
    if rule is not None:
        function = partial(rule, **parameters)
        if rule is convolution:
            function = partial(_of_pictures, function, parameters)
        result = function(*inputs)
        if result is not None:
            return [result]
    return as_it_was(equation, inputs)


def _of_pictures(
    function: Callable[..., jax.Array | None], parameters: dict[str, Any], *inputs: jax.Array
) -> jax.Array | None:
    """A rule that takes pictures in groups; where they come first, as they do, each device takes those of its share."""
    specs = parameters["dimension_numbers"]
    if specs.lhs_spec[0] == specs.out_spec[0] == 0:
        return share_by_share(function, *inputs)
    return function(*inputs)


def primitives_in(jaxpr: Jaxpr) -> set[str]:
    """The names of all primitives that a program uses, at any depth."""
    names = set()
    for equation in jaxpr.eqns:
        names.add(equation.primitive.name)
        names |= _primitives_inside(equation)
    return names


def _primitives_inside(equation: Any) -> set[str]:
    names: set[str] = set()
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


def _cond(inputs: list[Any], parameters: dict[str, Any]) -> list[Any]:
    index, *operands = inputs
    branches = [partial(_branch, branch) for branch in parameters["branches"]]
    return list(lax.switch(index, branches, *operands))


def _branch(branch: ClosedJaxpr, *operands: Any) -> list[Any]:
    return _walk(branch.jaxpr, branch.consts, operands)


def _checkpoint(inputs: list[Any], parameters: dict[str, Any]) -> list[Any]:
    """A part of the model that is computed again for its gradient (keras.remat, a RematScope)."""
    settings = {name: parameters[name] for name in ("prevent_cse", "policy")}
    return list(jax.checkpoint(partial(_walk, parameters["jaxpr"], ()), **settings)(inputs))


# Equations with programs inside that are walked too. A while loop and a function with a gradient of its own are not.
INSIDES: dict[str, Callable[[list[Any], dict[str, Any]], list[Any]]] = {
    "cond": _cond,
    "remat2": _checkpoint,
    "scan": _scan,
}
