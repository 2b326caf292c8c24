"""Whether it learned anything: by the test pictures, however uneven their classes are, and else by validation."""

from dataclasses import replace

import numpy as np
import pytest
from tests.evaluation.findings.cases import CLASSES, only, predictions, rows, silent

from tenfold.evaluation.findings.accuracy import accuracy
from tenfold.evaluation.findings.classes import imbalance
from tenfold.evaluation.findings.confidence import calibration
from tenfold.evaluation.findings.enough import few_steps
from tenfold.evaluation.findings.epochs import more_epochs
from tenfold.evaluation.findings.evidence import Command, DeadUnits, Evidence
from tenfold.evaluation.findings.fitting import fit
from tenfold.evaluation.findings.guessing import guessing
from tenfold.evaluation.findings.held_out import nothing_held_out
from tenfold.evaluation.findings.learned import Learned, beyond_lot, learned
from tenfold.evaluation.findings.network import dead_units
from tenfold.evaluation.findings.rate import too_low
from tenfold.evaluation.findings.rules import in_order
from tenfold.evaluation.predictions import Predictions

EVEN = {"train": dict.fromkeys(CLASSES, 400)}
RISING = [1.7, 1.62, 1.6, 1.61, 1.65, 1.7, 1.8, 1.9, 2.0, 2.1]


def told(labels: object, answers: object, classes: tuple[str, ...] = CLASSES) -> Predictions:
    return Predictions.of(np.eye(len(classes))[np.asarray(answers)], np.asarray(labels), classes)


def drawn(total: int, *, seed: int = 0) -> Predictions:
    return told(np.arange(total) % 5, np.random.default_rng(seed).integers(0, 5, total))


def trained(made: Predictions | None, train: float, held_out: float, **more: object) -> Evidence:
    """Ten epochs that end at these accuracies, with a validation loss that rises."""
    columns = {
        "loss": RISING,
        "val_loss": RISING,
        "train_accuracy": [train] * 10,
        "val_accuracy": [held_out] * 10,
        "learning_rate": [0.001] * 10,
    }
    known = Evidence(
        predictions=made,
        rows=rows(**columns),
        epochs=10,
        rescored=1000,
        sizes={"train": 2000, "validation": 500, "test": 1000},
        counts=EVEN,
        validation=0.2,
        closed=made is None,
        command=Command("tenfold train mlp"),
        data="digits",
    )
    return replace(known, **more)


def test_each_answer_to_the_question() -> None:
    lot, known = drawn(1000), predictions(1000, 50)
    two_of_five = told(np.arange(1000) % 5, np.where(np.arange(1000) % 5 == 1, 1, 3))
    assert learned(trained(known, 0.97, 0.95)) is Learned.ENOUGH
    assert learned(trained(lot, 0.2, 0.2)) is Learned.NOTHING
    assert learned(trained(lot, 0.6, 0.2)) is Learned.BY_HEART
    assert learned(trained(lot, 0.97, 0.95)) is Learned.ELSEWHERE
    assert learned(trained(two_of_five, 0.4, 0.4)) is Learned.LITTLE
    assert learned(trained(drawn(40), 0.2, 0.2)) is Learned.UNKNOWN


def test_while_the_test_is_closed_validation_answers_it() -> None:
    assert learned(trained(None, 0.97, 0.95)) is Learned.ENOUGH
    assert learned(trained(None, 0.2, 0.2)) is Learned.NOTHING
    assert learned(trained(None, 0.6, 0.2)) is Learned.BY_HEART
    few = {"train": 2000, "validation": 50}
    assert learned(trained(None, 0.3, 0.2, sizes=few)) is Learned.UNKNOWN
    assert learned(trained(None, 0.2, 0.2, sizes=few)) is Learned.NOTHING  # not even of what it was trained on
    assert learned(trained(None, 0.98, 0.97, counts={"train": {"a": 970, "b": 30}})) is Learned.UNKNOWN
    claim = only(guessing, trained(None, 0.2, 0.2)).claim
    assert claim == (
        "It has learned next to nothing: it is right for 20.0 % of the validation pictures; "
        "always naming the commonest class would be right for 20.0 %."
    )


