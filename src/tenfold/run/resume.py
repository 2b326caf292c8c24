"""`tenfold.resume`: going on with a run that was stopped or killed, exactly where it was.

What was killed at any moment and resumed ends with the same bits as what was left alone, on the same machine with the
same number of threads. Each part says why: the recipe builds the same network (its seed decides the first weights),
the pictures must have the same fingerprint, the newest checkpoint holds all that changes, and the engine's order of
the pictures depends on nothing but seed and epoch.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from tenfold.engine.devices import devices_for
from tenfold.errors import RunError, one_line
from tenfold.images.dataset import Dataset
from tenfold.recipe.recipe import Recipe
from tenfold.run import checkpoint, sources, status
from tenfold.run.checkpoint import Checkpoint
from tenfold.run.directory import Directory
from tenfold.run.environment import devices_used, differences, environment
from tenfold.run.find import find
from tenfold.run.lock import held
from tenfold.run.model import rebuilt
from tenfold.run.run import Run
from tenfold.run.session import Session, train_to_the_end
from tenfold.run.train import Say, left_whole, sharing, speaker


def resume(
    run: Run | str | Path,
    *,
    runs: str | Path = "runs",
    data: Dataset | None = None,
    callbacks: Sequence[Any] = (),
    devices: int | None = None,
    trust_code: bool = False,
    verbose: int | str = "auto",
    say: Say | None = None,
) -> Run:
    """Train a run to its end, from where it is. One that is done is left as it is.

    run: a `Run`, a path, a name in the folder `runs`, the beginning of one, or "last".
    data: the pictures, for a run whose data were made or changed in Python.
    callbacks: those that were given to `train`, in that order; they go on with all that they knew.
    devices: how many devices share every batch; None is as many as when the run was begun.
    trust_code: whether code of your own that the run's recipe names may be run; say yes only if it is truly yours.
    """
    say = say or speaker(verbose)
    run = run if isinstance(run, Run) else find(Path(runs), run)
    directory = run.directory
    if run.status.state == "done":
        say(f"{one_line(directory.name)} is done already: nothing is left to train")
        return run
    with held(directory.lock, directory.name), left_whole(directory):
        directory.sweep()
        recipe = same_recipe(run)
        devices = devices_used(run.environment) if devices is None else devices
        devices_for(devices)  # refused here, if there are not as many
        dataset = sources.reopened(run.environment, directory.name, data, say)
        model = rebuilt(
            directory.name,
            recipe,
            dataset.shape,
            len(dataset.classes),
            trust_code=trust_code,
            command=f"resume {directory.name}",
        )
        before = {**run.environment, "devices_used": devices_used(run.environment)}
        for difference in differences(before, {**environment(), "devices_used": devices}):
            say(one_line(f"not as it was, so the last bits may differ: {difference}"[:300]))
        resumed = newest_checkpoint(directory, say)
        begun = replace(status.read(directory).by_this_process(), epochs=recipe.training.epochs)
        say(f"Going on with {one_line(directory.name)} {whereabouts(resumed, begun.epochs)}{sharing(devices)}.")
        train_to_the_end(Session(recipe, dataset, model, callbacks, verbose, devices), directory, begun, resumed)
    return Run(directory.path, dataset)


def same_recipe(run: Run) -> Recipe:
    """The run's recipe, if it is still the one that it was started with."""
    recipe, about = run.recipe, run.environment.get("recipe")
    if not isinstance(about, dict) or about.get("digest") != recipe.digest:
        raise RunError(
            run.directory.recipe,
            found="another recipe than the one that this run was started with",
            expected="the same recipe",
            do="train a new run with it, or undo the change",
        )
    return recipe


def whereabouts(resumed: Checkpoint | None, epochs: int) -> str:
    """How far it had come, in words."""
    if resumed is None:
        return "from the beginning"
    steps = f" and {resumed.step:,} steps" if resumed.step else ""
    return f"after {resumed.epoch:,} of {epochs:,} epochs{steps}"


def newest_checkpoint(directory: Directory, say: Say) -> Checkpoint | None:
    """Where to go on from. Checkpoints that the disk has damaged are named and removed; None is the beginning."""
    found = checkpoint.newest(directory.state)
    if found is None:
        return None
    for path, error in zip(found.damaged_paths, found.damaged, strict=True):
        say(f"{path.name} is damaged ({one_line(error.found)}); going on from the one before")
        path.unlink(missing_ok=True)
    return found.checkpoint
