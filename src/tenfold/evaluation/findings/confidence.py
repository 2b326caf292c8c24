"""Whether the network is as often right as it says: calibration, held against what chance alone would show."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import numpy.typing as npt

from tenfold.evaluation.calibration import BINS, Calibration, bin_of, sure_and_right
from tenfold.evaluation.finding import Finding
from tenfold.evaluation.findings.accuracy import is_guessing
from tenfold.evaluation.findings.evidence import Evidence, percent

FEWEST = 200  # pictures
DRAWS, SEED = 400, 1797
RARELY = 0.99  # of the draws of a calibrated network show a smaller error
SLIGHT, MUCH = 0.02, 0.1  # of confidence above accuracy


def calibration(evidence: Evidence) -> Iterator[Finding]:
    """Its confidence beside its accuracy, and beside what a perfectly calibrated network would show."""
    predictions = evidence.predictions
    if predictions is None or is_guessing(predictions):
        return
    found = Calibration.of(predictions)
    if found.count < FEWEST or found.ece is None or found.confidence is None or found.accuracy is None:
        return
    confidence, _ = sure_and_right(predictions)
    by_chance = errors_by_chance(confidence)
    usual, floor = float(np.mean(by_chance)), float(np.quantile(by_chance, RARELY))
    gap = found.confidence - found.accuracy
    scatter = float(np.sqrt((confidence * (1 - confidence)).sum()) / found.count)  # of the accuracy, were it calibrated
    numbers = {
        "ece": found.ece,
        "ece_by_chance": [usual, floor],
        "mean_confidence": found.confidence,
        "accuracy": found.accuracy,
        "pictures": found.count,
    }
    said, right = percent(found.confidence, found.count), percent(found.accuracy, found.count)
    measured = f"(calibration error {percent(found.ece)}; chance alone shows up to {percent(floor)})"
    if found.ece <= floor:
        yield Finding(
            "calibrated",
            f"Its probabilities can be believed: it is {said} sure on average and right in {right} {measured}.",
            numbers,
            confidence="likely",
        )
        return
    sure = "certain" if found.ece > 1.5 * max(by_chance) else "likely"
    if abs(gap) <= 2 * scatter:
        yield Finding(
            "uneven_confidence",
            f"It is too sure of some answers and not sure enough of others: {said} sure on average and right in "
            f"{right}, but not in step {measured}.",
            numbers,
            confidence=sure,
            advice="Read its probabilities as an order, not as chances.",
        )
    elif gap > 0:
        yield Finding(
            "overconfident",
            f"It is {degree(gap)}over-confident: {said} sure on average, but right in {right} {measured}.",
            numbers,
            confidence=sure,
            advice="Trust its probabilities less than they say. Fewer epochs or more dropout make it less sure of "
            "itself.",
        )
    else:
        yield Finding(
            "underconfident",
            f"It is {degree(-gap)}under-confident: {said} sure on average, but right in {right} {measured}.",
            numbers,
            confidence=sure,
            advice="It is right more often than it says. Longer training or less dropout make it surer.",
        )


def degree(gap: float) -> str:
    return "slightly " if gap < SLIGHT else "strongly " if gap > MUCH else ""


def errors_by_chance(confidence: npt.NDArray[np.float64]) -> list[float]:
    """The calibration errors that a network would show which is right exactly as often as it says."""
    random = np.random.default_rng(SEED)
    place = bin_of(confidence, BINS)
    errors = []
    for _ in range(DRAWS):
        right = random.random(len(confidence)) < confidence
        distance = np.bincount(place, weights=confidence - right, minlength=BINS)
        errors.append(float(np.abs(distance).sum()) / len(confidence))
    return errors
