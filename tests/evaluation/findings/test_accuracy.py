"""How good it is, with what the number of pictures leaves open; guessing and the sheet's number are told apart."""

from dataclasses import replace

import numpy as np
import pytest
from tests.evaluation.findings.cases import CLASSES, only, predictions, rows, silent

from tenfold.evaluation.findings.accuracy import accuracy, sheet
from tenfold.evaluation.findings.classes import confused, weak_class
from tenfold.evaluation.findings.confidence import calibration
from tenfold.evaluation.findings.epochs import more_epochs
from tenfold.evaluation.findings.evidence import Command, Evidence, Picture, Sheet
from tenfold.evaluation.findings.fitting import fit
from tenfold.evaluation.findings.guessing import guessing
from tenfold.evaluation.findings.rate import too_low
from tenfold.evaluation.predictions import Predictions

COMMAND = Command("tenfold train mlp --data mnist")


def test_accuracy_has_its_interval() -> None:
    finding = only(accuracy, Evidence(predictions=predictions(10_000, 224)))
    assert "It gets 97.76 % of 10,000 test pictures right (224 wrong)" in finding.claim
    assert "it would, with 95 % confidence, get between 97.45 % and 98.03 % right" in finding.claim
    low, high = finding.evidence["interval"]
    assert low < finding.evidence["accuracy"] < high
    assert finding.advice == ""


def test_few_pictures_say_that_they_are_few() -> None:
    finding = only(accuracy, Evidence(predictions=predictions(50, 5)))
    assert "90 % of 50 test pictures" in finding.claim
    assert "there are only 50 test pictures" in finding.advice


def test_a_thousand_pictures_are_not_few() -> None:
    assert only(accuracy, Evidence(predictions=predictions(1000, 183))).advice == ""


def seen(*places: int) -> list[tuple[Picture, Picture]]:
    return [(Picture("train", 10 * one, 0), Picture("test", one, 0)) for one in places]


def test_with_a_leak_the_interval_is_that_of_the_rest() -> None:
    made = predictions(1000, 100)
    right = np.flatnonzero(made.predicted == made.labels)[:400].tolist()
    finding = only(accuracy, Evidence(predictions=made, same=seen(*right)))
    assert "It gets 90.0 % of 1,000 test pictures right (100 wrong); of all pictures of this kind" in finding.claim
    assert finding.claim.endswith("between 80.1 % and 86.1 % right, going by the 600 that training has not seen.")
    assert np.allclose(finding.evidence["interval"], [0.8015, 0.8611], atol=1e-3)


def test_of_a_test_that_training_has_seen_there_is_no_interval() -> None:
    whole = Evidence(predictions=predictions(1000, 10), same=seen(*range(1000)))
    part = Evidence(predictions=predictions(1000, 10), same=seen(3, 7), searched=0.5)
    for evidence in (whole, part):
        finding = only(accuracy, evidence)
        assert "How many of other pictures it would get right cannot be said" in finding.claim
        assert finding.evidence["interval"] is None
        assert silent(sheet, replace(evidence, sheet=Sheet(0.98, 0.98, 20)))


def test_without_predictions_nothing_is_said() -> None:
    assert all(silent(rule, Evidence()) for rule in (accuracy, guessing, sheet))


def always(answer: int, total: int = 500) -> Predictions:
    return Predictions.of(np.tile(np.eye(5)[answer], (total, 1)), np.arange(total) % 5, CLASSES)


def test_always_the_same_answer_is_guessing() -> None:
    finding = only(guessing, Evidence(predictions=always(3), scaled=False, command=COMMAND))
    assert "it answers 'd' for every test picture, and hardly ever gets 4 of 5 classes right" in finding.claim
    assert "It is right for 20.0 %; always naming the commonest class would be right for 20.0 %" in finding.claim
    assert "`tenfold train mlp --data mnist --set preprocessing.scale=unit`" in finding.advice


def test_on_scaled_pixels_the_learning_rate_is_suspected() -> None:
    finding = only(guessing, Evidence(predictions=always(3), command=COMMAND))
    assert "`tenfold train mlp --data mnist --learning-rate 0.0001`" in finding.advice


