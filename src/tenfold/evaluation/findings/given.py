"""What is known of the pictures themselves, whatever the network: which occur twice, and which classes are rare."""

from __future__ import annotations

from collections import Counter

import numpy as np

from tenfold.evaluation.findings.evidence import Evidence, NearlySame, Picture
from tenfold.evaluation.predictions import Predictions

UNEVEN = 5  # a class this many times smaller than the largest is rare
FEWEST = 20  # pictures of the largest
NEARLY_ALL = UNEVEN / (UNEVEN + 1)  # of the training pictures: then every other class is rare
HARDLY_SHOWN = 20  # training pictures of a class, on average
FEWEST_NEAR, SHARE_NEAR = 5, 0.02  # pairs, and of the test pictures that were looked at: fewer are alike by nature


def leaked(evidence: Evidence) -> list[tuple[Picture, Picture]]:
    """Test pictures that are training or validation pictures too, each with one that it equals.

    Those of one colour are none: they are equal because there is nothing on them.
    """
    return [
        (picture, twins[0])
        for group in evidence.same
        if (twins := [one for one in group if one.split != "test"])
        for picture in group
        if picture.split == "test" and not picture.blank
    ]


def places_leaked(evidence: Evidence) -> list[int]:
    return [picture.index for picture, _ in leaked(evidence)]


def many_near(evidence: Evidence) -> NearlySame | None:
    """The test pictures that are nearly training pictures, where they are more than a few."""
    near = evidence.near
    if near is None or len(near.test) < max(FEWEST_NEAR, SHARE_NEAR * len(near.of_test)):
        return None
    return near


def unseen(evidence: Evidence) -> Predictions | None:
    """What was said of the test pictures that training did not hold; None where nobody knows which those are."""
    predictions, seen = evidence.predictions, places_leaked(evidence)
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


def one_class(evidence: Evidence) -> bool:
    """Whether nearly all training pictures are of one class, so that naming it always is nearly always right."""
    counts = evidence.counts.get("train", {}).values()
    return sum(counts) > 0 and max(counts) > NEARLY_ALL * sum(counts)


def few_of_each(evidence: Evidence) -> bool:
    """Whether there are so few training pictures that hardly anything is to be learned from them."""
    counts = evidence.counts.get("train", {})
    return 0 < sum(counts.values()) < HARDLY_SHOWN * len(counts)


def all_alike(evidence: Evidence) -> bool:
    """Whether most training pictures are the same as others, so that there is nothing to tell them apart by."""
    within = [sum(picture.split == "train" for picture in group) for group in evidence.same]
    total = sum(evidence.counts.get("train", {}).values())
    return sum(count - 1 for count in within if count) > total / 2 > 0


def unlearnable(evidence: Evidence) -> float:
    """The share of the training pictures whose label no network can know, for the same picture has others too."""
    total = sum(evidence.counts.get("train", {}).values())
    lost = 0
    for group in evidence.same:
        labels = Counter(picture.label for picture in group if picture.split == "train")
        lost += labels.total() - max(labels.values(), default=0)
    return lost / total if total else 0.0
