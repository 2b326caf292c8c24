"""The learning rate as the loss shows it: exploded, jumping, creeping, and a loss that falls as it should."""

from dataclasses import replace

from tests.evaluation.findings.cases import only, rows, silent

from tenfold.evaluation.findings.evidence import Command, Evidence
from tenfold.evaluation.findings.rate import diverged, too_high, too_low


def evidence(losses: list[float | None], rate: float = 0.001, reached: float = 0.5) -> Evidence:
    count = len(losses)
    made = rows(loss=losses, learning_rate=[rate] * count, accuracy=[reached] * count)
    return Evidence(rows=made, command=Command("tenfold train mlp"))


HEALTHY = evidence([0.35, 0.16, 0.12, 0.09, 0.08], reached=0.98)


def test_a_loss_that_is_no_number() -> None:
    finding = only(diverged, evidence([2.3, 9.0, None, None], rate=10.0))
    assert "since epoch 3" in finding.claim
    assert "`tenfold train mlp --learning-rate 0.01`" in finding.advice


def test_a_loss_that_jumps_and_gets_nowhere() -> None:
    finding = only(too_high, evidence([2.5, 2.9, 2.4, 2.8, 2.6], rate=0.1))
    assert "rose again in epochs 2, 4" in finding.claim
    assert "no lower than in the first (2.5)" in finding.claim
    assert "`tenfold train mlp --learning-rate 0.01`" in finding.advice


def test_a_loss_that_creeps() -> None:
    finding = only(too_low, evidence([2.3, 2.25, 2.2, 2.14, 2.07], rate=1e-5))
    assert "The learning rate of 1e-05 is probably too low" in finding.claim
    assert "`tenfold train mlp --learning-rate 0.0001`" in finding.advice


def test_a_training_with_tiny_steps_that_ends_half_way() -> None:
    losses: list[float | None] = [1.9, 1.3, 1.0, 0.8, 0.68]
    finding = only(too_low, evidence(losses, rate=1e-5, reached=0.85))
    assert "by 15.0 % in the last of 5, and has only come from 1.9 to 0.68" in finding.claim
    assert silent(too_low, evidence(losses, rate=1e-3, reached=0.85))


def test_a_loss_that_stays_where_it_is_has_not_come_from_there_to_there() -> None:
    finding = only(too_low, evidence([2.3084 - 1e-6 * epoch for epoch in range(6)], rate=1e-9))
    assert finding.claim.endswith("in the last of 6, and has hardly moved from 2.31.")


def test_a_loss_that_creeps_is_seen_through_dropout() -> None:
    noisy = evidence([2.4, 2.41, 2.39, 2.4, 2.38, 2.39], rate=1e-5)
    scored = [{**row, "train_loss": 2.3 - 0.01 * place} for place, row in enumerate(noisy.rows)]
    assert "falls in every epoch" in only(too_low, replace(noisy, rows=scored)).claim
    assert silent(too_low, noisy)


def test_a_loss_that_falls_as_it_should() -> None:
    assert all(silent(rule, HEALTHY) for rule in (diverged, too_high, too_low))


def test_a_jump_late_in_a_good_training_is_no_matter() -> None:
    assert silent(too_high, evidence([0.35, 0.1, 0.05, 0.08, 0.03]))


def test_a_few_epochs_say_nothing() -> None:
    assert silent(too_high, evidence([2.5, 2.9, 2.6]))
    assert silent(too_low, evidence([2.3, 2.25, 2.2]))


def test_without_a_loss_nothing_has_diverged() -> None:
    assert silent(diverged, Evidence(rows=rows(seconds=[1.0])))
