"""The network after training: units that give nothing."""

from __future__ import annotations

from collections.abc import Iterator

from tenfold.evaluation.finding import Finding
from tenfold.evaluation.findings.evidence import DeadUnits, Evidence, quotable
from tenfold.evaluation.findings.learned import Learned, learned
from tenfold.text_table import percent, plural

FEWEST = 200  # pictures that a unit must have been silent for
SHARE = 0.3  # of a layer; a few of a hundred are silent in every network


def dead_units(evidence: Evidence) -> Iterator[Finding]:
    """Units that gave nothing for any picture that was looked at: what was counted, and no more than follows from it.

    Where a unit is silent on all training pictures, as training saw them, none of them changes its weights. Where only
    some were looked at, or training added noise of its own, that does not follow and is not said.
    """
    found = [one for one in evidence.dead if many_dead(one)]
    if not found:
        return
    worst = max(found, key=lambda one: one.dead / one.units)
    also = f" ({plural(len(found), 'layer')} have such units)" if len(found) > 1 else ""
    looked_at = "" if worst.every else " that were looked at"
    so = ": as they are now, none of these teaches them anything" if worst.every and not evidence.noisy else ""
    useless = "the network does without them, and a smaller layer would do as well."
    yield Finding(
        "dead_units",
        f"In layer '{quotable(worst.layer)}' {worst.dead:,} of {plural(worst.units, 'unit')} "
        f"({percent(worst.dead / worst.units, of=worst.units)}) gave nothing for any of the {worst.pictures:,} "
        f"training pictures{looked_at}{also}{so}.",
        {"layers": [vars(one) for one in found]},
        advice=f"If they give nothing for {'others' if worst.every else 'the rest'} either, {useless}"
        if learned(evidence) is Learned.ENOUGH
        else f"A smaller learning rate, or another seed, may keep more of them alive: `{evidence.smaller_steps}`",
    )


def many_dead(one: DeadUnits) -> bool:
    """Whether so many units of a layer gave nothing, for so many pictures, that it is worth a word."""
    return one.pictures >= FEWEST and one.dead >= max(2, SHARE * one.units)
