"""Whether it has learned anything that holds for pictures it has not seen; what is finer is not asked before that.

Three things look alike on the test pictures: steps so large that nothing was learned, steps so small that little was
learned yet, and pictures that were learned by heart. The training pictures tell them apart.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np

from tenfold.evaluation.finding import Finding
from tenfold.evaluation.findings.accuracy import commonest, is_guessing, unknown
from tenfold.evaluation.findings.evidence import USUAL_RATE, Evidence, quotable
from tenfold.evaluation.findings.fitting import by_heart
from tenfold.evaluation.findings.given import all_alike
from tenfold.evaluation.findings.rate import too_low
from tenfold.evaluation.findings.standing import exchanged, lag
from tenfold.evaluation.interval import wilson
from tenfold.evaluation.predictions import Predictions
from tenfold.text_table import percent

LITTLE = 1.5  # times as often right as the commonest class would be: it has learned something


def guessing(evidence: Evidence) -> Iterator[Finding]:
    """Whether it is no better than always naming the commonest class, or knows of most classes nothing."""
    predictions = evidence.predictions
    if predictions is None or not is_guessing(predictions):
        return
    if lag(evidence) is not None or exchanged(evidence):  # it knows validation pictures: the test is another's
        return
    total, names = len(predictions), predictions.classes
    named = np.bincount(predictions.predicted, minlength=len(names))
    favourite = int(named.argmax())
    share, lost = commonest(predictions), unknown(predictions)
    heart = by_heart(evidence)
    yield Finding(
        "guessing",
        f"{verdict(predictions, share, heart)}: {answers(predictions, favourite, lost)}. It is right for "
        f"{percent(predictions.accuracy, of=total)}; always naming the commonest class would be right for "
        f"{percent(share, of=total)}.",
        {
            "accuracy": predictions.accuracy,
            "commonest_share": share,
            "favourite": names[favourite],
            "favourite_share": named[favourite] / total,
            "unknown_classes": [names[number] for number in lost],
            "train_accuracy": heart,
        },
        advice=advice(evidence, heart),
    )


def verdict(predictions: Predictions, share: float, heart: float | None) -> str:
    if heart is not None:
        return (
            f"It has learned its training pictures by heart ({percent(heart)} of them are right) and nothing that "
            "holds for others"
        )
    total = len(predictions)
    low, _ = wilson(total - len(predictions.wrong), total)
    return "It has learned little" if low > LITTLE * share else "It has learned next to nothing"


def answers(predictions: Predictions, favourite: int, lost: Sequence[int]) -> str:
    """What it says to the test pictures."""
    count, total, names = int((predictions.predicted == favourite).sum()), len(predictions), predictions.classes
    name = quotable(names[favourite])
    every = "every test picture" if count == total else f"{percent(count / total, of=total)} of the test pictures"
    never = f", and hardly ever gets {len(lost)} of {len(names)} classes right" if len(lost) else ""
    return f"it answers '{name}' for {every}{never}"


def advice(evidence: Evidence, heart: float | None) -> str:
    if heart is not None:
        return (
            "Look whether the labels belong to the pictures, and whether training and test pictures are of one kind: "
            f"`{evidence.audit}`"
        )
    if not evidence.scaled:
        scaled = evidence.command.but({"preprocessing.scale": "unit"})
        return f"Give the network small numbers, not pixels from 0 to 255: `{scaled}`"
    if all_alike(evidence):
        return f"Most training pictures are the same as others, so there is little to learn: `{evidence.audit}`"
    if any(too_low(evidence)) or (evidence.learning_rate or USUAL_RATE) < USUAL_RATE / 5:
        return f"Its learning rate is probably too low; learn in larger steps: `{evidence.larger_steps}`"
    return f"Try a smaller learning rate, or another seed: `{evidence.smaller_steps}`"
