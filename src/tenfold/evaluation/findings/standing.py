"""How the test stands to the training: whether it is of the same kind, and its labels mean the same classes.

A test set that does not go with the training and a network that learned little score alike. Rules that explain a bad
score ask here before they blame the network.
"""

from __future__ import annotations

import numpy as np

from tenfold.evaluation.findings.evidence import Evidence
from tenfold.evaluation.findings.given import unseen
from tenfold.evaluation.findings.sides import FEWEST_PICTURES, Gap, gap

WORSE = 0.02  # of accuracy: test pictures that surely fall further behind are of another kind
FEWEST_OF_A_CLASS = 20  # pictures, for its label to be called exchanged
MISSED, MOSTLY = 0.2, 0.5  # of them recognised, of them taken for one and the same other class
UNDONE = 0.7  # of all pictures that must be right once the exchange is undone, or more is wrong than labels


def trained(evidence: Evidence) -> tuple[float, int] | None:
    """The accuracy on the training pictures at the end and on how many it was measured, if on enough of them."""
    again = evidence.curve("train_accuracy")
    shares = again or evidence.curve("accuracy")
    total = evidence.rescored if again else evidence.sizes.get("train", 0)
    return (shares[-1], total) if shares and total >= FEWEST_PICTURES else None


def validated(evidence: Evidence) -> tuple[float, int] | None:
    """The same on validation pictures; of the last epoch and the best, either of which may be kept, the worse."""
    shares, losses = evidence.curve("val_accuracy"), evidence.curve("val_loss")
    total = evidence.sizes.get("validation", 0)
    if evidence.validation == "test" or not shares or total < FEWEST_PICTURES:
        return None
    kept = shares[losses.index(min(losses))] if losses else shares[-1]
    return min(shares[-1], kept), total


def lag(evidence: Evidence) -> Gap | None:
    """By how much the test pictures are known worse than the validation pictures, where that is more than luck.

    The test's classes are weighed as they are in training, so that rare classes which are common in the test, or which
    only the test has, are no reason.
    """
    held_out, rest = validated(evidence), unseen(evidence)
    if held_out is None or rest is None or len(rest) < FEWEST_PICTURES:
        return None
    train = evidence.counts.get("train", {})
    support, right = np.bincount(rest.labels, minlength=len(rest.classes)), np.diag(rest.confusion().counts)
    mix = np.array([train.get(name, 0) for name in rest.classes]) if train else support
    there = (support > 0) & (mix > 0)
    if not there.any():
        return None
    weights = mix[there] / mix[there].sum()
    share = float((weights * right[there] / support[there]).sum())
    worth = float(1 / (weights**2 / support[there]).sum())  # pictures that would tell as much, were they mixed so
    found = gap(*held_out, share, round(worth))
    return found if found.low > WORSE else None


def exchanged(evidence: Evidence) -> list[list[int]]:
    """Rings of classes, each of which is taken for the next: two that are swapped, or all moved by one.

    A network that learned its training pictures no better than the test's has no say in what they are called.
    """
    predictions, learned = evidence.predictions, trained(evidence)
    if predictions is None or not len(predictions):
        return []
    if learned is not None and gap(*learned, predictions.accuracy, len(predictions)).low <= 0:
        return []
    counts = predictions.confusion().counts
    support, right, mostly = counts.sum(axis=1), np.diag(counts), counts.argmax(axis=1)
    enough = (support >= FEWEST_OF_A_CLASS) & (right < MISSED * support)
    onward = {int(one): int(mostly[one]) for one in np.flatnonzero(enough & (counts.max(axis=1) > MOSTLY * support))}
    rings: list[list[int]] = []
    for start in onward:
        ring = [start]
        while (after := onward.get(ring[-1])) is not None and after not in ring:
            ring.append(after)
        if onward.get(ring[-1]) == start == min(ring):
            rings.append(ring)
    moved = {one for ring in rings for one in ring}
    undone = sum(int(counts[one, onward[one] if one in moved else one]) for one in range(len(counts)))
    return rings if undone >= UNDONE * len(predictions) else []
