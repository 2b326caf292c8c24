"""The trained model out of a run, read as a stranger's file would be: a run may have come from anywhere."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from tenfold.backend import keras
from tenfold.errors import ModelFileError, RunError
from tenfold.recipe.keras_archive import open_archive
from tenfold.recipe.keras_file import load_keras, put_weights_into
from tenfold.recipe.network import build
from tenfold.recipe.recipe import Recipe
from tenfold.recipe.training import compiled
from tenfold.run import checkpoint, variables

if TYPE_CHECKING:
    from tenfold.run.run import Run


def model_of(run: Run, *, trust_code: bool, command: str = "") -> keras.Model:
    """The finished model, or the network of the recipe with the newest checkpoint in it.

    command: what was typed for it, to be named with the flag that it lacks should the run need its owner's code.
    """
    if run.status.state == "done" and (run.directory.model.exists() or not run.recipe.network.function):
        return finished(run, trust_code=trust_code, command=command)  # EarlyStopping may have gone back to the best
    found = checkpoint.newest(run.directory.state)
    if found is None:
        raise RunError(
            f"run {run.name}",
            found="no model and no checkpoint: it was ended before its first epoch was complete",
            expected="at least one epoch",
            do=f"go on with it: `tenfold resume {run.name}`",
        )
    model = rebuilt(run.name, run.recipe, run.shape, len(run.classes), trust_code=trust_code, command=command)
    variables.put_into(model, found.checkpoint.variables, weights_only=True)
    return model


def rebuilt(
    name: str, recipe: Recipe, shape: tuple[int, int, int], classes: int, *, trust_code: bool, command: str = ""
) -> keras.Model:
    """The network of a run's recipe, as it was when training began."""
    if recipe.network.function and not trust_code:
        raise untrusted(name, recipe, command)
    return build(recipe, shape, classes, trust_code=trust_code)


def untrusted(name: str, recipe: Recipe, command: str) -> RunError:
    typed = f"`tenfold {command} --trust-code`, or " if command else ""
    return RunError(
        f"run {name}",
        found=f"its network is made by the code {recipe.network.function!r}",
        expected="leave to run that code",
        do=f"if it is your own: {typed}trust_code=True in Python",
    )


def finished(run: Run, *, trust_code: bool, command: str) -> keras.Model:
    """`model.keras`, compiled as the recipe says, if it is a model for this run's pictures.

    A network of somebody's own code may be made of classes that only this code knows: it then is built by it.
    """
    recipe, path = run.recipe, run.directory.model
    if recipe.network.function and trust_code:
        model = build(recipe, run.shape, len(run.classes), trust_code=True)
        model.optimizer.build(model.trainable_variables)  # the file has its variables too, and Keras wants a place
        put_weights_into(model, path)
    else:
        try:
            model = compiled(recipe, load_keras(path))
        except ModelFileError as error:
            refuse_what_is_damaged(path)  # in a file that is whole it is what the model is made of
            if not recipe.network.function:
                raise
            raise untrusted(run.name, recipe, command) from error
    given, wanted = (model.input_shape, model.output_shape), ((None, *run.shape), (None, len(run.classes)))
    if given != wanted:
        raise RunError(
            run.directory.model,
            found=f"a model from {given[0]} to {given[1]}",
            expected=f"one from {wanted[0]} to {wanted[1]}, as the run's data are",
        )
    return model


def refuse_what_is_damaged(path: Path) -> None:
    """The run's own words for a file that is no archive any more: it cannot be saved again, as a stranger's could."""
    try:
        with open_archive(path):
            pass
    except ModelFileError as error:
        do = "restore it from a copy, or train again with the recipe.toml beside it"
        raise ModelFileError(error.thing, found=error.found, expected="the model of this run", do=do) from error
