"""Whether the network is as often right as it says: calibration, held against what chance alone would show."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt

from tenfold.evaluation.calibration import BINS, ROUNDING, Calibration, bin_of, sure_and_right
from tenfold.evaluation.finding import Finding
from tenfold.evaluation.findings.epochs import more_epochs
from tenfold.evaluation.findings.evidence import Evidence
from tenfold.evaluation.findings.given import unseen
from tenfold.evaluation.findings.learned import learned
from tenfold.evaluation.findings.standing import lag
from tenfold.text_table import percent

FEWEST = 200  # pictures
DRAWS, SEED = 400, 1797
MOST = 0.99  # of the draws of a calibrated network show a smaller error, and as many a smaller gap
SLIGHT, MUCH = 0.02, 0.1  # of confidence above accuracy
TOO_SURE = "Trust its probabilities less than they say. Fewer epochs or more dropout make it less sure of itself."
TOO_SURE_YET = (
    "Trust its probabilities less than they say. More dropout makes it less sure of itself."  # learning still
)
THE_TESTS = "That may be the test's doing: first find out why validation pictures are known so much better."
NOT_SURE_ENOUGH = "It is right more often than it says. Longer training or less dropout make it surer."
NO_SURER = (
    "It is right more often than it says. Less dropout makes it surer."  # of longer training nothing is to be had
)
NOT_SHOWN = "No miscalibration could be shown on {:,} pictures"  # so few that chance could hide a slight one


def calibration(evidence: Evidence) -> Iterator[Finding]:
    """Its confidence beside its accuracy, and beside what a perfectly calibrated network would show."""
    predictions = unseen(evidence)
    if predictions is None or learned(evidence).guesses:
        return
    found = Calibration.of(predictions)
    if found.count < FEWEST or found.ece is None or found.confidence is None or found.accuracy is None:
        return
    by_chance = chance(sure_and_right(predictions)[0])
    gap = found.confidence - found.accuracy
    told = verdict(Measured(found.count, found.ece, found.confidence, found.accuracy, gap, by_chance))
    yield replace(told, advice=in_step(told.advice, evidence))


def in_step(advice: str, evidence: Evidence) -> str:
    """The advice as far as it agrees with what the validation pictures say of epochs and of the test."""
    epochs = {finding.kind for finding in more_epochs(evidence)}
    if advice == TOO_SURE and lag(evidence) is not None:
        return THE_TESTS
    if advice == TOO_SURE and "more_epochs" in epochs:
        return TOO_SURE_YET
    if advice == NOT_SURE_ENOUGH and epochs & {"no_more_epochs", "enough_epochs"}:
        return NO_SURER
    return advice


@dataclass(frozen=True)
class Chance:
    """What a network would show on these pictures which is right exactly as often as it says."""

    usual: float  # calibration error
    floor: float  # the error that it seldom shows more than
    largest: float  # error of all draws
    scatter: float  # of confidence above accuracy, or below: seldom more


@dataclass(frozen=True)
class Measured:
    """What was measured on so many pictures, beside what chance alone shows."""

    count: int
    ece: float
    confidence: float
    accuracy: float
    gap: float
    chance: Chance

    @property
    def off(self) -> bool:
        """Whether it is surer than right, or less sure, on average."""
        return abs(self.gap) > self.chance.scatter + ROUNDING

    @property
    def uneven(self) -> bool:
        """Whether it is so somewhere among its answers."""
        return self.ece > self.chance.floor + ROUNDING

    @property
    def sides(self) -> tuple[str, str]:
        """How sure it is, and how often it is right."""
        return percent(self.confidence, of=self.count), percent(self.accuracy, of=self.count)

    @property
    def words(self) -> str:
        """The error and what it is held against; where only the averages are apart, those."""
        if self.off and not self.uneven:
            points, seldom = 100 * abs(self.gap), 100 * self.chance.scatter
            return f"({points:.2f} points apart; chance alone seldom shows more than {seldom:.2f})"
        return f"(calibration error {percent(self.ece, 2)}; chance alone shows up to {percent(self.chance.floor, 2)})"

    @property
    def evidence(self) -> dict[str, object]:
        return {
            "ece": self.ece,
            "ece_by_chance": [self.chance.usual, self.chance.floor],
            "mean_confidence": self.confidence,
            "accuracy": self.accuracy,
            "gap_by_chance": self.chance.scatter,
            "pictures": self.count,
        }


def verdict(found: Measured) -> Finding:
    """What the numbers say: calibrated, too sure, not sure enough, or now this and now that."""
    said, right = found.sides
    if not found.off and not found.uneven:
        shown = found.chance.floor <= SLIGHT
        believed = "Its probabilities can be believed" if shown else NOT_SHOWN.format(found.count)
        claim = f"{believed}: it is {said} sure on average and right in {right} {found.words}."
        return Finding("calibrated", claim, found.evidence, "likely" if shown else "hint")
    sure = "certain" if found.ece > 1.5 * found.chance.largest else "likely"
    if not found.off:
        claim = (
            f"It is too sure of some answers and not sure enough of others: {said} sure on average and right in "
            f"{right}, but not in step {found.words}."
        )
        advice = "Read its probabilities as an order, not as chances."
        return Finding("uneven_confidence", claim, found.evidence, sure, advice)
    numbers = f"{said} sure on average, but right in {right} {found.words}"
    if found.gap > 0:
        claim = f"It is {degree(found.gap)}over-confident: {numbers}."
        return Finding("overconfident", claim, found.evidence, sure, TOO_SURE)
    claim = f"It is {degree(-found.gap)}under-confident: {numbers}."
    return Finding("underconfident", claim, found.evidence, sure, NOT_SURE_ENOUGH)


def degree(gap: float) -> str:
    return "slightly " if gap < SLIGHT else "strongly " if gap > MUCH else ""


def chance(confidence: npt.NDArray[np.float64]) -> Chance:
    """Drawn, for where nearly all answers are nearly certain one mistake more or less is no bell curve."""
    random = np.random.default_rng(SEED)
    place = bin_of(confidence, BINS)
    errors, gaps = [], []
    for _ in range(DRAWS):
        right = random.random(len(confidence)) < confidence
        distance = np.bincount(place, weights=confidence - right, minlength=BINS)
        errors.append(float(np.abs(distance).sum()) / len(confidence))
        gaps.append(float(abs(distance.sum())) / len(confidence))
    floor, scatter = float(np.quantile(errors, MOST)), float(np.quantile(gaps, MOST))
    return Chance(float(np.mean(errors)), floor, max(errors), scatter)
