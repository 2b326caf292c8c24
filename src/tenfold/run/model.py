"""The trained model out of a run, read as a stranger's file would be: a run may have come from anywhere."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tenfold.backend import keras
from tenfold.errors import RunError
from tenfold.recipe.keras_file import load_keras
from tenfold.recipe.network import build
from tenfold.recipe.recipe import Recipe
from tenfold.recipe.training import compiled
from tenfold.run import checkpoint, variables

if TYPE_CHECKING:
    from tenfold.run.run import Run


def model_of(run: Run, *, trust_code: bool) -> keras.Model:
    """The finished model, or the network of the recipe with the newest checkpoint in it."""
    if run.status.state == "done":
        return finished(run)  # the newest checkpoint may not be it: EarlyStopping goes back to the best
    found = checkpoint.newest(run.directory.state)
    if found is None:
        raise RunError(
            f"run {run.name}",
            found="no model and no checkpoint: it was ended before its first epoch was complete",
            expected="at least one epoch",
            do=f"go on with it: `tenfold resume {run.name}`",
        )
    model = rebuilt(run.name, run.recipe, run.shape, len(run.classes), trust_code=trust_code)
    variables.put_into(model, found.checkpoint.variables, weights_only=True)
    return model


def rebuilt(name: str, recipe: Recipe, shape: tuple[int, int, int], classes: int, *, trust_code: bool) -> keras.Model:
    """The network of a run's recipe, as it was when training began."""
    if recipe.network.function and not trust_code:
        raise RunError(
            f"run {name}",
            found=f"its network is made by the code {recipe.network.function!r}",
            expected="leave to run that code",
            do=f"if it is your own: `tenfold resume {name} --trust-code`, or trust_code=True in Python",
        )
    return build(recipe, shape, classes, trust_code=trust_code)


def finished(run: Run) -> keras.Model:
    """`model.keras`, compiled as the recipe says, if it is a model for this run's pictures."""
    model = compiled(run.recipe, load_keras(run.directory.model))
    given, wanted = (model.input_shape, model.output_shape), ((None, *run.shape), (None, len(run.classes)))
    if given != wanted:
        raise RunError(
            run.directory.model,
            found=f"a model from {given[0]} to {given[1]}",
            expected=f"one from {wanted[0]} to {wanted[1]}, as the run's data are",
        )
    return model
