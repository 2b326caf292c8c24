"""Which test pictures of a dataset are nearly training pictures: looked for in a part of both, which takes no second.

How two pictures are compared is in `images/near_duplicates.py`; `tenfold data audit` holds all against all.
"""

from __future__ import annotations

import math

from tenfold.evaluation.findings.evidence import NearlySame
from tenfold.images.dataset import Dataset
from tenfold.images.near_duplicates import near_pairs

MOST_TRAIN, MOST_TEST = 10_000, 1_000  # pictures of each
BYTES = 32 * 2**20  # of either
REMEMBERED = 16  # datasets

known: dict[str, NearlySame] = {}  # by fingerprint


def nearly_same_in(dataset: Dataset) -> NearlySame:
    """What was found in a dataset, which is searched the first time."""
    found = known.get(dataset.fingerprint)
    if found is None:
        if len(known) >= REMEMBERED:
            known.clear()
        found = known[dataset.fingerprint] = nearly_same_pictures(dataset)
    return found


def nearly_same_pictures(dataset: Dataset) -> NearlySame:
    """Hold test pictures, spread over all of them, against training pictures that are."""
    within = BYTES // math.prod(dataset.shape)
    train, test = dataset.train.images, dataset.test.images
    every_train = max(1, math.ceil(len(train) / max(1, min(MOST_TRAIN, within))))
    every_test = max(1, math.ceil(len(test) / max(1, min(MOST_TEST, within))))
    some, asked = train[::every_train], test[::every_test]
    pairs = sorted(near_pairs(some, asked).pairs, key=lambda pair: pair.second)
    return NearlySame(
        test=tuple(pair.second * every_test for pair in pairs),
        train=tuple(pair.first * every_train for pair in pairs),
        of_test=tuple(range(0, len(test), every_test)),
        of_train=len(some),
    )
