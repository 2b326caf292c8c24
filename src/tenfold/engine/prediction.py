"""Prediction, compiled: what `model.predict` returns, in batches that suit the processor.

A batch must be large enough for its matrix products to keep every core busy, and small enough for what lies between
two layers to stay in the cache: with convolutions that is some dozens of pictures, without them thousands. Where the
caller leaves it open, the size is read off the traced program.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from functools import partial
from typing import Any

import jax
import numpy as np

from tenfold.backend import keras
from tenfold.engine import arguments
from tenfold.engine.faithful import can_be_traced
from tenfold.engine.feed import Arrays
from tenfold.engine.programs import Programs, programs_of
from tenfold.engine.rows_apart import keeps_rows_apart
from tenfold.engine.steps import plain_predict_step, predict_step

METHODS = ("predict", "predict_step", "make_predict_function")

CACHE_BYTES = 8 << 20  # of a batch's largest array on a CPU; measured on 32 MiB of cache, flat between 5 and 10
DEVICE_BYTES = 256 << 20  # the same on an accelerator, whose products want more rows
FEWEST, MOST = 16, 4096  # rows
PROBE = 61  # rows to trace with: a prime, so that sizes which it divides are those that grow with the rows


def predict(model: keras.Model, x: Arrays, batch_size: int | None = None) -> Any:
    """The model's outputs for `x`, as NumPy arrays: what `model.predict` returns.

    batch_size: how many rows at once, the last batch being what is left. Without it as many as suit the processor.
    """
    inputs = arguments.inputs(x, batch_size=batch_size)
    own = any(getattr(type(model), name) is not getattr(keras.Model, name) for name in METHODS)
    if inputs is None or own or not can_be_traced(model):
        return model.predict(x, batch_size=batch_size, verbose=0)
    arrays = inputs.arrays[0] if isinstance(inputs.arrays, tuple) and len(inputs.arrays) == 1 else inputs.arrays
    if not all(layer.built for layer in model._flatten_layers()):
        with keras.StatelessScope():
            model(rows_of(arrays, 0, 1))
    programs, kept = programs_of(model), model.non_trainable_variables
    trainable, non_trainable = ([variable.value for variable in each] for each in (model.trainable_variables, kept))
    most = None if batch_size else rows_at_once(programs, trainable, non_trainable, arrays, inputs.rows)
    size = even(inputs.rows, most) if most else inputs.batch_size
    outputs, new_rows = [], []
    for first in range(0, inputs.rows, size):
        # Left to itself, the last batch is as long as the others, and begins with rows of the one before.
        start = max(0, min(first, inputs.rows - size)) if most else first
        output, non_trainable = programs.predict(trainable, non_trainable, rows_of(arrays, start, size))
        outputs.append(output)
        new_rows.append(first - start)
    for variable, array in zip(kept, non_trainable, strict=True):
        variable._value = array  # a layer that is random at prediction draws on
    return jax.tree.map(lambda *parts: joined(parts, new_rows), *outputs)


def rows_of(arrays: Arrays, first: int, count: int) -> Arrays:
    return jax.tree.map(lambda array: np.asarray(array[first : first + count]), arrays)


def joined(parts: tuple[jax.Array, ...], new_rows: list[int]) -> Any:
    """The batches' outputs as one array, each from its first new row on."""
    return np.concatenate([np.asarray(part)[first:] for part, first in zip(parts, new_rows, strict=True)])


def even(rows: int, most: int) -> int:
    """The size of equal batches, none larger than `most`."""
    return math.ceil(rows / math.ceil(rows / most))


def rows_at_once(programs: Programs, trainable: Any, non_trainable: Any, x: Arrays, rows: int) -> int | None:
    """How many rows the model is best asked about at once; None where that must be as Keras has it."""
    if rows == 1:
        return 1
    if programs.rows_at_once is None:
        probe = jax.tree.map(lambda array: jax.ShapeDtypeStruct((PROBE, *array.shape[1:]), array.dtype), x)
        programs.rows_at_once = 0
        if is_by_rows(trace(plain_predict_step, programs.model, trainable, non_trainable, probe), len(trainable)):
            rewritten = trace(predict_step, programs.model, trainable, non_trainable, probe)
            programs.rows_at_once = rows_for(rewritten.jaxpr.jaxpr)
    return programs.rows_at_once or None


def trace(step: Callable[..., Any], model: keras.Model, *arguments: Any) -> Any:
    return jax.jit(partial(step, model)).trace(*arguments)


def rows_for(jaxpr: Any) -> int:
    """How many rows make the largest array of a program, traced with PROBE of them, as large as it should be."""
    made = [variable.aval for equation in jaxpr.eqns for variable in equation.outvars]
    largest = max((aval.size * aval.dtype.itemsize for aval in made if aval.size % PROBE == 0), default=1)
    room = CACHE_BYTES if jax.default_backend() == "cpu" else DEVICE_BYTES
    return max(FEWEST, min(room * PROBE // max(1, largest), MOST))


def is_by_rows(traced: Any, trainable: int) -> bool:
    """Whether each row out comes from its row in alone, and nothing random is drawn: batches may be cut anywhere."""
    outputs, state = traced.out_info
    before = traced.jaxpr.jaxpr.invars[trainable:][: len(state)]
    after = traced.jaxpr.jaxpr.outvars[len(jax.tree.leaves(outputs)) :]
    unchanged = all(one is other for one, other in zip(before, after, strict=True))
    a_row_each = all(leaf.shape[:1] == (PROBE,) for leaf in jax.tree.leaves(outputs))
    return unchanged and a_row_each and keeps_rows_apart(traced.jaxpr.jaxpr, PROBE)
