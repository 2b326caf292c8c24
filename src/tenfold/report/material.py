"""All that a report is made of, read once: what cannot be had is left out, and the reason kept in one sentence.

A run may be unfinished or damaged, its pictures may be gone, its network may need code of its owner's. None of that
keeps a report from being written; only a directory that is no run does. Nothing is downloaded for a report.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, TypeVar

from tenfold.errors import TenfoldError
from tenfold.evaluation.evaluation import Evaluation
from tenfold.evaluation.finding import Finding
from tenfold.evaluation.predictions import Predictions
from tenfold.images.assemble import ignore
from tenfold.images.dataset import Dataset, Images
from tenfold.recipe.recipe import Recipe
from tenfold.run.looks import Looks
from tenfold.run.run import Run
from tenfold.run.sources import reopened
from tenfold.run.status import Status

if TYPE_CHECKING:
    from tenfold.backend import keras

Part = TypeVar("Part")
AGAIN = "tenfold.Report.of(run, data=dataset)"


@dataclass(frozen=True, eq=False)
class Material:
    """What there is of a run. `missing` has a sentence for each part that there is not."""

    run: Run
    status: Status
    recipe: Recipe | None
    environment: Mapping[str, Any]
    rows: Sequence[Mapping[str, Any]]
    weights: Sequence[Mapping[str, Any]]
    findings: Sequence[Finding]
    evaluation: Evaluation | None
    validation: Evaluation | None  # while the test set is closed
    predictions: Predictions | None
    looks: Looks | None
    dataset: Dataset | None
    model: keras.Model | None
    missing: tuple[str, ...]

    @property
    def pictures(self) -> Images | None:
        """The pictures that the predictions are about: (pictures, height, width, channels)."""
        if self.dataset is None or self.predictions is None or len(self.dataset.test) != len(self.predictions):
            return None
        return self.dataset.test.images

    @property
    def about_data(self) -> Mapping[str, Any]:
        about = self.environment.get("data")
        return about if isinstance(about, Mapping) else {}


def gathered(run: Run, data: Dataset | None = None, *, trust_code: bool = False) -> Material:
    """What can be read of `run`. `data` are its pictures, where they were put together in Python."""
    status = run.status
    missing: list[str] = []
    files = run.directory

    def tried(what: str, read: Callable[[], Part], instead: Part) -> Part:
        try:
            return read()
        except TenfoldError as error:
            missing.append(f"{what}: {error.line}")
            return instead

    if status.state != "done":
        missing.append(unfinished(run, status))
    if run.closed:
        missing.append(f"The test set is still closed. To open it for this run, type: tenfold evaluate {run.name}")
    environment: Mapping[str, Any] = tried("There is nothing about the machine", lambda: run.environment, {})
    there, told = files.predictions.exists(), files.findings.exists() or status.state != "done"
    given = data if data is not None else run.data_in_memory
    material = Material(
        run=run,
        status=status,
        recipe=tried("There are no settings", lambda: run.recipe, None),
        environment=environment,
        rows=tried("There are no curves", lambda: run.metrics, []),
        weights=tried("Weights over the epochs are not shown", lambda: run.weights, []),
        findings=tried("There are no findings", lambda: run.findings, []) if told else [],
        evaluation=tried("There is no result", lambda: run.evaluation, None) if files.evaluation.exists() else None,
        validation=tried("There is no result", lambda: run.validation, None) if run.closed else None,
        predictions=tried("There is nothing about single pictures", lambda: run.predictions, None) if there else None,
        looks=tried("Looks at the test pictures cannot be counted", lambda: run.looks, None),
        dataset=tried(
            "No pictures are shown",
            lambda: reopened(environment, run.name, given, ignore, download=False, again=AGAIN),
            None,
        ),
        model=tried("The network is not shown", lambda: model_in(run, trust_code), None),
        missing=(),
    )
    return replace(material, missing=tuple(missing))


def model_in(run: Run, trust_code: bool) -> keras.Model:
    from tenfold.run.model import model_of

    return model_of(run, trust_code=trust_code, command=f"report {run.name}")


def unfinished(run: Run, status: Status) -> str:
    """Why there is no result, in one sentence."""
    told = f" ({status.message})" if status.message else ""
    reached = f"{status.epoch} of {status.epochs} epochs are complete"
    more = "" if status.state == "running" else f" To go on with it, type: tenfold resume {run.name}"
    return f"This run is {status.state}{told}: {reached}, and there is no result on the test pictures yet.{more}"
