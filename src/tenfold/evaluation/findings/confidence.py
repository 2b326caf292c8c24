"""Whether the network is as often right as it says: calibration, held against what chance alone would show."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import numpy.typing as npt

from tenfold.evaluation.calibration import BINS, ROUNDING, Calibration, bin_of, sure_and_right
from tenfold.evaluation.finding import Finding
from tenfold.evaluation.findings.accuracy import is_guessing
from tenfold.evaluation.findings.evidence import Evidence
from tenfold.text_table import percent

FEWEST = 200  # pictures
DRAWS, SEED = 400, 1797
RARELY = 0.99  # of the draws of a calibrated network show a smaller error
SELDOM = 0.95  # of the draws show confidence and accuracy nearer to one another
SLIGHT, MUCH = 0.02, 0.1  # of confidence above accuracy
NOT_SHOWN = "No miscalibration could be shown on {:,} pictures"  # so few that chance could hide a slight one


def calibration(evidence: Evidence) -> Iterator[Finding]:
    """Its confidence beside its accuracy, and beside what a perfectly calibrated network would show."""
    predictions = evidence.predictions
    if predictions is None or is_guessing(predictions):
        return
    found = Calibration.of(predictions)
    if found.count < FEWEST or found.ece is None or found.confidence is None or found.accuracy is None:
        return
    confidence, _ = sure_and_right(predictions)
    by_chance, gaps_by_chance = chance(confidence)
    usual, floor = float(np.mean(by_chance)), float(np.quantile(by_chance, RARELY))
    scatter = float(np.quantile(gaps_by_chance, SELDOM))
    gap = found.confidence - found.accuracy
    numbers = {
        "ece": found.ece,
        "ece_by_chance": [usual, floor],
        "mean_confidence": found.confidence,
        "accuracy": found.accuracy,
        "gap_by_chance": scatter,
        "pictures": found.count,
    }
    said, right = percent(found.confidence, of=found.count), percent(found.accuracy, of=found.count)
    measured = f"(calibration error {percent(found.ece, 2)}; chance alone shows up to {percent(floor, 2)})"
    off, uneven = abs(gap) > scatter + ROUNDING, found.ece > floor + ROUNDING
    if not off and not uneven:
        shown = floor <= SLIGHT
        verdict = "Its probabilities can be believed" if shown else NOT_SHOWN.format(found.count)
        yield Finding(
            "calibrated",
            f"{verdict}: it is {said} sure on average and right in {right} {measured}.",
            numbers,
            confidence="likely" if shown else "hint",
        )
        return
    sure = "certain" if found.ece > 1.5 * max(by_chance) else "likely"
    if not uneven:
        measured = f"({100 * abs(gap):.2f} points apart; chance alone seldom shows more than {100 * scatter:.2f})"
    if not off:
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


def chance(confidence: npt.NDArray[np.float64]) -> tuple[list[float], list[float]]:
    """What a network would show which is right exactly as often as it says: calibration errors, and gaps.

    A gap is how far its mean confidence and its accuracy are apart. Drawn, for where nearly all answers are nearly
    certain one mistake more or less is no bell curve.
    """
    random = np.random.default_rng(SEED)
    place = bin_of(confidence, BINS)
    errors, gaps = [], []
    for _ in range(DRAWS):
        right = random.random(len(confidence)) < confidence
        distance = np.bincount(place, weights=confidence - right, minlength=BINS)
        errors.append(float(np.abs(distance).sum()) / len(confidence))
        gaps.append(float(abs(distance.sum())) / len(confidence))
    return errors, gaps
