"""Confusion, weak classes and imbalance: spoken of where they are made so, and not where mistakes fall evenly."""

from dataclasses import replace

import numpy as np
from tests.evaluation.findings.cases import CLASSES, only, predictions, silent

from tenfold.evaluation.findings.classes import confused, imbalance, weak_class
from tenfold.evaluation.findings.enough import few_pictures
from tenfold.evaluation.findings.evidence import Evidence
from tenfold.evaluation.findings.pictures import label_suspects
from tenfold.evaluation.predictions import Predictions


def with_mistakes(total: int, *mistakes: tuple[int, int, int]) -> Predictions:
    """All right, but `count` pictures of one class are taken for another."""
    labels = np.arange(total) % len(CLASSES)
    answers = labels.copy()
    for true, taken_for, count in mistakes:
        answers[np.flatnonzero(labels == true)[:count]] = taken_for
    return Predictions.of(np.eye(len(CLASSES))[answers], labels, CLASSES)


def test_the_pair_that_is_confused_most() -> None:
    finding = only(confused, Evidence(predictions=with_mistakes(1000, (1, 3, 20), (3, 1, 6), (0, 2, 2))))
    assert "'b' and 'd' are confused most: 'b' was taken for 'd' 20 times, the other way round 6 times" in finding.claim
    assert "93 % of all mistakes" in finding.claim
    (pair,) = finding.evidence["pairs"]
    assert pair["ids"] == [1, 6, 11, 16, 21, 3, 8, 13, 18, 23]
    assert "Look at test pictures 1, 6, 11" in finding.advice


def test_the_other_way_round_and_a_second_pair() -> None:
    finding = only(confused, Evidence(predictions=with_mistakes(1000, (1, 3, 4), (3, 1, 40), (0, 2, 30))))
    assert "'d' was taken for 'b' 40 times" in finding.claim
    assert "then 'a' and 'c' (30)" in finding.claim


def test_mistakes_that_fall_evenly_are_no_pattern() -> None:
    assert silent(confused, Evidence(predictions=predictions(1000, 80)))


def test_a_handful_of_mistakes_is_no_pattern() -> None:
    assert silent(confused, Evidence(predictions=with_mistakes(1000, (1, 3, 4))))


def test_two_classes_can_only_be_confused_with_one_another() -> None:
    two = Predictions.of(np.eye(2)[[0, 1] * 100], [1, 0] * 50 + [0, 1] * 50, ("a", "b"))
    assert silent(confused, Evidence(predictions=two))


def test_the_class_that_is_known_worst() -> None:
    finding = only(weak_class, Evidence(predictions=with_mistakes(1000, (2, 4, 40), (0, 1, 5))))
    assert "'c' is recognised worst: 80.0 % of its 200 test pictures" in finding.claim
    assert "it is most often taken for 'e' (" in finding.claim
    assert finding.evidence["recall"] == 0.8
    assert finding.evidence["ids"] == [2, 7, 12, 17, 22]


def test_classes_that_are_known_alike() -> None:
    assert silent(weak_class, Evidence(predictions=predictions(1000, 80)))
    assert silent(weak_class, Evidence(predictions=predictions(1000, 0)))


def test_few_pictures_of_a_class_prove_nothing() -> None:
    assert silent(weak_class, Evidence(predictions=with_mistakes(75, (2, 4, 15))))


def test_imbalance() -> None:
    finding = only(imbalance, Evidence(counts={"train": {"cat": 400, "dog": 40, "Käfer": 390}}))
    assert "'dog' has 40 training pictures, 10 times fewer than 'cat'" in finding.claim
    assert finding.evidence["rare"] == ["dog"]
    finding = only(imbalance, Evidence(counts={"train": {"cat": 60_000, "dog": 40}}))
    assert "'dog' has 40 training pictures, 1,500 times fewer than 'cat'" in finding.claim


def test_a_class_without_pictures() -> None:
    claim = only(imbalance, Evidence(counts={"train": {"cat": 400, "dog": 0}})).claim
    assert "'dog' has no training pictures, and 'cat' has 400. What it was never shown, a network cannot know." in claim


def test_a_rare_class_is_not_hard_to_tell_apart_but_rare() -> None:
    counts = {"train": {"a": 300, "b": 12, "c": 300, "d": 300, "e": 300}}
    known = Evidence(predictions=with_mistakes(1000, (1, 3, 100)), counts=counts)
    assert only(confused, known).advice == "Of 'b' there are few training pictures or none: more of them would help."
    assert silent(label_suspects, known)
    assert only(label_suspects, Evidence(predictions=known.predictions)).evidence["count"] == 100


def test_a_handful_of_pictures_of_each_class_is_told_and_doubts_no_label() -> None:
    known = Evidence(predictions=with_mistakes(1000, (1, 3, 180)), counts={"train": dict.fromkeys(CLASSES, 10)})
    finding = only(few_pictures, known)
    assert "only 50 training pictures, about 10 of each of 5 classes" in finding.claim
    assert silent(label_suspects, known)
    assert silent(few_pictures, replace(known, counts={"train": dict.fromkeys(CLASSES, 20)}))
    assert silent(few_pictures, replace(known, predictions=predictions(1000, 50)))


def test_mnist_is_balanced() -> None:
    counts = [5923, 6742, 5958, 6131, 5842, 5421, 5918, 6265, 5851, 5949]
    assert silent(imbalance, Evidence(counts={"train": dict(zip("0123456789", counts, strict=True))}))
    assert silent(imbalance, Evidence(counts={"train": {"a": 6, "b": 1}}))


def test_a_class_name_cannot_pass_for_a_command() -> None:
    names = ("a", "b", "x`; run `rm -rf ~`", "d", "e")
    made = with_mistakes(1000, (2, 4, 40), (0, 1, 5))
    known = Evidence("mine", predictions=Predictions.of(made.probabilities, made.labels, names))
    uneven = Evidence(counts={"train": {names[2]: 40, "`b`": 400}})
    told = [only(weak_class, known), only(confused, known), only(imbalance, uneven)]
    assert all("x'; run 'rm -rf ~'" in finding.claim for finding in told)
    commands = [words for finding in told for words in (finding.claim + finding.advice).split("`")[1::2]]
    assert commands == ["tenfold report mine --open"] * 2
    assert told[0].evidence["class"] == names[2]
