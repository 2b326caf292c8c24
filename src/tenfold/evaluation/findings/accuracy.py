"""How good the network is on its test pictures, how sure that is, and how it stands to what the lab sheet reports."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from tenfold.evaluation.finding import Finding
from tenfold.evaluation.findings.evidence import Evidence, quotable
from tenfold.evaluation.interval import wilson
from tenfold.evaluation.predictions import Predictions
from tenfold.text_table import percent, plural

WIDE = 0.02  # an interval that is wider leaves much open
FEWEST = 50  # pictures
HARDLY = 0.05  # of a class's pictures


def accuracy(evidence: Evidence) -> Iterator[Finding]:
    """The share of right answers, with the interval that the number of pictures leaves open."""
    predictions = evidence.predictions
    if predictions is None or not len(predictions):
        return
    total, wrong = len(predictions), len(predictions.wrong)
    low, high = wilson(total - wrong, total)
    wide = high - low > WIDE
    yield Finding(
        "accuracy",
        f"It gets {percent(predictions.accuracy, of=total)} of {plural(total, 'test picture')} right ({wrong:,} "
        f"wrong); of all pictures of this kind it would, with 95 % confidence, get between {percent(low, of=total)} "
        f"and {percent(high, of=total)} right.",
        {"accuracy": predictions.accuracy, "interval": [low, high], "wrong": wrong, "total": total, "level": 0.95},
        advice=f"The interval is wide because there are only {plural(total, 'test picture')}: more of them would "
        "narrow it, and two networks whose intervals overlap widely may be equally good."
        if wide
        else "",
    )


def guessing(evidence: Evidence) -> Iterator[Finding]:
    """Whether it is no better than always naming the commonest class, or knows of most classes nothing."""
    predictions = evidence.predictions
    if predictions is None or not is_guessing(predictions):
        return
    total, names = len(predictions), predictions.classes
    named = np.bincount(predictions.predicted, minlength=len(names))
    favourite = int(named.argmax())
    share = commonest(predictions)
    lost = unknown(predictions)
    never = f", and hardly ever gets {len(lost)} of {len(names)} classes right" if len(lost) else ""
    yield Finding(
        "guessing",
        f"It has learned next to nothing: it answers '{quotable(names[favourite])}' for "
        f"{percent(named[favourite] / total, of=total)} of the test pictures{never}. It is right for "
        f"{percent(predictions.accuracy, of=total)}; always naming the commonest class would be right for "
        f"{percent(share, of=total)}.",
        {
            "accuracy": predictions.accuracy,
            "commonest_share": share,
            "favourite": names[favourite],
            "favourite_share": named[favourite] / total,
            "unknown_classes": [names[number] for number in lost],
        },
        advice=f"Try a smaller learning rate, or another seed: `{evidence.smaller_steps}`"
        if evidence.scaled
        else "Give the network small numbers, not pixels from 0 to 255: "
        f"`{evidence.command.but({'preprocessing.scale': 'unit'})}`",
    )


def is_guessing(predictions: Predictions) -> bool:
    """No better than the commonest class, or most classes never recognised. Of few pictures it cannot be told."""
    total = len(predictions)
    if total < FEWEST:
        return False
    low, _ = wilson(total - len(predictions.wrong), total)
    return low <= commonest(predictions) or len(unknown(predictions)) > len(predictions.classes) / 2


def commonest(predictions: Predictions) -> float:
    """The share of the class that most test pictures belong to."""
    return float(np.bincount(predictions.labels).max() / len(predictions))


def unknown(predictions: Predictions) -> list[int]:
    """The classes that are hardly ever recognised, of those with pictures enough to tell."""
    counts = predictions.confusion().counts
    support, right = counts.sum(axis=1), np.diag(counts)
    return np.flatnonzero((support >= FEWEST / 2) & (right < HARDLY * support)).tolist()


def sheet(evidence: Evidence) -> Iterator[Finding]:
    """The result beside the number that the lab sheet reports for the same recipe on the same pictures."""
    predictions, told = evidence.predictions, evidence.sheet
    if predictions is None or told is None or len(predictions) < 1000:
        return
    total = len(predictions)
    low, high = wilson(total - len(predictions.wrong), total)
    number = percent(told.low) if told.high - told.low < 1e-9 else f"{100 * told.low:g} to {100 * told.high:g} %"
    if told.low == 0:
        number = f"less than {100 * told.high:g} %"
    verdict = "below" if high < told.low else "above" if low > told.high else "agrees"
    epochs = len(evidence.rows)
    shorter = told.epochs is not None and epochs < told.epochs
    after = f" after {plural(told.epochs, 'epoch')}" if told.epochs else ""
    words = {"agrees": "which agrees", "above": "which is better", "below": "which is less"}[verdict]
    yield Finding(
        "sheet",
        f"The lab sheet reports {number}{after}; here it is "
        f"{percent(predictions.accuracy, of=total)} after {plural(epochs, 'epoch')} "
        f"(95 % interval: {percent(low, of=total)} to {percent(high, of=total)}), {words}.",
        {
            "accuracy": predictions.accuracy,
            "interval": [low, high],
            "reported": [told.low, told.high],
            "verdict": verdict,
            "epochs": epochs,
            "reported_epochs": told.epochs,
        },
        advice=""
        if verdict != "below" or is_guessing(predictions)
        else f"Train as long as the sheet: `{evidence.command.but({'training.epochs': told.epochs})}`"
        if shorter
        else "The same recipe comes out a little different with another seed: "
        f"`{evidence.command.but({'training.seed': evidence.seed + 1})}`",
    )