def test_of_a_run_that_was_stopped_its_training_pictures_can_show_that_it_learned_nothing() -> None:
    def stopped(train: float, **more: object) -> Evidence:
        known = trained(None, train, 0.2, sizes={"train": 2000}, closed=False, unfinished="interrupted", steps=20)
        return replace(known, epochs=50, **more)

    finding = only(guessing, stopped(0.2))
    assert finding.claim == (
        "It has learned next to nothing so far: even of 1,000 training pictures it got 20.0 % right at best; "
        "always naming the commonest class would be right for 20.0 %."
    )
    assert finding.evidence["best_train_accuracy"] == 0.2
    assert silent(guessing, stopped(0.3))
    assert silent(guessing, stopped(0.2, counts={}))
    assert silent(guessing, stopped(0.2, counts={"train": {"a": 1900, "b": 100}}))
    assert silent(guessing, stopped(0.2, rescored=0))
    assert silent(guessing, stopped(0.2, rescored=150))  # which may be 27 %
    assert silent(guessing, stopped(0.2, rows=stopped(0.2).rows[:2], steps=100))
    assert silent(guessing, stopped(0.2, steps=2))
    begun = stopped(0.2, sizes={"train": 2000, "validation": 500})
    assert "so far: it is right for 20.0 % of the validation pictures" in only(guessing, begun).claim
    assert silent(guessing, replace(begun, steps=2))


def test_lots_are_hardly_ever_taken_for_knowledge() -> None:
    bounds = [beyond_lot(drawn(500, seed=seed)) for seed in range(200)]
    assert sum(bound > 0 for bound in bounds) < 12  # 2.5 % of them, and luck
    assert beyond_lot(predictions(1000, 0)) > 0.9


@pytest.mark.parametrize("right", [0, 6])
def test_of_very_uneven_classes_the_commonest_is_no_measure(right: int) -> None:
    """97 % of one class: to name it always is right for 97 % and shows nothing; to know six of ten others is much."""
    labels = np.r_[np.zeros(323, int), np.ones(10, int)]
    answers = np.r_[np.zeros(333 - right, int), np.ones(right, int)]
    evidence = Evidence(
        predictions=told(labels, answers, ("other", "one")),
        counts={"train": {"other": 1292, "one": 39}},
        rows=rows(loss=[0.5, 0.2], learning_rate=[0.001] * 2),
    )
    assert learned(evidence) is (Learned.ENOUGH if right else Learned.NOTHING)
    finding = only(imbalance, evidence)
    assert "Always naming 'other' would be right for 97.0 % of the test pictures, so an accuracy of 9" in finding.claim
    balanced = "80.0 %" if right else "50.0 %"
    assert finding.claim.endswith(f"counting every class alike (balanced accuracy) it is {balanced}.")
    assert "each class (its recall)" in finding.advice
    assert "find more pictures of 'one', or let mistakes about them weigh more (class_weight" in finding.advice
    found = in_order([only(accuracy, evidence), finding, *guessing(evidence)])
    assert [one.kind for one in found] == [*([] if right else ["guessing"]), "imbalance", "accuracy"]
    assert all(one.advice == "" for one in guessing(evidence))  # not the learning rate's: imbalance says what helps


def test_who_is_less_often_right_than_the_commonest_class_is_common_may_know_much() -> None:
    labels = np.repeat([0, 1, 2], [700, 150, 150])
    answers = np.where((labels == 0) & (np.arange(1000) >= 210), 1 + np.arange(1000) % 2, labels)
    made = told(labels, answers, ("a", "b", "c"))  # all of the two others, 30 % of the commonest
    assert made.accuracy < 0.7
    assert learned(Evidence(predictions=made)) is Learned.ENOUGH


