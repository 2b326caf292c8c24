"""Whether more epochs would help: where the validation loss is heading, held against its own scatter."""

from __future__ import annotations

import shlex
from collections.abc import Iterator

from tenfold.evaluation.finding import Finding
from tenfold.evaluation.findings.curve import FEWEST, Trend, trend, turn
from tenfold.evaluation.findings.enough import few_steps
from tenfold.evaluation.findings.evidence import Evidence, quotable
from tenfold.evaluation.findings.learned import Learned, learned
from tenfold.evaluation.findings.rate import too_low
from tenfold.text_table import percent, plural

FEWEST_PICTURES = 100
LONGEST = 8  # epochs that are looked at, the last ones
WORTH = 0.01  # of the loss an epoch: a slope that is surely steeper is worth going on for


def unfinished(evidence: Evidence) -> Iterator[Finding]:
    """Training that something cut short, which is not early stopping."""
    if evidence.unfinished in ("", "running"):
        return
    why = f" ({quotable(evidence.stopped_by)})" if evidence.stopped_by else ""
    yield Finding(
        "unfinished",
        f"It is not done: training ended after {len(evidence.rows):,} of {plural(evidence.epochs, 'epoch')}{why}, and "
        "what is said here goes by those.",
        {"state": evidence.unfinished, "epochs": len(evidence.rows), "asked_for": evidence.epochs},
        advice=f"Go on with it: `tenfold resume {shlex.quote(evidence.name)}`",
    )


def stopped(evidence: Evidence) -> Iterator[Finding]:
    """Training that early stopping ended."""
    losses = evidence.curve("val_loss")
    if not losses or evidence.unfinished or not 0 < len(evidence.rows) < evidence.epochs:
        return
    best = losses.index(min(losses)) + 1
    yield Finding(
        "stopped_early",
        f"It stopped by itself after {len(losses):,} of {plural(evidence.epochs, 'epoch')}: the validation loss was "
        f"lowest in epoch {best} ({losses[best - 1]:.3g}), and no better after that.",
        {"epochs": len(losses), "asked_for": evidence.epochs, "best_epoch": best, "lowest_loss": losses[best - 1]},
    )


def more_epochs(evidence: Evidence) -> Iterator[Finding]:
    """What another few epochs would bring, if the validation loss goes on as it did at the end."""
    losses = evidence.curve("val_loss")
    held = evidence.sizes.get("test" if evidence.validation == "test" else "validation", 0)
    if len(losses) < FEWEST or len(evidence.rows) < evidence.epochs or held < FEWEST_PICTURES:
        return
    tail, epochs = end_of(losses), len(losses)
    if sum(tail) <= 0 or learned(evidence).in_vain or any(few_steps(evidence)):
        return
    if any(too_low(evidence)):  # larger steps help before more of them
        return
    line = relative(tail)
    slope, low, high = line.slope, line.low, line.high
    best = losses.index(min(losses)) + 1
    numbers = {
        "epochs": epochs,
        "looked_at": len(tail),
        "slope_an_epoch": slope,
        "slope_interval": [low, high],
        "best_epoch": best,
        "lowest_loss": losses[best - 1],
    }
    rate = percent(abs(slope))
    last = f"in the last {plural(len(tail), 'epoch')} the validation loss"
    little = learned(evidence) is Learned.LITTLE  # too little for any number of epochs to be called enough
    if (turn(losses) or low > 0) and not little:
        rose = f"{last} rose by {rate} an epoch, and it" if slope > 0 else "the validation loss has risen again; it"
        yield Finding(
            "no_more_epochs",
            f"More epochs would not help: {rose} was lowest in epoch {best}.",
            numbers,
            confidence="likely",
            advice=f"Fewer are enough: `{evidence.command.but({'training.epochs': best})}`" if best < epochs else "",
        )
    elif high < -WORTH:
        yield Finding(
            "more_epochs",
            f"More epochs would probably help: {last} still fell by {rate} an epoch ({percent(-high)} to "
            f"{percent(-low)}).",
            numbers,
            confidence="likely",
            advice=f"Train for longer: `{evidence.command.but({'training.epochs': 2 * epochs})}`",
        )
    elif low > -WORTH and not little:
        yield Finding(
            "enough_epochs",
            f"More epochs would hardly help: {last} changed by {rate} an epoch.",
            numbers,
            confidence="likely",
        )


def still_falling(evidence: Evidence) -> bool:
    """Whether the training loss was surely falling when the training ended."""
    losses = evidence.curve("train_loss") or evidence.curve("loss")
    return len(losses) >= FEWEST and sum(losses) > 0 and relative(end_of(losses)).high < -WORTH


def end_of(losses: list[float]) -> list[float]:
    """The epochs by which it is judged where a loss is heading."""
    return losses[-min(LONGEST, max(4, len(losses) // 2)) :]


def relative(losses: list[float]) -> Trend:
    """Their trend as a share of their mean."""
    line, level = trend(losses), sum(losses) / len(losses)
    return Trend(line.slope / level, line.low / level, line.high / level)
