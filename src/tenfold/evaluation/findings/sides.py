"""The training pictures beside the held-out ones: the two accuracies, and how far their difference is from luck.

The curves are comparable where the training pictures were scored again at the end of every epoch (`train_loss`,
`train_accuracy`). Without that there is the accuracy that Keras reports while it trains: an average over the epoch,
behind what the network reached, and lower still with dropout on.
"""

from __future__ import annotations

from dataclasses import dataclass

from tenfold.evaluation.findings.evidence import Evidence
from tenfold.evaluation.findings.given import unseen
from tenfold.evaluation.interval import wilson
from tenfold.text_table import percent

FEWEST_PICTURES = 100  # on either side


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
    part: bool  # whether only some of the training pictures were scored

    @property
    def train_words(self) -> str:
        return percent(self.train[-1], of=self.trained)

    @property
    def train_pictures(self) -> str:
        """Which training pictures that was measured on."""
        return f"{self.trained:,} training pictures" if self.part else "the training pictures"

    @property
    def held_words(self) -> str:
        return percent(self.held_out[-1], of=self.held)

    def at(self, epoch: int) -> Gap:
        return gap(self.train[epoch], self.trained, self.held_out[epoch], self.held)


def sides(evidence: Evidence) -> Sides | None:
    """The two sides, if there are both; without validation the test pictures stand in for it, at the end alone."""
    again = evidence.curve("train_accuracy")
    train = again or evidence.curve("accuracy")
    held_out, held, name = evidence.curve("val_accuracy"), evidence.sizes.get("validation", 0), "validation"
    if evidence.validation == "test":
        held, name = evidence.sizes.get("test", 0), "test"
    if not held_out and (test := unseen(evidence)) is not None and train:
        train, held_out = train[-1:], [test.accuracy]
        held, name = len(test), "test"
    trained = evidence.rescored if again else evidence.sizes.get("train", 0)
    if not train or len(train) != len(held_out) or min(trained, held) < FEWEST_PICTURES:
        return None
    part = bool(again) and trained != evidence.sizes.get("train")
    return Sides(train, held_out, trained, held, bool(again), name, part)


def points(last: Gap) -> str:
    """The gap with its interval and its signs, and in words where there is none."""
    low, high = (round(100 * bound, 1) + 0.0 for bound in (last.low, last.high))  # + 0.0: never "-0.0"
    gap = f"a gap of {low:+.1f} to {high:+.1f} points"
    return gap if last.size > 0 else f"which it knows no worse ({gap})"
