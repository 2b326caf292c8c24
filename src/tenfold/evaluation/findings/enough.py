"""Whether there was enough to learn from: pictures, and steps in which to learn from them."""

from __future__ import annotations

import math
from collections.abc import Iterator

from tenfold.evaluation.finding import Finding
from tenfold.evaluation.findings.evidence import FEW_STEPS, LARGEST_USUAL_RATE, Evidence
from tenfold.evaluation.findings.given import few_of_each, unseen
from tenfold.text_table import plural

ENOUGH_STEPS = 300
GOOD = 0.9  # accuracy on pictures that training has not seen: with it there was enough of both


def few_steps(evidence: Evidence) -> Iterator[Finding]:
    """A training that ended before the weights were changed often enough for it to say anything of the settings."""
    if evidence.unfinished or not 0 < evidence.steps_taken < FEW_STEPS or good_already(evidence):
        return
    losses = evidence.curve("loss")
    too_large = (evidence.learning_rate or 0) > LARGEST_USUAL_RATE or losses[-1:] > losses[:1]
    if too_large:  # more steps like these lead nowhere
        return
    epochs = len(evidence.rows)
    each = "in one epoch" if epochs == 1 else f"{evidence.steps:,} in each of {epochs:,} epochs"
    longer = {"training.epochs": math.ceil(ENOUGH_STEPS / evidence.steps)}
    yield Finding(
        "few_steps",
        f"The weights were changed only {plural(evidence.steps_taken, 'time')}, {each}: that is hardly a training yet.",
        {"steps": evidence.steps_taken, "steps_an_epoch": evidence.steps, "epochs": epochs},
        confidence="likely",
        advice=f"Train for longer before anything else is changed: `{evidence.command.but(longer)}`",
    )


def few_pictures(evidence: Evidence) -> Iterator[Finding]:
    """So few training pictures that what is wrong is more probably that than any setting."""
    if not few_of_each(evidence) or good_already(evidence):
        return
    counts = evidence.counts["train"]
    total = sum(counts.values())
    yield Finding(
        "few_pictures",
        f"There are only {plural(total, 'training picture')}, about {max(1, round(total / len(counts))):,} of each of "
        f"{plural(len(counts), 'class', 'classes')}: what it does not know, it was hardly shown.",
        {"pictures": total, "classes": len(counts)},
        confidence="likely",
        advice="More training pictures help more here than other settings do.",
    )


def good_already(evidence: Evidence) -> bool:
    """Whether it knows the test pictures well; of those that training has seen, that says nothing."""
    tested = unseen(evidence)
    return tested is not None and len(tested) > 0 and tested.accuracy >= GOOD
