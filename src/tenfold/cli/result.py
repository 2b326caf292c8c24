"""The few lines that end a training, and the same as JSON: how good, how sure, how long, where, what to type next."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

from tenfold.cli.next_steps import to_type
from tenfold.cli.output import Line, Screen
from tenfold.errors import TenfoldError, one_line
from tenfold.evaluation.evaluation import in_words
from tenfold.text_table import percent

if TYPE_CHECKING:
    from tenfold.evaluation.evaluation import Evaluation
    from tenfold.evaluation.predictions import Predictions
    from tenfold.run.run import Run

SHOWN = 3  # findings; `tenfold show` has all of them
CONFUSED = 5  # pairs of classes
SURE = 0.95


def show_trained(run: Run, screen: Screen, report: Path | None) -> None:
    """Print the result of a training that is done, and where its report is, if there is one."""
    screen.show(trained_as_json(run, report), lines_about_training(run, report))


def written_report(run: Run, screen: Screen, *, trust_code: bool, way_on: str = "resume") -> Path | None:
    """Write the run's report. What goes wrong with it is said, and takes nothing from the training.

    way_on: the command to be named to whoever stops it: `tenfold resume` shows a training's result and writes this.
    """
    try:
        from tenfold.report.report import Report, place_for  # which takes long enough for somebody to press Ctrl-C

        place = place_for(run, None)
        return Report.of(run, trust_code=trust_code).save(place)
    except KeyboardInterrupt as error:
        error.run, error.way_on = run, way_on  # type: ignore[attr-defined]
        raise
    except Exception as error:
        why = error.line if isinstance(error, TenfoldError) else f"{type(error).__name__}: {error}"
        screen.say(f"The run is whole, but its report could not be written: {one_line(why)}"[:500])
        return None


def trained_as_json(run: Run, report: Path | None) -> dict[str, Any]:
    status, evaluation = run.status, None if run.closed else run.evaluation
    return {
        "run": run.name,
        "path": str(run.directory.path),
        **status.trained(),
        "compile_seconds": status.compile_seconds,
        "test_accuracy": evaluation.accuracy if evaluation else None,
        "test_accuracy_interval": evaluation.as_json()["accuracy_interval"] if evaluation else None,
        "test_loss": evaluation.loss if evaluation else None,
        "wrong": evaluation.wrong if evaluation else None,
        "total": evaluation.total if evaluation else None,
        "validation": run.validation.as_json() if run.validation else None,
        "test_looks": run.looks.as_json(),
        "report": str(report.resolve()) if report else None,
    }


def lines_about_training(run: Run, report: Path | None) -> Iterator[Line]:
    status = run.status
    yield ""
    yield from lines_about_closed(run) if run.closed else lines_about(run.evaluation)
    compiling = f", after {status.compile_seconds:.1f} s of compiling" if status.compile_seconds >= 0.05 else ""
    yield f"looks          {run.looks}"
    yield f"trained for    {status.train_seconds:.1f} s{compiling}"
    yield f"run            {one_line(run.path)}"
    if report:
        yield f"report         {one_line(report)}"
    yield from lines_about_findings(run)
    yield ""
    yield "next, type"
    yield f"  {to_type('show', run)}"
    yield f"  {to_type('predict PICTURE --run', run)}"
    yield f"  {to_type('report', run)} --open"
    if run.closed:
        yield f"  {to_type('evaluate', run)}"


def lines_about_findings(run: Run) -> Iterator[Line]:
    """The most important findings, without those that repeat the numbers above them."""
    shown = [finding for finding in run.findings if finding.kind not in ("accuracy", "closed", "time")][:SHOWN]
    if shown:
        yield ""
        yield "what stands out"
    for finding in shown:
        claim, *advice = str(finding).splitlines()
        yield f"- {claim}"
        yield from advice


def lines_about_closed(run: Run) -> Iterator[Line]:
    """The numbers of the validation pictures, where there are any, and that those of the test are still to come."""
    if validation := run.validation:
        accuracy = percent(validation.accuracy, of=validation.total)
        yield ["validation     ", (accuracy, "bold"), f"  ({validation.worth})"]
        yield f"its loss       {in_words(validation.loss)}"
        yield f"wrong          {validation.wrong:,} of {validation.total:,}"
    yield f"test set       still closed; to open it: {to_type('evaluate', run)}"


def lines_about(evaluation: Evaluation) -> Iterator[Line]:
    """The numbers of an evaluation, each with what it is worth."""
    accuracy = percent(evaluation.accuracy, of=evaluation.total)
    yield [f"{evaluation.split:4} accuracy  ", (accuracy, "bold"), f"  ({evaluation.worth})"]
    yield f"{evaluation.split:4} loss      {in_words(evaluation.loss)}"
    yield f"wrong          {evaluation.wrong:,} of {evaluation.total:,}"


def lines_about_predictions(predictions: Predictions, evaluation: Evaluation) -> Iterator[Line]:
    """The same numbers, and what else the predictions say: class by class, what is confused, how sure it may be."""
    from tenfold.evaluation.abstain import answered_from
    from tenfold.evaluation.calibration import Calibration
    from tenfold.evaluation.classification import ClassificationReport

    yield from lines_about(evaluation)
    if not evaluation.loss_is_log_loss:
        yield f"log loss       {in_words(evaluation.log_loss)}"
    if evaluation.top2 is not None:
        top2 = percent(evaluation.top2, of=evaluation.total)
        yield f"in two guesses {top2}  (the truth is one of the two most probable classes)"
    yield ""
    yield from str(ClassificationReport.of(predictions)).splitlines()
    yield ""
    if confused := predictions.confusion().most_confused(CONFUSED):
        yield "most confused"
        yield from (f"  {pair}" for pair in confused)
        yield ""
    yield Calibration.of(predictions).summary()
    yield str(answered_from(predictions, SURE))
