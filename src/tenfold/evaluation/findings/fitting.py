"""Over-, under- or well fitted: the training pictures beside the held-out ones, and since which epoch they part.

What is compared with what is in `sides.py`. Where the training pictures were not scored again, their accuracy lags
behind: it can show overfitting, which lies above it, and hardly anything else.
"""

from __future__ import annotations

from collections.abc import Iterator

from tenfold.evaluation.finding import Finding
from tenfold.evaluation.findings.curve import FEWEST, Turn, turn
from tenfold.evaluation.findings.evidence import Evidence
from tenfold.evaluation.findings.given import unlearnable
from tenfold.evaluation.findings.learned import STRONG, Learned, learned
from tenfold.evaluation.findings.sides import Gap, Sides, half, points, sides
from tenfold.evaluation.findings.training_labels import training_suspects
from tenfold.text_table import percent

CLEAR = 0.01  # of accuracy: a gap that is surely larger is overfitting
CLOSE = 0.02  # a gap that is surely smaller is none
POOR = 0.05  # of the training pictures wrong
EARLY = 3  # epochs, before which nothing is fitted yet


def fit(evidence: Evidence) -> Iterator[Finding]:
    """The verdict, if the evidence carries one."""
    found, turned = sides(evidence), turn(evidence.curve("val_loss"))
    knows = learned(evidence)
    if found is None or len(evidence.rows) < EARLY or knows is Learned.NOTHING:
        return
    last = found.at(-1)
    numbers = {
        "train_accuracy": last.train,
        f"{found.name}_accuracy": last.held_out,
        "gap": last.size,
        "gap_interval": [last.low, last.high],
        "training_scored_again": found.rescored,
        "training_pictures": found.trained,
        "epochs": len(evidence.rows),
    }
    missed = percent(1 - last.train, of=found.trained)
    comparable = found.rescored or not evidence.noisy
    if last.low > CLEAR or (turned and last.size > 0):
        yield overfitting(evidence, found, last, turned, numbers)
    elif not comparable:
        yield Finding(
            "incomparable",
            f"The two curves cannot be compared: {found.train_words} of the training pictures were right with "
            f"dropout or noise on, {found.held_words} of the {found.name} pictures with it off.",
            numbers,
            advice="Let the training pictures be scored again without it: "
            f"`{evidence.command.but({'training.rescore': True})}`",
        )
    elif knows in (Learned.BY_HEART, Learned.LITTLE):
        return
    elif poor(evidence, found) and last.high < max(CLOSE, (1 - last.train) / 2):
        yield Finding(
            "underfitting",
            f"It is underfitted: even of {found.train_pictures} it gets {missed} wrong, "
            f"{'about as many as' if last.low > -CLOSE or last.high > 0 else 'more than'} of the {found.name} pictures "
            f"({percent(1 - last.held_out, of=found.held)}).",
            numbers,
            confidence="likely",
            advice="It could learn more: give it more units or layers, more epochs, or less dropout.",
        )
    elif found.rescored and last.high < CLOSE and 1 - last.train < POOR:
        yield Finding(
            "well_fitted",
            f"It is well fitted: {found.train_words} of {found.train_pictures} right and {found.held_words} of "
            f"the {found.name} pictures, {points(last)}.",
            numbers,
            confidence="likely",
        )


def poor(evidence: Evidence, found: Sides) -> bool:
    """Whether it knows its training pictures badly, after all its epochs, beyond those that nobody could know."""
    missed = 1 - found.train[-1] - unlearnable(evidence)
    if evidence.unfinished or missed - half(found.train[-1], found.trained) <= POOR:
        return False
    return not any(training_suspects(evidence))  # wrong labels are not to be learned


def overfitting(
    evidence: Evidence, found: Sides, last: Gap, turned: Turn | None, numbers: dict[str, object]
) -> Finding:
    since = turned.epoch + 1 if turned else parted(found)
    degree = "strongly " if last.low > STRONG else "" if last.low > CLOSE or turned else "slightly "
    claim = f"It is {degree}overfitted" + (f" since epoch {since}" if since else "")
    least = "" if found.rescored else "at least "
    claim += f": {least}{found.train_words} of {found.train_pictures} are right and {found.held_words} of the "
    claim += f"{found.name} pictures, {points(last)}"
    if turned:
        claim += f"; the {found.name} loss was lowest in epoch {turned.epoch} ({turned.lowest:.3g}) and has risen to "
        claim += f"{turned.now:.3g}"
    numbers = {**numbers, "since_epoch": since, "lowest_loss_in_epoch": turned.epoch if turned else None}
    stop = {"early_stopping.patience": 3} if found.name == "validation" and turned else None
    advice = "Dropout, fewer units or more pictures close the gap"
    if stop:
        advice += f"; to stop in time: `{evidence.command.but(stop)}`"
    if learned(evidence) is Learned.BY_HEART:
        advice = "No setting closes such a gap before it is known why nothing holds for other pictures"
    return Finding("overfitting", f"{claim}.", numbers, "certain" if last.low > CLEAR else "likely", f"{advice}.")


def parted(found: Sides) -> int | None:
    """The first epoch (from 1) from which on the gap is clear, if there are enough epochs to say so."""
    epochs = len(found.train)
    if epochs < FEWEST or not found.rescored:
        return None
    clear = [found.at(epoch).low > CLEAR for epoch in range(epochs)]
    return next((epoch + 1 for epoch in range(epochs) if all(clear[epoch:])), None)
