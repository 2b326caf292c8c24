"""The list of rules: which there are, which kinds of findings they make, and in which order those are told.

A rule is a function from `Evidence` to findings; it reads nothing else and says nothing where the evidence is thin.
`findings(evidence)` asks them all. What becomes of a rule that fails is its caller's decision.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable

from tenfold.evaluation.finding import Finding
from tenfold.evaluation.findings.accuracy import accuracy, sheet
from tenfold.evaluation.findings.behind import behind
from tenfold.evaluation.findings.classes import confused, imbalance, weak_class
from tenfold.evaluation.findings.confidence import calibration
from tenfold.evaluation.findings.cost import time
from tenfold.evaluation.findings.difference import difference
from tenfold.evaluation.findings.enough import few_pictures, few_steps
from tenfold.evaluation.findings.epochs import more_epochs, stopped, unfinished
from tenfold.evaluation.findings.evidence import Evidence
from tenfold.evaluation.findings.exchange import exchange
from tenfold.evaluation.findings.fitting import fit
from tenfold.evaluation.findings.guessing import guessing
from tenfold.evaluation.findings.held_out import closed, many_looks, nothing_held_out, peeking
from tenfold.evaluation.findings.near_leak import near_leak
from tenfold.evaluation.findings.network import dead_units
from tenfold.evaluation.findings.pictures import blank, duplicates, label_suspects, leak, two_labels
from tenfold.evaluation.findings.rate import diverged, too_high, too_low
from tenfold.evaluation.findings.training_labels import training_suspects

Rule = Callable[[Evidence], Iterable[Finding]]

RULES: tuple[Rule, ...] = (
    *(unfinished, diverged, exchange, behind, guessing, too_high, too_low, few_steps, few_pictures, dead_units),
    *(leak, near_leak, blank, two_labels, duplicates, imbalance, training_suspects, label_suspects),
    *(peeking, closed, many_looks, nothing_held_out, fit, more_epochs, stopped),
    *(accuracy, sheet, difference, confused, weak_class, calibration, time),
)

# Every kind, the most important first: findings are told in this order.
KINDS = {
    "failed": "a rule that failed, and so says nothing",
    "unfinished": "training was stopped before its last epoch",
    "diverged": "the loss became no number: training diverged",
    "exchanged": "classes that are taken for one another throughout: their labels were exchanged",
    "test_worse": "the test pictures are known far worse than the validation pictures",
    "guessing": "its answers are no better than by lot, or most classes are not known",
    "imbalance": "classes with far fewer training pictures than others, for which the accuracy is no measure",
    "leak": "test pictures that are among the training pictures too, pixel by pixel",
    "near_leak": "test pictures that are nearly training pictures",
    "blank": "pictures of one single colour, on which there is nothing to be seen",
    "training_suspects": "labels of held-out training pictures that look wrong",
    "peeking": "the test pictures were used for validation",
    "rate_too_high": "the training loss jumps and gets nowhere: the learning rate is too high",
    "rate_too_low": "the training loss only creeps: the learning rate is too low",
    "few_steps": "the weights were changed too few times",
    "few_pictures": "there are hardly any training pictures",
    "accuracy": "the share of right answers on the test pictures, with its 95 % interval",
    "closed": "the test pictures were not scored yet, as training.test = never asks",
    "overfitting": "the training pictures are known better than the held-out ones, and since which epoch",
    "underfitting": "even the training pictures are not learned",
    "well_fitted": "training and held-out pictures are known equally well",
    "two_labels": "the same picture under different labels",
    "more_epochs": "the validation loss was still falling at the end",
    "no_more_epochs": "the validation loss was rising at the end",
    "enough_epochs": "the validation loss was level at the end",
    "stopped_early": "early stopping ended the training",
    "confused": "pairs of classes that are confused more than others, with examples",
    "weak_class": "the class that is recognised worst",
    "sheet": "the accuracy beside the one that the lab sheet reports",
    "difference": "better or worse than the run before on the same pictures, by more than luck",
    "no_difference": "not to be told apart from the run before on the same pictures",
    "many_looks": "the test pictures were scored by many runs, of which the best is so by luck too",
    "overconfident": "surer than it is right, beyond what chance explains",
    "underconfident": "righter than it is sure, beyond what chance explains",
    "uneven_confidence": "too sure of some answers, not sure enough of others",
    "calibrated": "as often right as it is sure",
    "dead_units": "units that gave nothing for any training picture that was looked at",
    "suspects": "test labels that look wrong",
    "duplicates": "training pictures that repeat others",
    "no_validation": "no pictures were held out to watch the training",
    "incomparable": "training was measured with dropout on, validation with it off",
    "time": "how long training took, and how many pictures a second that is",
}


def findings(evidence: Evidence, rules: Iterable[Rule] = RULES) -> list[Finding]:
    """What the rules have to say, the most important first."""
    return in_order(finding for rule in rules for finding in rule(evidence))


def in_order(found: Iterable[Finding]) -> list[Finding]:
    order = list(KINDS)
    return sorted(found, key=lambda finding: order.index(finding.kind))
