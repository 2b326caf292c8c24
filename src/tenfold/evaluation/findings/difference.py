"""Another network on the same test pictures: whether the difference between the two is real or luck."""

from __future__ import annotations

from collections.abc import Iterator

from tenfold.evaluation.comparison import Comparison
from tenfold.evaluation.difference import in_points
from tenfold.evaluation.finding import Finding
from tenfold.evaluation.findings.evidence import Evidence, quotable
from tenfold.evaluation.findings.learned import learned
from tenfold.text_table import plural

FEWEST = 100  # pictures
SHOWN = 10  # ids of pictures


def difference(evidence: Evidence) -> Iterator[Finding]:
    """The run beside the one before it, by the pictures that only one of them gets right."""
    if evidence.predictions is None or evidence.other is None or len(evidence.predictions) < FEWEST:
        return
    name, other = evidence.other
    before = f"{quotable(name)}, the run before"
    (found,) = Comparison({name: other, evidence.name: evidence.predictions}).differences
    low, high = found.interval
    better, worse = found.better, found.worse
    numbers = {
        "against": name,
        "better": better,
        "worse": worse,
        "difference": found.difference,
        "interval": [low, high],
        "p": found.p,
        "only_right": found.only_right[:SHOWN],
        "only_wrong": found.only_right_against[:SHOWN],
    }
    counts = (
        f"it is right where that was wrong on {plural(better, 'test picture')}, and wrong where that was right on "
        f"{worse:,}"
    )
    apart, least, most = (in_points(share, found.total) for share in (found.difference, low, high))
    apart = f"{apart} points, 95 % interval {least} to {most}"
    if not better and not worse:
        yield Finding(
            "no_difference",
            f"It is right about the very same test pictures as {before}.",
            numbers,
        )
    elif found.significant:
        yield Finding(
            "difference",
            f"It is {'better' if found.difference > 0 else 'worse'} than {before}, by more than luck: "
            f"{counts} ({apart}).",
            numbers,
            confidence="certain" if found.p < 0.001 else "likely",
            advice=""
            if learned(evidence).guesses
            else "This speaks of these two networks: another seed makes each a little different.",
        )
    else:
        yield Finding(
            "no_difference",
            f"Whether it is better or worse than {before}, cannot be told: {counts} ({apart}).",
            numbers,
            confidence="likely",
        )
