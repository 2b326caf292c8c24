"""The verdict on the fit: right for curves that were made so, and none where there is too little to go by."""

from dataclasses import replace

import pytest
from tests.evaluation.findings.cases import only, predictions, rows, silent

from tenfold.evaluation.findings.evidence import Command, Evidence, Picture
from tenfold.evaluation.findings.fitting import fit

SIZES = {"train": 5000, "validation": 1000, "test": 1000}
COMMAND = Command("tenfold train mlp --data mnist")


def evidence(train: list[float], held_out: list[float], losses: list[float], **more: object) -> Evidence:
    columns = {"train_accuracy": train, "val_accuracy": held_out, "val_loss": losses, "loss": [1.0] * len(train)}
    known = Evidence(rows=rows(**columns), sizes=SIZES, rescored=1000, validation=0.2, command=COMMAND)
    return replace(known, **more)


OVER = evidence(
    [0.80, 0.90, 0.95, 0.98, 0.99, 1.0, 1.0, 1.0],
    [0.80, 0.88, 0.89, 0.895, 0.89, 0.89, 0.885, 0.885],
    [0.60, 0.40, 0.35, 0.34, 0.36, 0.40, 0.45, 0.50],
)
WELL = evidence([0.9, 0.95, 0.97, 0.975], [0.9, 0.95, 0.965, 0.975], [0.4, 0.2, 0.15, 0.14])
UNDER = evidence([0.7, 0.75, 0.78, 0.79], [0.7, 0.75, 0.775, 0.785], [1.0, 0.9, 0.85, 0.84])


def test_overfitted_and_since_when() -> None:
    finding = only(fit, OVER)
    assert finding.kind == "overfitting"
    assert finding.claim.startswith("It is overfitted since epoch 5: 100.0 % of 1,000 training pictures are right and")
    assert "the validation loss was lowest in epoch 4 (0.34) and has risen to 0.5" in finding.claim
    assert finding.evidence["since_epoch"] == 5
    assert "`tenfold train mlp --data mnist --set early_stopping.patience=3`" in finding.advice


def test_without_a_rise_it_is_since_the_gap_is_clear() -> None:
    finding = only(
        fit, evidence([0.9, 0.93, 0.97, 0.99, 1.0], [0.9, 0.92, 0.93, 0.94, 0.94], [0.4, 0.3, 0.25, 0.2, 0.2])
    )
    assert finding.evidence["since_epoch"] == 3
    assert "lowest" not in finding.claim


def test_a_loss_that_rises_is_overfitting_however_small_the_gap() -> None:
    close = [0.9, 0.95, 0.96, 0.965, 0.97, 0.97, 0.97, 0.97]
    finding = only(fit, evidence([0.01 + share for share in close], close, list(OVER.column("val_loss"))))
    assert finding.kind == "overfitting"
    assert finding.confidence == "likely"


def test_a_gap_that_closes_again_does_not_count() -> None:
    train, held_out = [0.9, 0.99, 0.95, 0.99, 1.0], [0.9, 0.93, 0.95, 0.94, 0.94]
    assert only(fit, evidence(train, held_out, [0.4, 0.3, 0.25, 0.2, 0.2])).evidence["since_epoch"] == 4


def test_memorised_random_labels_are_strong_overfitting() -> None:
    finding = only(fit, evidence([0.4, 0.8, 1.0], [0.1, 0.11, 0.1], [2.3, 3.0, 4.0]))
    assert finding.claim.startswith(
        "It is strongly overfitted: 100.0 % of 1,000 training pictures are right and 10.0 %"
    )


def test_well_fitted() -> None:
    finding = only(fit, WELL)
    assert finding.kind == "well_fitted"
    assert "97.5 % of 1,000 training pictures right and 97.5 % of the validation pictures" in finding.claim
    assert "pictures, which it knows no worse (a gap of -1.4 to +1.4 points)." in finding.claim


