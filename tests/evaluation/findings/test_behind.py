"""A test that does not go with the training is named, and luck, rare classes and leaks are not taken for it."""

from dataclasses import replace

import numpy as np
from tests.evaluation.findings.cases import CLASSES, only, predictions, rows, silent

from tenfold.evaluation.findings.behind import behind
from tenfold.evaluation.findings.classes import weak_class
from tenfold.evaluation.findings.confidence import calibration
from tenfold.evaluation.findings.evidence import Evidence, Picture
from tenfold.evaluation.findings.pictures import label_suspects
from tenfold.evaluation.predictions import Predictions

EVEN = {"train": dict.fromkeys(CLASSES, 1000)}


def evidence(made: Predictions, held_out: float = 0.93, total: int = 500) -> Evidence:
    return Evidence(
        predictions=made,
        rows=rows(val_accuracy=[0.5, held_out], val_loss=[1.0, 0.2]),
        sizes={"validation": total, "test": len(made)},
        counts=EVEN,
        validation=0.1,
    )


def test_flipped_test_labels_are_far_behind() -> None:
    finding = only(behind, evidence(predictions(1000, 160)))
    assert "93.0 % of the validation pictures are right" in finding.claim
    assert "but 84.0 % of the test pictures, 5.8 to 12.2 points fewer" in finding.claim
    assert "test labels may be wrong, or the test pictures come from another source" in finding.advice
    assert finding.confidence == "certain"


def test_luck_few_pictures_and_the_test_itself_say_nothing() -> None:
    assert silent(behind, evidence(predictions(1000, 90)))
    assert silent(behind, evidence(predictions(1000, 160), total=60))
    assert silent(behind, evidence(predictions(60, 30)))
    assert silent(behind, replace(evidence(predictions(1000, 160)), validation="test"))
    assert silent(behind, replace(evidence(predictions(1000, 160)), predictions=None))


def test_the_worse_of_the_last_epoch_and_the_best_is_compared() -> None:
    kept = rows(val_accuracy=[0.84, 0.93], val_loss=[0.2, 1.0])
    assert silent(behind, replace(evidence(predictions(1000, 160)), rows=kept))


def missed(which: int, count: int) -> Predictions:
    """All right but `count` of the 200 pictures of one class."""
    labels = np.arange(1000) % 5
    answers = labels.copy()
    answers[np.flatnonzero(labels == which)[:count]] = (which + 1) % 5
    return Predictions.of(np.eye(5)[answers], labels, CLASSES)


def test_a_class_that_is_rare_in_training_only_is_no_reason() -> None:
    known = evidence(missed(4, 150))
    assert only(behind, known).kind == "test_worse"
    rare = {"train": {**EVEN["train"], "e": 10}}
    assert silent(behind, replace(known, counts=rare))
    assert silent(behind, replace(evidence(missed(4, 200)), counts={"train": {**EVEN["train"], "e": 0}}))


def test_pictures_that_training_has_seen_do_not_hide_it() -> None:
    made = predictions(1000, 160)
    right = np.flatnonzero(made.predicted == made.labels)[:500]
    same = [(Picture("train", int(one), 0), Picture("test", int(one), 0)) for one in right]
    assert "but 68.0 % of the test pictures" in only(behind, replace(evidence(made), same=same)).claim
    assert silent(behind, replace(evidence(made), same=same, searched=0.5))


def test_what_may_be_the_tests_doing_is_not_laid_on_the_network() -> None:
    made = evidence(predictions(1000, 160, sure=0.97))
    alone = replace(made, sizes={})
    assert "Fewer epochs or more dropout" in only(calibration, alone).advice
    assert "first find out why validation pictures are known so much better" in only(calibration, made).advice
    assert "the fault is its own or the labels', only looking tells" in only(label_suspects, alone).claim
    assert "many of these labels may be wrong" in only(label_suspects, made).claim
    weak = evidence(missed(4, 180))
    assert "are they, and their labels, like those that it was trained on?" in only(weak_class, weak).advice
    assert "more training pictures of 'e' may help" in only(weak_class, replace(weak, sizes={})).advice
