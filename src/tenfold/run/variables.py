"""A model's variables as plain arrays, for a checkpoint, and back.

The groups and their order are the engine's `TrainState`. What comes back is held against the model first, so that a
checkpoint of another network is refused in words and changes nothing.
"""

from __future__ import annotations

from typing import Any

import jax.numpy as jnp
import numpy as np

from tenfold.array_file import Array
from tenfold.backend import keras
from tenfold.engine import TrainState
from tenfold.errors import RunError
from tenfold.run.checkpoint import Groups


def taken_from(model: keras.Model) -> dict[str, list[Array]]:
    """Every variable of the model, its optimizer and its metrics."""
    return {group: [np.asarray(array) for array in arrays] for group, arrays in TrainState.of(model)._asdict().items()}


def put_into(model: keras.Model, groups: Groups, *, weights_only: bool = False) -> None:
    """Give the model the arrays of a checkpoint, if they are its own; `weights_only` leaves out what training needs."""
    now = TrainState.of(model)
    names = ("trainable", "non_trainable") if weights_only else TrainState._fields
    values: dict[str, Any] = {}
    for name in names:
        wanted, given = [described(a) for a in getattr(now, name)], [described(a) for a in groups.get(name, ())]
        if wanted != given:
            raise RunError(
                "the checkpoint",
                found=f"{name} variables {listed(given)}",
                expected=listed(wanted),
                do="resume with the recipe, the data and the Keras version that the run was started with",
            )
        # Copies: the engine gives its arrays away to the compiled program, which writes over them.
        values[name] = [jnp.array(array) for array in groups.get(name, ())]
    now._replace(**values).into(model)


def described(array: Any) -> str:
    return f"{array.dtype}{list(array.shape)}"


def listed(descriptions: list[str]) -> str:
    """The descriptions in one line, which a network of a hundred layers does not make endless."""
    shown = ", ".join(descriptions[:6]) or "none"
    return f"{shown} and {len(descriptions) - 6} more" if len(descriptions) > 6 else shown
