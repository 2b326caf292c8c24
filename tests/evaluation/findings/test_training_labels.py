"""Wrong training labels show as sure mistakes about held-out pictures; mistakes of the network's own are hesitant."""

from dataclasses import replace

import numpy as np
from tests.evaluation.findings.cases import CLASSES, only, silent

from tenfold.evaluation.findings.evidence import Evidence
from tenfold.evaluation.findings.training_labels import training_suspects
from tenfold.evaluation.predictions import Predictions


def held_out(total: int, *, flipped: int, own: int) -> Evidence:
    """The first `flipped` labels are wrong, and the network is as sure as elsewhere; about `own` others it errs."""
    random = np.random.default_rng(0)
    truth = np.arange(total) % 5
    answers, sure = truth.copy(), random.uniform(0.8, 1.0, total)
    mistaken = slice(flipped, flipped + own)
    answers[mistaken], sure[mistaken] = (truth[mistaken] + 1) % 5, random.uniform(0.4, 0.85, own)
    labels = np.where(np.arange(total) < flipped, (truth + 2) % 5, truth)
    probabilities = np.tile(((1 - sure) / 4)[:, np.newaxis], 5)
    probabilities[np.arange(total), answers] = sure
    known = Predictions.of(probabilities, labels, CLASSES)
    return Evidence(held_out=known, held_out_ids=[10 * place for place in range(total)], data="digits")


def test_sure_mistakes_are_told_by_their_places_among_the_training_pictures() -> None:
    finding = only(training_suspects, held_out(1000, flipped=100, own=40))
    assert finding.claim.startswith(
        "Some training labels are probably wrong: of 1,000 training pictures that were held"
    )
    ids = [picture["id"] for picture in finding.evidence["pictures"]]
    assert all(place % 10 == 0 for place in ids)
    assert np.mean([place < 1000 for place in ids]) > 0.9  # precision
    assert sum(place < 1000 for place in ids) > 50
    assert finding.evidence["mistakes"] == 140
    assert finding.confidence == "likely"
    assert "--open` shows them), by their places among the training pictures" in finding.advice
    assert finding.advice.endswith("`tenfold data audit digits --labels`")
    assert "--labels" not in only(training_suspects, replace(held_out(1000, flipped=100, own=40), data=None)).advice


def test_hesitant_mistakes_few_pictures_and_a_bad_network_accuse_no_label() -> None:
    assert silent(training_suspects, held_out(1000, flipped=0, own=200))
    assert silent(training_suspects, held_out(1000, flipped=0, own=0))
    assert silent(training_suspects, held_out(1000, flipped=3, own=40))
    assert silent(training_suspects, held_out(90, flipped=30, own=0))
    assert silent(training_suspects, held_out(1000, flipped=500, own=0))
    assert silent(training_suspects, Evidence())
