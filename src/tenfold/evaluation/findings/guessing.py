"""That it has learned nothing, or little, that holds for pictures it has not seen; and what is most probably why.

Whether that is so is asked in `learned.py`. Rules about finer things are silent then, and leave the advice to this one.
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from tenfold.evaluation.finding import Finding
from tenfold.evaluation.findings.enough import few_pictures, few_steps
from tenfold.evaluation.findings.epochs import still_falling
from tenfold.evaluation.findings.evidence import LARGEST_USUAL_RATE, USUAL_RATE, Evidence, quotable
from tenfold.evaluation.findings.given import all_alike, one_class
from tenfold.evaluation.findings.learned import Learned, commonest_share, commonest_trained, learned, unknown
from tenfold.evaluation.findings.rate import too_low
from tenfold.evaluation.findings.sides import Sides, sides
from tenfold.evaluation.findings.standing import validated
from tenfold.evaluation.predictions import Predictions
from tenfold.text_table import percent

FAVOURITE = 1 / 3  # of the answers: an answer that is given less often is not worth a name
TOO_OFTEN = 1.5  # times as often as the class occurs
LABELS = "Look whether the labels belong to the pictures, and whether training and test pictures are of one kind: `{}`"


def guessing(evidence: Evidence) -> Iterator[Finding]:
    """Whether it answers as if it did not look at the pictures, or knows of most classes nothing."""
    knows = learned(evidence)
    if knows not in (Learned.NOTHING, Learned.BY_HEART, Learned.LITTLE):
        return
    found = sides(evidence) if knows is Learned.BY_HEART else None
    told, numbers = on_test(evidence.predictions) if evidence.predictions else on_others(evidence)
    yield Finding(
        "guessing",
        f"{verdict(knows, found)}{' so far' if evidence.unfinished else ''}: {told}",
        {**numbers, "train_accuracy": found.train[-1] if found else None},
        advice=advice(evidence, knows),
    )


def verdict(knows: Learned, heart: Sides | None) -> str:
    if heart is not None:
        of_them = f"{heart.train_words} of {f'{heart.trained:,} of ' if heart.part else ''}them"
        return f"It has learned its training pictures by heart ({of_them} are right) and nothing that holds for others"
    return "It has learned little" if knows is Learned.LITTLE else "It has learned next to nothing"


def on_test(predictions: Predictions) -> tuple[str, dict[str, object]]:
    """What it says to the test pictures and how often that is right, in words and numbers."""
    total, names = len(predictions), predictions.classes
    named = np.bincount(predictions.predicted, minlength=len(names))
    occur = np.bincount(predictions.labels, minlength=len(names))
    favourite, lost = int(named.argmax()), unknown(predictions)
    share, often = commonest_share(predictions), float(named[favourite] / total)
    told = []
    if often == 1 or (often > FAVOURITE and named[favourite] > TOO_OFTEN * occur[favourite]):
        every = "every test picture" if often == 1 else f"{percent(often, of=total)} of the test pictures"
        told.append(f"answers '{quotable(names[favourite])}' for {every}")
    if lost:
        told.append(f"hardly ever gets {len(lost)} of {len(names)} classes right")
    words = f"it {', and '.join(told)}. It" if told else "it"
    words += f" is right for {percent(predictions.accuracy, of=total)}; always naming the commonest class would be "
    words += f"right for {percent(share, of=total)}."
    return words, {
        "accuracy": predictions.accuracy,
        "commonest_share": share,
        "favourite": names[favourite],
        "favourite_share": often,
        "unknown_classes": [names[number] for number in lost],
    }


def on_others(evidence: Evidence) -> tuple[str, dict[str, object]]:
    """The same where the test pictures were not scored: of validation, or of training, only the share is known."""
    commonest, held_out = commonest_trained(evidence), validated(evidence)
    if held_out is not None:
        share, total = held_out
        words = f"it is right for {percent(share, of=total)} of the validation pictures"
        numbers: dict[str, object] = {"validation_accuracy": share}
    else:
        share, total = max(evidence.curve("train_accuracy")), evidence.rescored
        words = f"even of {total:,} training pictures it got {percent(share, of=total)} right at best"
        numbers = {"best_train_accuracy": share, "training_pictures": total}
    words += f"; always naming the commonest class would be right for {percent(commonest, of=total)}."
    return words, {**numbers, "commonest_share": commonest}


def advice(evidence: Evidence, knows: Learned) -> str:
    """The most probable reason, and what to do about it; nothing where a rule beside this one says it."""
    rate = evidence.learning_rate or USUAL_RATE
    if knows is Learned.BY_HEART:
        return LABELS.format(evidence.audit)
    if not evidence.scaled:
        scaled = evidence.command.but({"preprocessing.scale": "unit"})
        return f"Give the network small numbers, not pixels from 0 to 255: `{scaled}`"
    if all_alike(evidence):
        return f"Most training pictures are the same as others, so there is little to learn: `{evidence.audit}`"
    if rate > LARGEST_USUAL_RATE:
        return f"Its learning rate of {rate:g} is probably too high; learn in smaller steps: `{evidence.smaller_steps}`"
    if one_class(evidence) or any(few_steps(evidence)) or any(few_pictures(evidence)):
        return ""
    if any(too_low(evidence)) or rate < USUAL_RATE / 5:
        return f"Its learning rate is probably too low; learn in larger steps: `{evidence.larger_steps}`"
    if (found := sides(evidence)) and found.at(-1).low > 0:
        return LABELS.format(evidence.audit)
    if still_falling(evidence):
        if evidence.unfinished:  # that it may go on is said already
            return ""
        longer = {"training.epochs": 2 * len(evidence.rows)}
        return f"Its loss was still falling when the training ended; train for longer: `{evidence.command.but(longer)}`"
    return f"Try a smaller learning rate, or another seed: `{evidence.smaller_steps}`"
