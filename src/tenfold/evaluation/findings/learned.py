"""Whether the network has learned anything: asked here, once, and answered the same to every rule.

What it says of pictures that training has not seen is held against the same answers dealt out by lot. Whoever always
names the commonest class is right as often as by lot, however common that class is; so is a network that guesses. Three
things look alike then: steps that taught it nothing, training pictures that were learned by heart, and a test that does
not go with the training. The training and validation pictures tell them apart.
"""

from __future__ import annotations

from enum import Enum

import numpy as np

from tenfold.evaluation.findings.evidence import FEW_STEPS, Evidence
from tenfold.evaluation.findings.sides import FEWEST_PICTURES, sides
from tenfold.evaluation.findings.standing import exchanged, lag, validated
from tenfold.evaluation.interval import Z_95, wilson
from tenfold.evaluation.predictions import Predictions

FEWEST = 50  # pictures, before it can be told
BY_LOT = 0.02  # of what lies between lots and always right: who surely has no more, guesses
HARDLY = 0.05  # of a class's pictures, and of what lies between the commonest class and always right
EARLY = 3  # epochs, before which a training that is not done may still begin to learn
STRONG = 0.1  # of accuracy that the training pictures are ahead by, where nothing else was learned
HALF = 0.5  # of the pictures in one class: of a bare share of right answers nothing can be told any more


class Learned(Enum):
    """What the network has learned, as far as pictures tell that training has not seen."""

    UNKNOWN = "there are too few pictures to tell"
    NOTHING = "it answers as if it did not look at the pictures"
    BY_HEART = "it knows its training pictures, and guesses at others"
    LITTLE = "it knows some classes, and of most of them nothing"
    ELSEWHERE = "it guesses at the test pictures, but knows those of validation, or knows them under other names"
    ENOUGH = "it answers by what is on the picture"

    @property
    def guesses(self) -> bool:
        """Whether its answers to the test pictures are so poor that nothing finer is to be read from them."""
        return self not in (Learned.UNKNOWN, Learned.ENOUGH)

    @property
    def in_vain(self) -> bool:
        """Whether nothing that it has learned holds for other pictures, so that no epoch of it was any good."""
        return self in (Learned.NOTHING, Learned.BY_HEART)


def learned(evidence: Evidence) -> Learned:
    """What it has learned; while the test pictures are not scored, by the validation pictures or those of training."""
    predictions = evidence.predictions
    if predictions is None:
        return by_validation(evidence)
    if len(predictions) < FEWEST:
        return Learned.UNKNOWN
    better = beyond_lot(predictions) > BY_LOT
    if better and len(unknown(predictions)) <= len(predictions.classes) / 2:
        return Learned.ENOUGH
    if lag(evidence) is not None or exchanged(evidence):
        return Learned.ELSEWHERE
    return Learned.LITTLE if better else in_vain(evidence)


def by_validation(evidence: Evidence) -> Learned:
    """The same where only shares of right answers are known, which say nothing where nearly all are of one class."""
    held_out, commonest = validated(evidence), commonest_trained(evidence)
    if not 0 < commonest < HALF or too_early(evidence):
        return Learned.UNKNOWN
    if held_out is None:
        return Learned.NOTHING if not knows_training(evidence, commonest) else Learned.UNKNOWN
    share, total = held_out
    low, _ = wilson(round(share * total), total)
    return Learned.ENOUGH if low > commonest + BY_LOT * (1 - commonest) else in_vain(evidence)


def too_early(evidence: Evidence) -> bool:
    """Whether a training that is not done has hardly begun: then it has not learned yet, which is no fault."""
    return bool(evidence.unfinished) and (len(evidence.rows) < EARLY or evidence.steps_taken < FEW_STEPS)


def knows_training(evidence: Evidence, commonest: float) -> bool:
    """Whether it may know the pictures it was trained on: not if even its best epoch surely was hardly better at them
    than naming the commonest class.

    They say nothing of what holds for others; but who does not even know those has learned nothing.
    """
    shares, total = evidence.curve("train_accuracy"), evidence.rescored
    if not shares or total < FEWEST_PICTURES:
        return True
    _, high = wilson(round(max(shares) * total), total)
    return high > commonest + HARDLY * (1 - commonest)


def commonest_trained(evidence: Evidence) -> float:
    """The share of the commonest class among the training pictures; 0 where that is not known."""
    counts = evidence.counts.get("train", {})
    return max(counts.values(), default=0) / max(1, sum(counts.values()))


def in_vain(evidence: Evidence) -> Learned:
    """Of a network that guesses at other pictures: whether it knows those that it was trained on."""
    found = sides(evidence)
    return Learned.BY_HEART if found is not None and found.at(-1).low > STRONG else Learned.NOTHING


def beyond_lot(predictions: Predictions) -> float:
    """How far it surely is from answers dealt out by lot, 0, towards always right, 1: a lower bound of Cohen's kappa.

    By lot means the very same answers, dealt out to the pictures in any order; the scatter of such right answers is
    exact, however uneven the classes are.
    """
    total, names = len(predictions), len(predictions.classes)
    labels = np.bincount(predictions.labels, minlength=names).astype(np.float64)
    answers = np.bincount(predictions.predicted, minlength=names).astype(np.float64)
    usual = float(labels @ answers) / total  # right answers by lot
    if usual >= total:
        return 0.0  # one class, and nothing else is ever answered
    spread = total * usual - float(labels @ answers**2 + answers @ labels**2) / total + usual**2
    scatter = float(np.sqrt(max(0.0, spread) / (total - 1)))
    return (total - len(predictions.wrong) - Z_95 * scatter - usual) / (total - usual)


def commonest_share(predictions: Predictions) -> float:
    """The share of the class that most test pictures belong to."""
    return float(np.bincount(predictions.labels).max() / len(predictions))


def unknown(predictions: Predictions) -> list[int]:
    """The classes that are hardly ever recognised, of those with pictures enough to tell."""
    counts = predictions.confusion().counts
    support, right = counts.sum(axis=1), np.diag(counts)
    return np.flatnonzero((support >= FEWEST / 2) & (right < HARDLY * support)).tolist()