def test_a_network_that_knows_two_classes_of_five_is_guessing() -> None:
    labels = np.arange(500) % 5
    answers = np.where(labels == 1, 1, 3)
    finding = only(guessing, Evidence(predictions=Predictions.of(np.eye(5)[answers], labels, CLASSES)))
    assert finding.evidence["unknown_classes"] == ["a", "c", "e"]
    assert "It is right for 40.0 %" in finding.claim


def test_a_network_that_learned_with_too_small_steps_is_told_to_take_larger_ones_and_no_smaller_ones() -> None:
    labels = np.arange(500) % 5
    little = Predictions.of(np.eye(5)[np.where(labels == 1, 1, 3)], labels, CLASSES)
    creeping = rows(
        loss=[1.61, 1.59, 1.57, 1.55, 1.53, 1.51],
        accuracy=[0.2, 0.25, 0.3, 0.35, 0.38, 0.4],
        val_loss=[1.61, 1.59, 1.57, 1.55, 1.53, 1.51],
        learning_rate=[1e-5] * 6,
    )
    evidence = Evidence(predictions=little, rows=creeping, epochs=6, sizes={"validation": 500}, command=COMMAND)
    finding = only(guessing, evidence)
    assert finding.claim.startswith("It has learned little: it answers 'd' for 80.0 % of the test pictures")
    assert finding.advice.endswith("learn in larger steps: `tenfold train mlp --data mnist --learning-rate 0.0001`")
    assert only(too_low, evidence).advice.endswith("`tenfold train mlp --data mnist --learning-rate 0.0001`")
    assert silent(more_epochs, evidence)  # with the same small steps they are no advice


def test_what_was_learned_by_heart_is_told_so_and_steps_are_not_blamed() -> None:
    """Labels drawn by lot: the training pictures are remembered, and of others nothing is known."""
    labels = np.arange(1000) % 5
    lot = np.random.default_rng(0).integers(0, 5, 1000)
    losses = [1.62, 1.58, 1.54, 1.5, 1.46, 1.42]
    learned = rows(loss=losses, accuracy=[0.2, 0.25, 0.3, 0.4, 0.5, 0.57], learning_rate=[0.001] * 6)
    evidence = Evidence(
        predictions=Predictions.of(np.eye(5)[lot], labels, CLASSES),
        rows=learned,
        epochs=6,
        sizes={"train": 1200, "test": 1000},
        command=COMMAND,
        data="labels.npz",
    )
    finding = only(guessing, evidence)
    assert finding.claim.startswith(
        "It has learned its training pictures by heart (57.0 % of them are right) and nothing that holds for others: "
    )
    assert finding.advice.endswith("`tenfold data audit labels.npz`")
    assert silent(too_low, evidence)
    assert "Dropout" not in only(fit, evidence).advice


def test_an_untrained_network_is_told_to_take_larger_steps() -> None:
    flat = rows(loss=[2.3011, 2.3012, 2.3010, 2.3011, 2.3010], accuracy=[0.2] * 5, learning_rate=[1e-6] * 5)
    tiny = Evidence(predictions=always(3), rows=flat, command=COMMAND)
    assert only(guessing, tiny).advice.endswith(
        "in larger steps: `tenfold train mlp --data mnist --learning-rate 0.0001`"
    )


def test_of_pictures_that_are_all_alike_nothing_can_be_learned() -> None:
    blank = [Picture("train", one, one % 5) for one in range(300)]
    alike = Evidence(predictions=always(3), same=[blank], counts={"train": dict.fromkeys(CLASSES, 60)}, data="x")
    assert only(guessing, alike).advice.endswith("so there is little to learn: `tenfold data audit x`")


def test_a_learning_rate_beyond_reason_is_brought_down_at_once() -> None:
    hot = Evidence(predictions=always(3), rows=rows(learning_rate=[3.0]), command=COMMAND)
    assert only(guessing, hot).advice.endswith("`tenfold train mlp --data mnist --learning-rate 0.01`")


def test_answers_drawn_by_lot_are_guessing() -> None:
    random, labels = np.random.default_rng(0), np.arange(1000) % 5
    lot = random.integers(0, 5, 1000)
    finding = only(guessing, Evidence(predictions=Predictions.of(np.eye(5)[lot], labels, CLASSES)))
    assert finding.evidence["unknown_classes"] == []
    better = np.where(random.random(1000) < 0.1, labels, lot)
    assert silent(guessing, Evidence(predictions=Predictions.of(np.eye(5)[better], labels, CLASSES)))


