"""Labels that were exchanged are no confusion, and confusion, guessing and an untrained network are no exchange."""

from dataclasses import replace

import numpy as np
from tests.evaluation.findings.cases import CLASSES, only, rows, silent

from tenfold.evaluation.findings.classes import confused, weak_class
from tenfold.evaluation.findings.evidence import Evidence
from tenfold.evaluation.findings.exchange import exchange
from tenfold.evaluation.findings.guessing import guessing
from tenfold.evaluation.predictions import Predictions


def called(*, total: int = 1000, share: float = 0.85, **others: str) -> Evidence:
    """All right, but `share` of the pictures of these classes are taken for others: `called(b="d")`."""
    labels = np.arange(total) % 5
    answers = labels.copy()
    for name, other in others.items():
        own = np.flatnonzero(labels == CLASSES.index(name))
        answers[own[: round(share * len(own))]] = CLASSES.index(other)
    made = Predictions.of(np.eye(5)[answers], labels, CLASSES)
    return Evidence(predictions=made, rows=rows(train_accuracy=[1.0]), rescored=1000)


def test_two_exchanged_labels() -> None:
    finding = only(exchange, called(b="d", d="b"))
    assert "170 of 200 pictures labelled 'b' were taken for 'd' and 170 of 200 pictures labelled 'd'" in finding.claim
    assert finding.evidence["rings"] == [["b", "d"]]
    assert finding.advice.startswith("Look at test pictures 1, 6, 11 (`tenfold report ")
    assert "is their label what they show? If so, the training labels are the wrong ones." in finding.advice


def test_labels_that_are_all_one_further() -> None:
    moved = called(a="b", b="c", c="d", d="e", e="a")
    finding = only(exchange, moved)
    assert "(5 classes in all)" in finding.claim
    assert silent(guessing, moved)


def test_nothing_finer_is_said_of_exchanged_classes() -> None:
    assert all(silent(rule, called(b="d", d="b")) for rule in (confused, weak_class))


def test_confusion_is_no_exchange() -> None:
    assert silent(exchange, called(b="d", d="b", share=0.5))
    assert silent(exchange, called(b="d"))
    assert silent(exchange, called(a="e", b="e", c="e", d="e", share=1.0))
    assert silent(exchange, called(b="d", d="b", total=75))


def test_where_more_is_wrong_than_labels_it_is_no_exchange() -> None:
    assert silent(exchange, called(a="b", b="a", c="d", e="d", share=0.9))


def test_a_network_that_learned_nothing_either_has_no_say() -> None:
    untrained = rows(train_accuracy=[0.6])
    assert silent(exchange, replace(called(b="d", d="b"), rows=untrained))
