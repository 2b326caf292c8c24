"""The list of rules: which there are, which kinds of findings they make, and in which order those are told.

A rule is a function from `Evidence` to findings; it reads nothing else and says nothing where the evidence is thin.
`findings(evidence)` asks them all. What becomes of a rule that fails is its caller's decision.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable

from tenfold.evaluation.finding import Finding
from tenfold.evaluation.findings.accuracy import accuracy, guessing, sheet
from tenfold.evaluation.findings.cost import time
from tenfold.evaluation.findings.evidence import Evidence
from tenfold.evaluation.findings.held_out import nothing_held_out, peeking

Rule = Callable[[Evidence], Iterable[Finding]]

RULES: tuple[Rule, ...] = (guessing, peeking, accuracy, sheet, nothing_held_out, time)

# Every kind, the most important first: findings are told in this order.
KINDS = {
    "failed": "a rule that failed, and so says nothing",
    "guessing": "no better than always naming the commonest class",
    "peeking": "the test pictures were used for validation",
    "accuracy": "the share of right answers on the test pictures, with its 95 % interval",
    "sheet": "the accuracy beside the one that the lab sheet reports",
    "no_validation": "no pictures were held out to watch the training",
    "time": "how long training took, and how many pictures a second that is",
}


def findings(evidence: Evidence, rules: Iterable[Rule] = RULES) -> list[Finding]:
    """What the rules have to say, the most important first."""
    return in_order(finding for rule in rules for finding in rule(evidence))


def in_order(found: Iterable[Finding]) -> list[Finding]:
    order = list(KINDS)
    return sorted(found, key=lambda finding: order.index(finding.kind))
