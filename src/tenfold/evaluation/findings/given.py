"""What is known of the pictures themselves, whatever the network: which occur twice, and which classes are rare."""

from __future__ import annotations

import numpy as np

from tenfold.evaluation.findings.evidence import Evidence, Picture
from tenfold.evaluation.predictions import Predictions

UNEVEN = 5  # a class this many times smaller than the largest is rare
FEWEST = 20  # pictures of the largest


def leaked(evidence: Evidence) -> list[tuple[Picture, Picture]]:
    """Test pictures that are training or validation pictures too, each with one that it equals."""
    return [
        (picture, twins[0])
        for group in evidence.same
        if (twins := [one for one in group if one.split != "test"])
        for picture in group
        if picture.split == "test"
    ]


def unseen(evidence: Evidence) -> Predictions | None:
    """What was said of the test pictures that training did not hold; None where nobody knows which those are."""
    predictions, seen = evidence.predictions, [picture.index for picture, _ in leaked(evidence)]
    if predictions is None or not seen:
        return predictions
    others = np.setdiff1d(np.arange(len(predictions)), seen)
    if evidence.searched < 1 or not len(others):
        return None
    return Predictions.of(predictions.probabilities[others], predictions.labels[others], predictions.classes)


def rare(evidence: Evidence) -> list[str]:
    """The classes with far fewer training pictures than the largest, or with none; a network hardly knows them."""
    counts = evidence.counts.get("train", {})
    most = max(counts.values(), default=0)
    return [name for name, count in counts.items() if count * UNEVEN <= most] if most >= FEWEST else []


def all_alike(evidence: Evidence) -> bool:
    """Whether most training pictures are the same as others, so that there is nothing to tell them apart by."""
    within = [sum(picture.split == "train" for picture in group) for group in evidence.same]
    total = sum(evidence.counts.get("train", {}).values())
    return sum(count - 1 for count in within if count) > total / 2 > 0
