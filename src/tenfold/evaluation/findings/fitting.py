"""Over-, under- or well fitted: the training pictures beside the held-out ones, and since which epoch they part.

The curves are comparable where the training pictures were scored again at the end of every epoch (`train_loss`,
`train_accuracy`). Without that there is the accuracy that Keras reports while it trains: an average over the epoch,
behind what the network reached, and lower still with dropout on. It can show overfitting, which lies above it, and
hardly anything else.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from tenfold.evaluation.finding import Finding
from tenfold.evaluation.findings.accuracy import is_guessing
from tenfold.evaluation.findings.curve import FEWEST, Turn, turn
from tenfold.evaluation.findings.evidence import Evidence
from tenfold.evaluation.findings.given import unseen
from tenfold.evaluation.interval import wilson
from tenfold.text_table import percent

FEWEST_PICTURES = 100  # on either side
CLEAR = 0.01  # of accuracy: a gap that is surely larger is overfitting
CLOSE = 0.02  # a gap that is surely smaller is none
STRONG = 0.1
POOR = 0.05  # of the training pictures wrong
EARLY = 3  # epochs, before which nothing is fitted yet


@dataclass(frozen=True)
class Gap:
    """Accuracy on training pictures and on held-out ones, and where their difference lies with 95 % confidence."""

    train: float
    held_out: float
    low: float
    high: float

    @property
    def size(self) -> float:
        return self.train - self.held_out


def gap(train: float, trained: int, held_out: float, held: int) -> Gap:
    """The difference of two shares, each known from a number of pictures."""
    error = (half(train, trained) ** 2 + half(held_out, held) ** 2) ** 0.5
    return Gap(train, held_out, train - held_out - error, train - held_out + error)


def half(share: float, total: int) -> float:
    """Half of the interval of a share."""
    low, high = wilson(min(total, round(share * total)), total)
    return (high - low) / 2


@dataclass(frozen=True)
class Sides:
    """What is compared: the two accuracies epoch by epoch, and with how many pictures each was measured."""

    train: list[float]
    held_out: list[float]
    trained: int
    held: int
    rescored: bool
    name: str  # of the held-out pictures

    @property
    def train_words(self) -> str:
        return percent(self.train[-1], of=self.trained)

    @property
    def held_words(self) -> str:
        return percent(self.held_out[-1], of=self.held)

    def at(self, epoch: int) -> Gap:
        return gap(self.train[epoch], self.trained, self.held_out[epoch], self.held)


def sides(evidence: Evidence) -> Sides | None:
    """The two sides, if there are both; without validation the test pictures stand in for it, at the end alone."""
    again = known(evidence.column("train_accuracy"))
    train = again or known(evidence.column("accuracy"))
    held_out, held, name = known(evidence.column("val_accuracy")), evidence.sizes.get("validation", 0), "validation"
    if evidence.validation == "test":
        held, name = evidence.sizes.get("test", 0), "test"
    if not held_out and (test := unseen(evidence)) is not None and train:
        train, held_out = train[-1:], [test.accuracy]
        held, name = len(test), "test"
    trained = evidence.rescored if again else evidence.sizes.get("train", 0)
    if not train or len(train) != len(held_out) or min(trained, held) < FEWEST_PICTURES:
        return None
    return Sides(train, held_out, trained, held, bool(again), name)


def by_heart(evidence: Evidence) -> float | None:
    """The accuracy on the training pictures, if far more of them are right than of held-out ones that are guessed."""
    found, predictions = sides(evidence), evidence.predictions
    if found is None or predictions is None or not is_guessing(predictions) or found.at(-1).low < STRONG:
        return None
    return found.train[-1]


def known(column: list[float | None]) -> list[float]:
    """A column without gaps; empty where there is one."""
    numbers = [value for value in column if value is not None]
    return numbers if len(numbers) == len(column) else []


def fit(evidence: Evidence) -> Iterator[Finding]:
    """The verdict, if the evidence carries one."""
    found, turned = sides(evidence), turn(known(evidence.column("val_loss")))
    if found is None or len(evidence.rows) < EARLY:
        return
    last = found.at(-1)
    numbers = {
        "train_accuracy": last.train,
        f"{found.name}_accuracy": last.held_out,
        "gap": last.size,
        "gap_interval": [last.low, last.high],
        "training_scored_again": found.rescored,
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
    elif evidence.predictions is not None and is_guessing(evidence.predictions):
        return
    elif 1 - last.train - half(last.train, found.trained) > POOR and last.high < max(CLOSE, (1 - last.train) / 2):
        yield Finding(
            "underfitting",
            f"It is underfitted: even of the pictures it was trained on it gets {missed} wrong, about as many as of "
            f"the {found.name} pictures ({percent(1 - last.held_out, of=found.held)}).",
            numbers,
            confidence="likely",
            advice="It could learn more: give it more units or layers, more epochs, or less dropout.",
        )
    elif found.rescored and last.high < CLOSE and 1 - last.train < POOR:
        yield Finding(
            "well_fitted",
            f"It is well fitted: {found.train_words} of the training pictures right and {found.held_words} of "
            f"the {found.name} pictures, {points(last)}.",
            numbers,
            confidence="likely",
        )


def overfitting(
    evidence: Evidence, found: Sides, last: Gap, turned: Turn | None, numbers: dict[str, object]
) -> Finding:
    since = turned.epoch + 1 if turned else parted(found)
    degree = "strongly " if last.low > STRONG else "" if last.low > CLOSE or turned else "slightly "
    claim = f"It is {degree}overfitted" + (f" since epoch {since}" if since else "")
    least = "" if found.rescored else "at least "
    claim += f": {least}{found.train_words} of the training pictures are right and {found.held_words} of the "
    claim += f"{found.name} pictures, {points(last)}"
    if turned:
        claim += f"; the {found.name} loss was lowest in epoch {turned.epoch} ({turned.lowest:.3g}) and has risen to "
        claim += f"{turned.now:.3g}"
    numbers = {**numbers, "since_epoch": since, "lowest_loss_in_epoch": turned.epoch if turned else None}
    stop = {"early_stopping.patience": 3} if found.name == "validation" and turned else None
    advice = "Dropout, fewer units or more pictures close the gap"
    if stop:
        advice += f"; to stop in time: `{evidence.command.but(stop)}`"
    if by_heart(evidence) is not None:
        advice = "No setting closes such a gap before it is known why nothing holds for other pictures"
    return Finding("overfitting", f"{claim}.", numbers, "certain" if last.low > CLEAR else "likely", f"{advice}.")


def parted(found: Sides) -> int | None:
    """The first epoch (from 1) from which on the gap is clear, if there are enough epochs to say so."""
    epochs = len(found.train)
    if epochs < FEWEST or not found.rescored:
        return None
    clear = [found.at(epoch).low > CLEAR for epoch in range(epochs)]
    return next((epoch + 1 for epoch in range(epochs) if all(clear[epoch:])), None)


def points(last: Gap) -> str:
    """The gap with its interval and its signs, and in words where there is none."""
    low, high = (round(100 * bound, 1) + 0.0 for bound in (last.low, last.high))  # + 0.0: never "-0.0"
    gap = f"a gap of {low:+.1f} to {high:+.1f} points"
    return gap if last.size > 0 else f"which it knows no worse ({gap})"