def test_only_where_all_training_pictures_were_scored_it_is_of_them_all() -> None:
    every = replace(WELL, rescored=5000)
    assert "97.50 % of the training pictures right and" in only(fit, every).claim
    assert "even of the training pictures it gets 21.00 % wrong" in only(fit, replace(UNDER, rescored=5000)).claim
    assert "97.5 % of 996 training pictures right" in only(fit, replace(WELL, rescored=996)).claim


def test_a_gap_keeps_its_sign() -> None:
    better = only(fit, replace(evidence([0.9, 0.95, 0.956], [0.9, 0.96, 0.969], [0.4, 0.2, 0.15]), rescored=5000))
    assert "96.9 % of the validation pictures, which it knows no worse (a gap of -2.5 to -0.1 points)." in better.claim
    worse = only(fit, evidence([0.9, 0.95, 0.974], [0.9, 0.95, 0.969], [0.4, 0.2, 0.15]))
    assert "96.9 % of the validation pictures, a gap of -1.0 to +2.0 points." in worse.claim


def test_underfitted() -> None:
    finding = only(fit, UNDER)
    assert finding.kind == "underfitting"
    assert "even of 1,000 training pictures it gets 21.0 % wrong" in finding.claim


def test_what_no_network_could_know_is_not_underfitting() -> None:
    """A fifth of the training pictures are blank, under five labels: 16 % are wrong whatever is learned."""
    empty = [Picture("train", one, one % 5, blank=True) for one in range(1000)]
    known = evidence([0.7, 0.8, 0.83], [0.7, 0.79, 0.82], [1.0, 0.9, 0.85])
    assert only(fit, known).kind == "underfitting"
    assert silent(fit, replace(known, same=[empty], counts={"train": {"a": 5000}}))


def test_held_out_pictures_that_are_known_better_are_not_called_alike() -> None:
    assert "wrong, more than of the validation pictures (2.0 %)" in (
        only(fit, evidence([0.7, 0.8, 0.83], [0.7, 0.9, 0.98], [1.0, 0.9, 0.85])).claim
    )


@pytest.mark.parametrize("known", [OVER, WELL, UNDER])
def test_few_pictures_or_epochs_carry_no_verdict(known: Evidence) -> None:
    assert silent(fit, replace(known, rescored=50))
    assert silent(fit, replace(known, sizes={**SIZES, "validation": 50}))
    assert silent(fit, replace(known, rows=known.rows[:2]))


def test_between_the_clear_cases_nothing_is_said() -> None:
    assert silent(fit, evidence([0.9, 0.95, 0.985], [0.9, 0.95, 0.97], [0.4, 0.2, 0.15]))


def without_rescoring(known: Evidence, **more: object) -> Evidence:
    renamed = [{("accuracy" if name == "train_accuracy" else name): row[name] for name in row} for row in known.rows]
    return replace(known, rows=renamed, rescored=0, **more)


def test_the_accuracy_while_training_shows_overfitting_at_least() -> None:
    assert "at least 100.00 % of the training pictures" in only(fit, without_rescoring(OVER, noisy=True)).claim


def test_with_dropout_on_the_curves_cannot_be_compared() -> None:
    finding = only(fit, without_rescoring(WELL, noisy=True))
    assert finding.kind == "incomparable"
    assert "`tenfold train mlp --data mnist --set training.rescore=true`" in finding.advice


def test_the_accuracy_while_training_lags_and_never_shows_a_good_fit() -> None:
    assert silent(fit, without_rescoring(WELL))


def test_without_validation_the_test_pictures_stand_in() -> None:
    columns = {"train_accuracy": [0.9, 0.99, 1.0], "loss": [1.0, 0.5, 0.1]}
    known = Evidence(rows=rows(**columns), sizes={"train": 5000, "test": 1000}, rescored=1000)
    finding = only(fit, replace(known, predictions=predictions(1000, 100)))
    assert "and 90.0 % of the test pictures" in finding.claim
    assert finding.evidence["since_epoch"] is None
    assert silent(fit, known)


def test_validation_on_the_test_pictures_is_named_so() -> None:
    assert "of the test pictures" in only(fit, replace(OVER, validation="test")).claim
