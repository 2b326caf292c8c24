"""Another run on the same pictures: a real difference is told as one, luck as luck."""

import numpy as np
from tests.evaluation.findings.cases import CLASSES, only, silent

from tenfold.evaluation.findings.difference import difference
from tenfold.evaluation.findings.evidence import Evidence
from tenfold.evaluation.predictions import Predictions


def wrong_on(wrong: range, total: int = 1000) -> Predictions:
    labels = np.arange(total) % 5
    answers = labels.copy()
    answers[list(wrong)] = (labels[list(wrong)] + 1) % 5
    return Predictions.of(np.eye(5)[answers], labels, CLASSES)


def test_a_real_difference() -> None:
    finding = only(difference, Evidence(predictions=wrong_on(range(40)), other=("mlp-0001", wrong_on(range(20, 120)))))
    assert finding.kind == "difference"
    assert finding.claim.startswith("It is better than mlp-0001, the run before, by more than luck")
    assert "right where that was wrong on 80 test pictures, and wrong where that was right on 20 (+6.0 points" in (
        finding.claim
    )
    assert finding.evidence["p"] < 1e-6
    assert finding.evidence["only_right"] == list(range(40, 50))
    assert finding.confidence == "certain"
    reversed_ = Evidence(predictions=wrong_on(range(20, 120)), other=("mlp-0001", wrong_on(range(40))))
    assert "It is worse than mlp-0001" in only(difference, reversed_).claim


def test_luck() -> None:
    finding = only(difference, Evidence(predictions=wrong_on(range(40)), other=("mlp-0001", wrong_on(range(20, 65)))))
    assert finding.kind == "no_difference"
    assert "cannot be told" in finding.claim


def test_no_other_run_and_few_pictures() -> None:
    assert silent(difference, Evidence(predictions=wrong_on(range(40))))
    few = Evidence(predictions=wrong_on(range(4), 50), other=("mlp-0001", wrong_on(range(30), 50)))
    assert silent(difference, few)


def test_no_disagreement_at_all() -> None:
    finding = only(difference, Evidence(predictions=wrong_on(range(40)), other=("mlp-0001", wrong_on(range(40)))))
    assert finding.kind == "no_difference"
    assert finding.claim == "It is right about the very same test pictures as mlp-0001, the run before."
    assert finding.confidence == "certain"
