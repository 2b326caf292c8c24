"""Training a run from wherever it is to its end: what `train` and `resume` share.

A session holds the run's lock, lets the engine train with the run's recorder as its last callback, and afterwards
scores the test pictures, unless the recipe keeps them closed, and writes the results. However it ends, `status.json`
says so; whatever was written last is whole. Where the pictures and the network come from is not decided here.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, replace
from functools import partial
from typing import Any

from tenfold.backend import keras
from tenfold.engine import Interrupted, Position, fit
from tenfold.errors import TenfoldError, one_line
from tenfold.evaluation.evaluation import Evaluation
from tenfold.evaluation.predictions import Predictions
from tenfold.images.dataset import Dataset
from tenfold.images.splits import with_validation
from tenfold.recipe.recipe import Recipe
from tenfold.recipe.training import callbacks as recipe_callbacks
from tenfold.recipe.training import labels_for
from tenfold.run import looks, status
from tenfold.run.checkpoint import Checkpoint
from tenfold.run.directory import Directory
from tenfold.run.findings import Ended, write_findings
from tenfold.run.recorder import Recorder
from tenfold.run.score import score, write_model, write_score
from tenfold.run.status import Status


@dataclass(frozen=True, eq=False)
class Session:
    """All that is needed to train: built and checked before anything is written."""

    recipe: Recipe
    dataset: Dataset
    model: keras.Model
    callbacks: Sequence[Any] = ()  # beside those of the recipe
    verbose: int | str = "auto"
    devices: int = 1  # that share every batch


def train_to_the_end(session: Session, directory: Directory, begun: Status, resumed: Checkpoint | None) -> None:
    """Train the run at `directory`, whose lock is held, and write its results."""
    callbacks = [*recipe_callbacks(session.recipe), *session.callbacks]
    recorder = Recorder(directory, begun, callbacks, resumed, partial(note_validation, session, directory))
    with told_how_it_ends(recorder):
        recorder.tell(epoch=resumed.epoch if resumed else 0, step=resumed.step if resumed else 0)
        recorder.write_metrics()  # without the lines that the checkpoint does not know
        try:
            fit_session(session, [*callbacks, recorder], begun.epochs, resumed)
        except Interrupted as stop:
            recorder.interrupted(stop.position)
            raise
        evaluation, message = finish(session, directory, recorder)
        recorder.tell(
            state="done", finished=status.now(), message=message, **(in_short(evaluation) if evaluation else {})
        )


def fit_session(session: Session, callbacks: list[Any], epochs: int, resumed: Checkpoint | None) -> None:
    """Let the engine train from the beginning, or from where `resumed` is, to the last of `epochs`."""
    training, classes = session.recipe.training, session.dataset.classes
    dataset = split_for(session)
    held_out = dataset.validation
    validation = None
    if held_out is not None and len(held_out):
        validation = (held_out.images, labels_for(session.recipe, held_out.labels, len(classes)))
    start = Position(resumed.epoch, resumed.step, resumed.logs or None) if resumed else None
    fit(
        session.model,
        dataset.train.images,
        labels_for(session.recipe, dataset.train.labels, len(classes)),
        batch_size=training.batch_size,
        # A callback had ended training: no epoch is left, only what comes after the last.
        epochs=resumed.epoch if resumed and resumed.stopped else epochs,
        verbose=session.verbose,
        callbacks=callbacks,
        validation_data=validation,
        seed=training.seed,
        start=start,
        devices=session.devices,
        rescore=training.rescore,
    )


def split_for(session: Session) -> Dataset:
    """The dataset with the validation pictures that the recipe asks for."""
    training = session.recipe.training
    if training.validation == "test":
        return replace(session.dataset, validation=session.dataset.test)
    return with_validation(session.dataset, float(training.validation), training.seed)


def note_validation(session: Session, directory: Directory) -> None:
    """Count a validation, where it is a look at the test pictures."""
    if session.recipe.training.validation == "test":
        looks.note(directory, session.dataset, looks.VALIDATION)


def finish(session: Session, directory: Directory, recorder: Recorder) -> tuple[Evaluation | None, str]:
    """Score the trained model, and write what is left of a run; what there is to say of it."""
    predictions, evaluation = scored(session, directory)
    message = ""
    try:
        write_model(directory, session.model)
    except (NotImplementedError, TypeError, ValueError) as error:
        if not session.recipe.network.function:
            raise
        # A class of the user's own that cannot say what it was made with. Its weights are kept all the same.
        recorder.keep_the_end()
        message = f"without model.keras, for Keras cannot write this network: {one_line(error)}"[:300]
    if predictions is not None and evaluation is not None:
        write_score(directory, predictions, evaluation)
    recorder.tell()  # the findings are told the seconds that the status will show, not those of the last epoch
    recipe, dataset, model = session.recipe, session.dataset, session.model
    write_findings(Ended(directory, recipe, dataset, model, recorder.status, recorder.rows, predictions))
    return evaluation, message


def scored(session: Session, directory: Directory) -> tuple[Predictions | None, Evaluation | None]:
    """How good the model is on the test pictures and what it says of them. If those stay closed, nothing is said, and
    it is how good it is on the validation pictures, where there are any.
    """
    if session.recipe.training.test != "never":
        looks.note(directory, session.dataset, "end of training")
        return score(session.model, session.recipe, session.dataset)
    dataset = split_for(session)
    if dataset.validation is None or not len(dataset.validation):
        return None, None
    return None, score(session.model, session.recipe, dataset, "validation")[1]


def in_short(evaluation: Evaluation) -> dict[str, Any]:
    """The result as `status.json` repeats it; what was measured on validation pictures has `val_` before its name."""
    numbers = evaluation.as_json()
    if evaluation.split == "validation":
        return {f"val_{name}": numbers[name] for name in ("accuracy", "loss", "log_loss", "wrong", "total")}
    return {name: numbers[name] for name in ("accuracy", "loss", "wrong", "total")}


@contextmanager
def told_how_it_ends(recorder: Recorder) -> Iterator[None]:
    """Write how training ended into the status, if it did not end well, and let the reason go on its way."""
    try:
        yield
    except KeyboardInterrupt:
        # Suppressed, because the user is told that training stopped, not that this could not be written: with the
        # lock gone, a status that still says `running` is understood as well.
        with suppress(TenfoldError, OSError):
            recorder.tell(state="interrupted", finished=status.now(), message="stopped by the user")
        raise
    except BrokenPipeError:
        # Nothing is wrong with the training: `| head` has seen enough of it. It goes on where its last epoch ended.
        with suppress(TenfoldError, OSError):
            recorder.tell(state="interrupted", finished=status.now(), message="the reader of its output went away")
        raise
    except Exception as error:
        words = error.line if isinstance(error, TenfoldError) else f"{type(error).__name__}: {error}"
        with suppress(TenfoldError, OSError):
            recorder.tell(state="failed", finished=status.now(), message=one_line(words)[:1000])
        raise
