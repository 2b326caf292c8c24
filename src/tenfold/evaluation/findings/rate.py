"""The learning rate, as the loss shows it: too high when it explodes or jumps, too low when it only creeps."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise

from tenfold.evaluation.finding import Finding
from tenfold.evaluation.findings.enough import few_steps
from tenfold.evaluation.findings.evidence import USUAL_RATE, Evidence
from tenfold.evaluation.findings.learned import Learned, learned
from tenfold.text_table import percent, plural

EPOCHS = 4  # that a loss must be known for, before it says anything about the learning rate
JUMP = 0.1  # by which a loss rises from one epoch to the next
STUCK = 0.7  # of the first epoch's loss: what is left of it while it jumps
CREEP = 0.05  # of the loss an epoch
GOOD = 0.9  # accuracy that a training with too small steps does not reach


def diverged(evidence: Evidence) -> Iterator[Finding]:
    """A loss that is no number any more."""
    losses = evidence.column("loss")
    if not losses or losses[-1] is not None or not any("loss" in row for row in evidence.rows):
        return
    epoch = losses.index(None) + 1
    rate = evidence.learning_rate
    yield Finding(
        "diverged",
        f"The training diverged: since epoch {epoch} the loss is no number any more, so the weights grew beyond all "
        "bounds and the network is of no use.",
        {"epoch": epoch, "learning_rate": rate},
        advice=f"Learn in smaller steps: `{evidence.smaller_steps}`",
    )


def too_high(evidence: Evidence) -> Iterator[Finding]:
    """A training loss that jumps up again and gets nowhere."""
    losses = evidence.curve("loss")
    if len(losses) < EPOCHS:
        return
    jumps = [epoch + 2 for epoch, (a, b) in enumerate(pairwise(losses)) if b > (1 + JUMP) * a]
    if len(jumps) < max(1, len(losses) // 5) or losses[-1] < STUCK * losses[0]:
        return
    rate = evidence.learning_rate
    yield Finding(
        "rate_too_high",
        f"The learning rate is probably too high: the training loss rose again in epoch{'s' * (len(jumps) > 1)} "
        f"{', '.join(map(str, jumps[:5]))}, and after {plural(len(losses), 'epoch')} it is {losses[-1]:.3g}, "
        f"{'no lower than' if losses[-1] >= losses[0] else 'not far below that'} in the first ({losses[0]:.3g}).",
        {"learning_rate": rate, "jumps_in_epochs": jumps, "first_loss": losses[0], "last_loss": losses[-1]},
        confidence="likely",
        advice=f"Learn in smaller steps: `{evidence.smaller_steps}`",
    )


def too_low(evidence: Evidence) -> Iterator[Finding]:
    """A training loss that creeps, or that still falls fast when a training with tiny steps ends.

    What is learned by heart, for it follows no rule, is learned slowly with any steps; and of few steps, whatever their
    size, nothing else is to be expected.
    """
    losses = evidence.curve("train_loss") or evidence.curve("loss")  # rather without dropout's noise
    accuracies = evidence.curve("train_accuracy") or evidence.curve("accuracy")
    rate = evidence.learning_rate
    if len(losses) < EPOCHS or not accuracies or accuracies[-1] > GOOD or min(losses) <= 0 or rate is None:
        return
    steps = [1 - b / a for a, b in pairwise(losses)]
    creeps = max(steps) < 4 * CREEP and steps[-1] > steps[0] / 2
    unfinished = rate < USUAL_RATE / 5 and steps[-1] > CREEP
    if min(steps) <= 0 or not (creeps or unfinished):
        return
    if learned(evidence) is Learned.BY_HEART or any(few_steps(evidence)):
        return
    yield Finding(
        "rate_too_low",
        f"The learning rate of {rate:g} is probably too low: the training loss falls in every epoch, by "
        f"{percent(steps[-1])} in the last of {len(losses)}, and {come(losses[0], losses[-1])}.",
        {"learning_rate": rate, "falls": steps, "last_loss": losses[-1], "last_accuracy": accuracies[-1]},
        confidence="likely",
        advice=f"Learn in larger steps: `{evidence.larger_steps}`",
    )


def come(first: float, last: float) -> str:
    """How far a loss has come."""
    start, end = f"{first:.3g}", f"{last:.3g}"
    return f"has hardly moved from {start}" if start == end else f"has only come from {start} to {end}"
