"""`tenfold.train`: from a recipe and pictures to a run.

Everything that can be wrong with what was given is found before anything is written: the recipe is validated, the
pictures are loaded, the network is built. Only then does the run get its directory. What happens in it is in
`session.py`.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from tenfold.backend import keras
from tenfold.engine.devices import devices_for
from tenfold.errors import one_line
from tenfold.files import make_folder, write_json
from tenfold.images.dataset import Dataset
from tenfold.recipe.find import find as find_recipe
from tenfold.recipe.network import build, own_scaling
from tenfold.recipe.overrides import apply
from tenfold.recipe.own_code import names_own_code
from tenfold.recipe.recipe import Recipe
from tenfold.recipe.toml import write_toml
from tenfold.run import directory as directories
from tenfold.run import sources, status
from tenfold.run.directory import Directory
from tenfold.run.environment import environment
from tenfold.run.lock import held
from tenfold.run.run import Run
from tenfold.run.session import Session, train_to_the_end
from tenfold.run.status import Status

Say = Callable[[str], None]

PEEKING = (
    'training.validation = "test" looks at the test pictures after every epoch: what is chosen by those numbers has '
    "seen the test, and its accuracy there is too good. Set it to 0.1 to hold out training pictures instead."
)
SCALED_TWICE = (
    "Pixels are scaled twice: the network begins with a {layer} of its own, and preprocessing.scale is {scale!r}, "
    "which scales them before it. For the network's own alone: preprocessing.scale=none."
)


def train(
    recipe: Recipe | str | Path = "first",
    data: Dataset | str | Path | None = None,
    *,
    runs: str | Path = "runs",
    name: str | None = None,
    overrides: Sequence[str] = (),
    epochs: int | None = None,
    batch_size: int | None = None,
    learning_rate: float | None = None,
    seed: int | None = None,
    data_dir: str | Path | None = None,
    size: int | None = None,
    callbacks: Sequence[Any] = (),
    devices: int = 1,
    trust_code: bool = False,
    verbose: int | str = "auto",
    say: Say | None = None,
) -> Run:
    """Train `recipe` on `data` and leave a run in the folder `runs`.

    recipe: a preset's name, a .toml or .keras file, `module:function`, or a `Recipe`.
    data: a set's name, a path, a `Dataset`, or None for the default.
    name: what the run is called; without it the next of `mlp-mnist-0001`, `mlp-mnist-0002`, …
    overrides: `network.dropout=0.5` and the like; `epochs` to `seed` are short for `training.epochs=…` and so on.
    callbacks: Keras callbacks beside those of the recipe; whoever resumes the run gives the same ones again.
    devices: how many devices share every batch, such as the GPUs of a machine.
    trust_code: whether code that a recipe's *file* names may be run; a typed `module:function` is asked for anyway.
    say: gets sentences for the person who waits; they go to stderr where nothing else is said.

    Ctrl-C raises `KeyboardInterrupt` with the run, saved, as its attribute `run`; an error while training has it too.
    """
    say = say or speaker(verbose)
    runs = Path(runs)
    with directories.ready(runs):
        if name is not None:
            directories.check_free(runs, name)
        short = {"epochs": epochs, "batch_size": batch_size, "learning_rate": learning_rate, "seed": seed}
        trust_code = trust_code or names_own_code(recipe)
        recipe = settled(recipe, overrides, short)
        devices_for(devices)  # refused here, if there are not as many
        dataset = sources.opened(data, data_dir=data_dir, size=size, say=say)
        model = build(recipe, dataset.shape, len(dataset.classes), trust_code=trust_code)
        say(f"Training {recipe.name} ({model.count_params():,} parameters) on {one_line(dataset)}{sharing(devices)}.")
        for note in (*notes_of(dataset, data), *notes_on(recipe, model)):
            say(one_line(note))

        directory = directories.claim(runs, name, directories.stem_of(recipe.name, dataset.name))
        with left_whole(directory):
            make_folder(directory.state)
            with held(directory.lock, directory.name):
                begun = begin(directory, recipe, dataset, model, devices)
                session = Session(recipe, dataset, model, callbacks, verbose, devices)
                train_to_the_end(session, directory, begun, None)
        return Run(directory.path, dataset)


def settled(recipe: Recipe | str | Path, overrides: Sequence[str], short: Mapping[str, object]) -> Recipe:
    """The recipe that is meant, with what is to be otherwise in it; what comes last counts."""
    recipe = recipe if isinstance(recipe, Recipe) else find_recipe(recipe)
    typed = [f"training.{key}={value}" for key, value in short.items() if value is not None]
    return apply(recipe, [*overrides, *typed])


@contextmanager
def left_whole(directory: Directory) -> Iterator[None]:
    """Whatever ends training, leave a run or nothing: a directory that never became a run is removed again."""
    try:
        yield
    except BaseException as error:
        if directory.exists():
            error.run = Run(directory.path)  # type: ignore[attr-defined]
        else:
            directories.abandon(directory)
        raise


def begin(directory: Directory, recipe: Recipe, dataset: Dataset, model: keras.Model, devices: int) -> Status:
    """Fill the directory with what is known before training. The status comes last, and makes it a run."""
    write_toml(recipe, directory.recipe)
    about = {
        "recipe": {"name": recipe.name, "digest": recipe.digest},
        "seed": recipe.training.seed,
        "parameters": model.count_params(),
        "data": sources.described(dataset),
        "devices_used": devices,
    }
    write_json(directory.environment, {**environment(), **about})
    begun = Status(
        state="running",
        recipe=recipe.name,
        data=dataset.name,
        epochs=recipe.training.epochs,
        parameters=model.count_params(),
        started=status.now(),
    ).by_this_process()
    return status.write(directory, begun)


def sharing(devices: int) -> str:
    """Words about several devices, to end a sentence with."""
    return f", every batch shared by {devices} devices" if devices > 1 else ""


def notes_of(dataset: Dataset, asked_for: Dataset | str | Path | None) -> tuple[str, ...]:
    """What was noted when the pictures were loaded; where nothing was asked for, the default rule has said it."""
    return () if asked_for is None or isinstance(asked_for, Dataset) else dataset.notes


def notes_on(recipe: Recipe, model: keras.Model) -> list[str]:
    """What the person should know before training begins."""
    notes = [PEEKING] if recipe.training.validation == "test" else []
    if recipe.preprocessing.scale != "none" and (layer := own_scaling(model)):
        notes.append(SCALED_TWICE.format(layer=layer, scale=recipe.preprocessing.scale))
    return notes


def speaker(verbose: int | str) -> Say:
    """Where sentences go if nobody asked for them: to stderr, unless silence was asked for."""

    def say(sentence: str) -> None:
        if verbose != 0:
            print(sentence, file=sys.stderr)

    return say
