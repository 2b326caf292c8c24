"""Whether more epochs would help: yes, no, hardly, and nothing where the scatter hides it."""

from dataclasses import replace

import numpy as np
from tests.evaluation.findings.cases import only, rows, silent

from tenfold.evaluation.findings.curve import scatter, trend, turn
from tenfold.evaluation.findings.epochs import more_epochs, stopped
from tenfold.evaluation.findings.evidence import Command, Evidence
from tenfold.evaluation.predictions import Predictions


def evidence(losses: list[float], **more: object) -> Evidence:
    known = Evidence(
        rows=rows(val_loss=losses), epochs=len(losses), sizes={"validation": 1000}, command=Command("tenfold train mlp")
    )
    return replace(known, **more)


FALLING = [0.9 * 0.93**epoch + 0.001 * (-1) ** epoch for epoch in range(10)]
RISING = [0.5, 0.3, 0.2, 0.19, 0.2, 0.22, 0.24, 0.25, 0.27, 0.28]
LEVEL = [0.5, 0.3, 0.22, 0.21, 0.2, 0.201, 0.2, 0.199, 0.2, 0.201]
SCATTERED = [0.5, 0.3, 0.22, 0.15, 0.25, 0.14, 0.26, 0.13, 0.24, 0.16]


def test_still_falling() -> None:
    finding = only(more_epochs, evidence(FALLING))
    assert finding.kind == "more_epochs"
    assert "still fell by 7" in finding.claim
    assert "`tenfold train mlp --epochs 20`" in finding.advice


def test_rising() -> None:
    finding = only(more_epochs, evidence(RISING))
    assert finding.kind == "no_more_epochs"
    assert "it was lowest in epoch 4" in finding.claim
    assert "`tenfold train mlp --epochs 4`" in finding.advice


def test_a_loss_that_turned_and_falls_again_is_not_said_to_rise() -> None:
    turned = [0.5, 0.3, 0.2, 0.19, 0.2, 0.5, 0.49, 0.48, 0.47, 0.46]
    assert turn(turned)
    claim = only(more_epochs, evidence(turned)).claim
    assert claim == "More epochs would not help: the validation loss has risen again; it was lowest in epoch 4."


def test_level() -> None:
    assert only(more_epochs, evidence(LEVEL)).kind == "enough_epochs"


def test_nothing_is_said_where_it_cannot_be_known() -> None:
    assert silent(more_epochs, evidence(SCATTERED))
    assert silent(more_epochs, evidence(FALLING[:4]))
    assert silent(more_epochs, evidence(FALLING, sizes={"validation": 20}))
    assert silent(more_epochs, Evidence(rows=rows(loss=FALLING), epochs=10))


def test_early_stopping_is_told_and_then_nothing_is_foretold() -> None:
    early = evidence(RISING, epochs=50)
    finding = only(stopped, early)
    assert "after 10 of 50 epochs: the validation loss was lowest in epoch 4 (0.19)" in finding.claim
    assert silent(more_epochs, early)
    assert silent(stopped, evidence(RISING))


def test_a_trend_has_the_interval_of_a_regression() -> None:
    line = trend([1.0, 2.1, 2.9, 4.2, 4.8])  # by hand: slope 0.97, standard error 0.0551, t(3) = 3.182
    assert np.allclose([line.slope, line.low, line.high], [0.97, 0.7947, 1.1453], atol=1e-3)


def test_scatter_does_not_see_a_slope() -> None:
    assert scatter([5.0, 4.0, 3.0, 2.0, 1.0]) < 1e-12
    noise = np.random.default_rng(0).normal(size=2000) * 0.1
    assert 0.08 < scatter(noise + np.arange(2000)) < 0.12


def test_scatter_alone_is_hardly_ever_taken_for_a_turn() -> None:
    random = np.random.default_rng(0)
    for epochs in (5, 12, 50):
        assert sum(turn(1 + 0.1 * random.normal(size=epochs)) is not None for _ in range(300)) < 15


def test_where_no_epoch_is_any_good_none_is_recommended() -> None:
    labels = np.arange(1000) % 5
    lot = np.eye(5)[np.random.default_rng(0).integers(0, 5, 1000)]
    made = rows(val_loss=RISING, val_accuracy=[0.2] * 10, train_accuracy=[1.0] * 10)
    heart = replace(evidence(RISING), rows=made, rescored=1000)
    assert only(more_epochs, heart).kind == "no_more_epochs"
    assert silent(more_epochs, replace(heart, predictions=Predictions.of(lot, labels, tuple("abcde"))))
