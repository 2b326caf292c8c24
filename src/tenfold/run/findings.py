"""What a run teaches: the rules are asked about its evidence, and their findings are kept in the run.

The rules are in `evaluation/findings/` and know no files; what they are told is gathered in `run/evidence.py`. Looking
never costs a training: a rule that fails becomes a finding that says so, in front of all others.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

from tenfold.errors import RunError, one_line
from tenfold.evaluation.finding import WRITE_AGAIN, Finding, Findings
from tenfold.files import write_json
from tenfold.run.directory import Directory, read_json

if TYPE_CHECKING:
    from tenfold.backend import keras
    from tenfold.evaluation.findings.evidence import Evidence
    from tenfold.evaluation.predictions import Predictions
    from tenfold.images.dataset import Dataset
    from tenfold.recipe.recipe import Recipe
    from tenfold.run.status import Status


class Ended(NamedTuple):
    """A training that has ended: all that its findings are drawn from."""

    directory: Directory
    recipe: Recipe
    dataset: Dataset
    model: keras.Model
    status: Status
    rows: Sequence[Mapping[str, Any]]  # of metrics.jsonl, one an epoch
    predictions: Predictions | None  # on the test pictures; None while the test set is closed


def read_findings(path: Path) -> Findings:
    """The findings in the file at `path`, which may come from anyone."""
    listed = read_json(path).get("findings")
    if not isinstance(listed, list):
        raise RunError(
            path,
            found="no list of findings",
            expected="what the run wrote",
            do=WRITE_AGAIN,
        )
    return Findings(Finding.from_json(value, path) for value in listed)


def write_findings(ended: Ended) -> None:
    """Find out what a training teaches, and write it into its run as `findings.json`."""
    from tenfold.run.evidence import gathered

    found = asked(lambda: gathered(ended))
    write_json(ended.directory.findings, {"findings": [finding.as_json() for finding in found]})


def asked(gather: Callable[[], Evidence]) -> list[Finding]:
    """What all rules say, asked one after another. One that fails says so, and the others are heard all the same."""
    from tenfold.evaluation.findings.rules import RULES, in_order

    try:
        evidence = gather()
    except Exception as error:
        return [failure("gathering the evidence", error)]
    found: list[Finding] = []
    for rule in RULES:
        try:
            found += rule(evidence)
        except Exception as error:
            found.append(failure(f"the rule {rule.__name__}", error))
    return in_order(found)


def failure(what: str, error: Exception) -> Finding:
    reason = one_line(f"{type(error).__name__}: {error}")[:300]
    return Finding(
        "failed",
        f"Looking for findings went wrong: {what} failed ({reason}). The training and its numbers are sound.",
        {"what": what, "error": reason},
        advice="This is a fault in Tenfold: please report it, with this line.",
    )
