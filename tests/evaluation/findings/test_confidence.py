"""Calibration is judged against what chance shows: made over-confident, made humble, made true, made too few."""

from dataclasses import replace

import numpy as np
import numpy.typing as npt
from tests.evaluation.findings.cases import only, rows, silent

from tenfold.evaluation.findings.confidence import calibration
from tenfold.evaluation.findings.evidence import Evidence
from tenfold.evaluation.predictions import Predictions


def says_and_is(total: int, offset: float, seed: int = 0) -> Evidence:
    """Answers with confidences from 0.55 to 0.95 that are right `offset` more often than they say."""
    random = np.random.default_rng(seed)
    sure = random.uniform(0.55, 0.95, total)
    return answers(sure, random.random(total) < np.clip(sure + offset, 0, 1))


def answers(sure: npt.ArrayLike, right: npt.ArrayLike) -> Evidence:
    """Answers with these confidences, every other one for class b."""
    outputs = np.stack([np.asarray(sure), 1 - np.asarray(sure)], axis=1)
    labels = np.where(right, 0, 1)
    outputs[::2], labels[::2] = outputs[::2, ::-1], 1 - labels[::2]
    return Evidence(predictions=Predictions.of(outputs, labels, ("a", "b")))


def test_over_confident() -> None:
    finding = only(calibration, says_and_is(5000, -0.05))
    assert finding.kind == "overconfident"
    assert finding.claim.startswith("It is over-confident: 7")
    assert finding.confidence == "certain"
    assert finding.evidence["ece"] > 0.03 > finding.evidence["ece_by_chance"][1]
    assert "strongly over-confident" in only(calibration, says_and_is(5000, -0.2)).claim
    assert "slightly over-confident" in only(calibration, says_and_is(100_000, -0.01)).claim


def test_under_confident() -> None:
    assert only(calibration, says_and_is(5000, 0.1)).kind == "underconfident"


def test_the_advice_does_not_contradict_what_is_said_of_epochs() -> None:
    """Fewer epochs are no advice where more would help, and longer training is none where the loss is level."""
    falling = [0.9 * 0.93**epoch for epoch in range(10)]
    level = [0.5, 0.3, 0.22, 0.21, 0.2, 0.201, 0.2, 0.199, 0.2, 0.201]
    sure, humble = says_and_is(5000, -0.05), says_and_is(5000, 0.1)
    watched = {"epochs": 10, "sizes": {"validation": 1000}}
    assert "Fewer epochs or more dropout" in only(calibration, sure).advice
    assert "Fewer" not in only(calibration, replace(sure, rows=rows(val_loss=falling), **watched)).advice
    assert "Longer training" in only(calibration, humble).advice
    assert only(calibration, replace(humble, rows=rows(val_loss=level), **watched)).advice.endswith(
        "Less dropout makes it surer."
    )


def test_too_sure_here_and_not_sure_enough_there() -> None:
    right = [True] * 800 + [False] * 200 + [True] * 700 + [False] * 300
    evidence = answers([0.6] * 1000 + [0.9] * 1000, right)
    assert only(calibration, evidence).kind == "uneven_confidence"


def test_a_calibrated_network_is_hardly_ever_accused() -> None:
    """Its error and its gap are each beyond what chance shows once in a hundred times."""
    kinds = [only(calibration, says_and_is(500, 0.0, seed)).kind for seed in range(100)]
    assert kinds.count("calibrated") >= 97


def test_few_pictures_say_nothing() -> None:
    assert silent(calibration, says_and_is(150, -0.2))


def test_outputs_that_are_no_probabilities_say_nothing() -> None:
    numbers = Predictions.of(np.full((500, 2), np.nan), np.zeros(500), ("a", "b"))
    assert silent(calibration, Evidence(predictions=numbers))


def test_a_gap_beyond_chance_is_told_though_the_bins_show_nothing() -> None:
    finding = only(
        calibration, answers([0.9] * 150 + [0.7] * 150, [True] * 142 + [False] * 8 + [True] * 115 + [False] * 35)
    )
    assert finding.kind == "underconfident"
    assert finding.evidence["ece"] <= finding.evidence["ece_by_chance"][1]
    assert "points apart; chance alone seldom shows more than" in finding.claim


def test_what_few_pictures_cannot_show_is_not_believed() -> None:
    few, many = only(calibration, says_and_is(300, 0.0)), only(calibration, says_and_is(50_000, 0.0))
    assert few.claim.startswith("No miscalibration could be shown on 300 pictures: it is ")
    assert (few.kind, few.confidence) == ("calibrated", "hint")
    assert many.claim.startswith("Its probabilities can be believed: it is ")


def test_one_mistake_of_a_network_that_is_nearly_certain_is_chance() -> None:
    assert only(calibration, answers([0.9999] * 1000, [True] * 999 + [False])).kind == "calibrated"