def test_of_a_network_that_guesses_nothing_finer_is_said() -> None:
    guesses = Evidence(
        predictions=always(3),
        rows=rows(train_accuracy=[0.2] * 8, val_accuracy=[0.2] * 8, val_loss=[1.6] * 8),
        sizes={"validation": 500},
        rescored=500,
        epochs=8,
    )
    assert all(silent(rule, guesses) for rule in (confused, weak_class, calibration, more_epochs, fit))


def test_a_poor_network_that_is_better_than_guessing_is_not_guessing() -> None:
    assert silent(guessing, Evidence(predictions=predictions(1000, 700)))


def test_few_pictures_do_not_prove_guessing() -> None:
    assert silent(guessing, Evidence(predictions=always(3, total=20)))


@pytest.mark.parametrize(
    ("wrong", "verdict", "words"),
    [(180, "agrees", "which agrees"), (100, "above", "which is better"), (400, "below", "which is less")],
)
def test_beside_the_sheet(wrong: int, verdict: str, words: str) -> None:
    evidence = Evidence(predictions=predictions(10_000, wrong), sheet=Sheet(0.982, 0.983, 20), rows=rows(loss=[1] * 20))
    finding = only(sheet, evidence)
    assert finding.evidence["verdict"] == verdict
    assert "The lab sheet reports 98.2 to 98.3 % after 20 epochs" in finding.claim
    assert words in finding.claim
    assert ("--seed 1" in finding.advice) == (verdict == "below")


def test_a_network_that_guesses_is_not_told_to_train_as_long_as_the_sheet() -> None:
    guesses = Predictions.of(np.tile(np.eye(5)[3], (1000, 1)), np.arange(1000) % 5, CLASSES)
    finding = only(sheet, Evidence(predictions=guesses, sheet=Sheet(0.98, 0.98, 20), rows=rows(loss=[1, 1])))
    assert (finding.evidence["verdict"], finding.advice) == ("below", "")


def test_within_the_sheets_range_agrees() -> None:
    evidence = Evidence(predictions=predictions(10_000, 220), sheet=Sheet(0.975, 0.985, 5))
    assert only(sheet, evidence).evidence["verdict"] == "agrees"


def test_fewer_epochs_than_the_sheet_are_named() -> None:
    evidence = Evidence(
        predictions=predictions(10_000, 400), sheet=Sheet(0, 0.92, 20), rows=rows(loss=[1, 1]), command=COMMAND
    )
    assert "less than 92 % after 20 epochs; here it is 96.00 % after 2 epochs" in only(sheet, evidence).claim
    finding = only(sheet, replace(evidence, sheet=Sheet(0.98, 0.98, 20)))
    assert "reports 98.0 % after" in finding.claim
    assert "Train as long as the sheet: `tenfold train mlp --data mnist --epochs 20`" in finding.advice


def test_without_a_sheet_there_is_nothing_to_compare() -> None:
    assert silent(sheet, Evidence(predictions=predictions(10_000, 400)))
    assert silent(sheet, Evidence(predictions=predictions(500, 4), sheet=Sheet(0.98, 0.98, 20)))


def test_a_sheet_that_names_no_epochs_is_given_none() -> None:
    evidence = Evidence(predictions=predictions(10_000, 400), sheet=Sheet(0.98, 0.99, None), rows=rows(loss=[1, 1]))
    finding = only(sheet, evidence)
    assert finding.claim.startswith("The lab sheet reports 98 to 99 %; here it is 96.00 % after 2 epochs (95 %")
    assert "another seed" in finding.advice


def test_one_mistake_in_thousands_is_not_rounded_away() -> None:
    assert "It gets 99.97 % of 3,000 test pictures right (1 wrong)" in (
        only(accuracy, Evidence(predictions=predictions(3000, 1))).claim
    )
    assert "It gets 100.00 % of 3,000 test pictures right (0 wrong)" in (
        only(accuracy, Evidence(predictions=predictions(3000, 0))).claim
    )
