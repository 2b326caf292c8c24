"""Test pictures that are nearly training pictures: moved by some pixels, brighter, a little noisy, saved once more.

Exact copies are counted in `pictures.py`. Two pictures may be alike by nature, so a few are not worth a word: of a
thousand of MNIST's test pictures none has such a twin among ten thousand others, of Fashion-MNIST's four have.
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from tenfold.evaluation.finding import Finding
from tenfold.evaluation.findings.evidence import Evidence, NearlySame
from tenfold.evaluation.findings.sides import gap
from tenfold.evaluation.predictions import Predictions
from tenfold.text_table import percent, plural

FEWEST = 5  # pairs
SHARE = 0.02  # of the test pictures that were looked at
LISTED = 1000  # in the evidence


def near_leak(evidence: Evidence) -> Iterator[Finding]:
    """Many test pictures that are nearly training pictures; whether they are known better than the others."""
    near = evidence.near
    if near is None or len(near.test) < max(FEWEST, SHARE * len(near.of_test)):
        return
    looked_at, total = len(near.of_test), evidence.sizes.get("test", 0)
    better, numbers = known_better(evidence.predictions, near)
    why = ", for the result looks better than it is" if better else ""
    some = " that were looked at" if looked_at < total else ""
    yield Finding(
        "near_leak",
        f"{plural(len(near.test), 'test picture is', 'test pictures are')} nearly a training picture, moved a little, "
        f"brighter or noisy: {percent(len(near.test) / looked_at, of=looked_at)} of {looked_at:,}{some}, held against "
        f"{plural(near.of_train, 'training picture')}. Such is test picture {near.test[0]}, nearly train picture "
        f"{near.train[0]}{better}.",
        {
            "count": len(near.test),
            "test_looked_at": looked_at,
            "training_looked_at": near.of_train,
            "ids": near.test[:LISTED],
            "seen_as": [["train", place] for place in near.train[:LISTED]],
            **numbers,
        },
        confidence="likely",
        advice=f"Look at them{evidence.where_to_look}. If they are copies, take them out of one of the two and train "
        f"again{why}; to list them: `{evidence.audit}`",
    )


def known_better(predictions: Predictions | None, near: NearlySame) -> tuple[str, dict[str, object]]:
    """How they fare beside the others that were looked at, in words and numbers, where that is more than luck."""
    others = np.setdiff1d(near.of_test, near.test)
    if predictions is None or not len(others):
        return "", {}
    right = predictions.predicted == predictions.labels
    these, rest = float(right[list(near.test)].mean()), float(right[others].mean())
    numbers: dict[str, object] = {"accuracy_of_the_seen": these, "accuracy_without": rest}
    if gap(these, len(near.test), rest, len(others)).low <= 0:
        return "", numbers
    share, usual = percent(these, of=len(near.test)), percent(rest, of=len(others))
    return f". Of these it gets {share} right, of the others {usual}", numbers
