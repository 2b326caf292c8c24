"""The network after training: units that do nothing any more."""

from __future__ import annotations

from collections.abc import Iterator

from tenfold.evaluation.finding import Finding
from tenfold.evaluation.findings.evidence import Evidence, quotable
from tenfold.evaluation.findings.learned import Learned, learned
from tenfold.text_table import percent, plural

FEWEST = 200  # pictures that a unit must have been silent for
SHARE = 0.3  # of a layer; a few of a hundred are silent in every network


def dead_units(evidence: Evidence) -> Iterator[Finding]:
    """Units that gave nothing for any picture: they learn nothing any more, and cost as much as the others."""
    found = [one for one in evidence.dead if one.pictures >= FEWEST and one.dead >= max(2, SHARE * one.units)]
    if not found:
        return
    worst = max(found, key=lambda one: one.dead / one.units)
    more = f" ({plural(len(found), 'layer')} have such units)" if len(found) > 1 else ""
    yield Finding(
        "dead_units",
        f"In layer '{quotable(worst.layer)}' {worst.dead:,} of {plural(worst.units, 'unit')} "
        f"({percent(worst.dead / worst.units, of=worst.units)}) gave nothing for any of {worst.pictures:,} pictures: "
        f"they are dead and learn no more{more}.",
        {"layers": [vars(one) for one in found]},
        confidence="likely",
        advice="The network does without them: a smaller layer would do as well."
        if learned(evidence) is Learned.ENOUGH
        else f"A smaller learning rate, or another seed, keeps more of them alive: `{evidence.smaller_steps}`",
    )