def test_rare_classes_that_are_known_need_no_more_pictures() -> None:
    made = told(np.r_[np.zeros(323, int), np.ones(10, int)], np.r_[np.zeros(323, int), np.ones(10, int)], ("a", "b"))
    finding = only(imbalance, Evidence(predictions=made, counts={"train": {"a": 1292, "b": 39}}))
    assert "more pictures" not in finding.advice


def test_of_what_learned_nothing_no_epoch_and_no_fit_is_praised() -> None:
    nothing = trained(drawn(1000), 0.24, 0.2)
    assert only(more_epochs, trained(predictions(1000, 50), 0.97, 0.95)).kind == "no_more_epochs"
    assert all(silent(rule, nothing) for rule in (more_epochs, fit, too_low, calibration))
    assert silent(nothing_held_out, trained(drawn(1000), 0.24, 0.2, sizes={"train": 2000, "test": 1000}))
    heart = trained(drawn(1000), 0.9, 0.2)
    assert silent(more_epochs, heart)
    assert only(fit, heart).advice.startswith("No setting closes such a gap")


def test_of_a_test_that_goes_with_nothing_the_training_is_still_judged() -> None:
    elsewhere = trained(drawn(1000), 0.97, 0.95)
    assert only(more_epochs, elsewhere).kind == "no_more_epochs"
    assert silent(guessing, elsewhere)


def test_answers_that_follow_no_favourite_are_given_no_name() -> None:
    claim = only(guessing, trained(drawn(1000), 0.9, 0.2)).claim
    assert "for others: it is right for 20." in claim
    assert "answers" not in claim


def test_few_steps_are_told_and_the_learning_rate_is_not_blamed_for_them() -> None:
    creeping = rows(
        loss=[2.3, 2.28, 2.26, 2.24, 2.22], accuracy=[0.1, 0.12, 0.14, 0.16, 0.18], learning_rate=[0.001] * 5
    )
    many = Evidence(rows=creeping, steps=45, command=Command("tenfold train mlp"))
    assert only(too_low, many).kind == "rate_too_low"
    assert silent(few_steps, many)
    few = replace(many, steps=2)
    assert silent(too_low, few)
    finding = only(few_steps, few)
    assert "changed only 10 times, 2 in each of 5 epochs" in finding.claim
    assert finding.advice.endswith("`tenfold train mlp --epochs 150`")
    assert silent(few_steps, replace(few, predictions=predictions(1000, 50)))
    assert silent(few_steps, replace(few, steps=0))
    assert silent(few_steps, replace(few, unfinished="interrupted"))
    assert silent(few_steps, replace(few, rows=[{**row, "learning_rate": 1.0} for row in creeping]))
    assert silent(few_steps, replace(few, rows=creeping[::-1]))
    assert "1 time, in one epoch" in only(few_steps, replace(few, rows=creeping[:1], steps=1)).claim
    level = trained(predictions(1000, 500), 0.6, 0.5)
    begun = replace(level, steps=2, rows=[{**row, "loss": 2 / (1 + place)} for place, row in enumerate(level.rows)])
    assert silent(more_epochs, begun)
    assert only(more_epochs, replace(begun, steps=20)).kind == "no_more_epochs"


def test_dead_units_of_a_good_network_are_too_many_and_of_a_bad_one_the_steps_too_large() -> None:
    dead = [DeadUnits("dense", 60, 64, 500)]
    good = only(dead_units, trained(predictions(1000, 50), 0.97, 0.95, dead=dead))
    assert good.advice == (
        "If they give nothing for the rest either, the network does without them, and a smaller layer would do as well."
    )
    bad = only(dead_units, trained(drawn(1000), 0.2, 0.2, dead=dead))
    assert "`tenfold train mlp --learning-rate 0.0001`" in bad.advice
