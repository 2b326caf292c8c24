"""Scoring a run again: on its test pictures, with the model that it has now."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from tenfold.evaluation.evaluation import Evaluation
from tenfold.evaluation.predictions import Predictions
from tenfold.images.dataset import Dataset
from tenfold.run import looks, sources, status
from tenfold.run.find import find
from tenfold.run.findings import Ended, write_findings
from tenfold.run.lock import held
from tenfold.run.model import model_of
from tenfold.run.run import Run
from tenfold.run.score import score, write_score
from tenfold.run.session import in_short
from tenfold.run.train import Say, speaker


def evaluate(
    run: Run | str | Path,
    *,
    runs: str | Path = "runs",
    data: Dataset | None = None,
    trust_code: bool = False,
    say: Say | None = None,
) -> Evaluation:
    """Score a run on its test pictures again, and write `predictions.npz`, `evaluation.json` and `findings.json` anew.

    A run that is not done is scored as its newest checkpoint has it, and only the look is noted in it.

    data: the pictures, for a run whose data were made or changed in Python; a `Run` that has just trained has them.
    trust_code: whether code of your own that the run's recipe names may be run; say yes only if it is truly yours.
    """
    return scored(run, runs=runs, data=data, trust_code=trust_code, say=say)[1]


def scored(
    run: Run | str | Path,
    *,
    runs: str | Path = "runs",
    data: Dataset | None = None,
    trust_code: bool = False,
    say: Say | None = None,
) -> tuple[Predictions, Evaluation]:
    """What `evaluate` does; the predictions as well, which a run that is not done does not keep."""
    run = run if isinstance(run, Run) else find(Path(runs), run)
    directory = run.directory
    with held(directory.lock, directory.name):
        given = data if data is not None else run.data_in_memory
        dataset = sources.reopened(run.environment, run.name, given, say or speaker("auto"))
        model = model_of(run, trust_code=trust_code, command=f"evaluate {run.name}")
        looks.note(directory, dataset, "evaluate")
        predictions, evaluation = score(model, run.recipe, dataset)
        now = status.read(directory)
        if now.state == "done":
            write_score(directory, predictions, evaluation)
            write_findings(Ended(directory, run.recipe, dataset, model, now, run.metrics, predictions))
            status.write(directory, replace(now, **in_short(evaluation)))
    return predictions, evaluation
