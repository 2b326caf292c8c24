"""Evidence whose truth is known, for the rules to be asked about."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from tenfold.evaluation.finding import Finding
from tenfold.evaluation.findings.evidence import Evidence
from tenfold.evaluation.findings.rules import Rule
from tenfold.evaluation.predictions import Predictions

CLASSES = tuple("abcde")


def predictions(
    total: int = 1000,
    wrong: int = 50,
    sure: float = 0.95,
    classes: Sequence[str] = CLASSES,
) -> Predictions:
    """`wrong` of `total` pictures taken for the next class, the mistakes evenly spread; all `sure` of the answer."""
    labels = np.arange(total) % len(classes)
    answers = labels.copy()
    mistakes = np.linspace(0, total - 1, wrong).astype(int) if wrong else np.empty(0, int)
    shift = 1 + np.arange(len(mistakes)) % (len(classes) - 1)
    answers[mistakes] = (labels[mistakes] + shift) % len(classes)
    rest = (1 - sure) / (len(classes) - 1)
    probabilities = np.full((total, len(classes)), rest)
    probabilities[np.arange(total), answers] = sure
    return Predictions.of(probabilities, labels, classes)


def rows(**columns: Sequence[float | None]) -> list[dict[str, float | None]]:
    """Rows as metrics.jsonl has them, from columns."""
    names = list(columns)
    return [dict(zip(names, values, strict=True)) for values in zip(*columns.values(), strict=True)]


def only(rule: Rule, evidence: Evidence) -> Finding:
    """The one thing that a rule says."""
    (finding,) = rule(evidence)
    return finding


def silent(rule: Rule, evidence: Evidence) -> bool:
    return list(rule(evidence)) == []
