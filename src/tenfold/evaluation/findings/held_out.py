"""Whether the training was watched on pictures that it did not learn from, and on which."""

from __future__ import annotations

from collections.abc import Iterator

from tenfold.evaluation.finding import Finding
from tenfold.evaluation.findings.evidence import Evidence


def peeking(evidence: Evidence) -> Iterator[Finding]:
    """Validation on the test pictures: whatever is chosen by it has seen the test."""
    if evidence.validation != "test":
        return
    looks = len(evidence.rows)
    yield Finding(
        "peeking",
        f"The test pictures were looked at after each of {looks:,} epochs, as if they were validation pictures: what "
        "is chosen by those numbers has seen the test, and its accuracy there is too good.",
        {"validation": "test", "looks": looks},
        advice="Hold out training pictures instead and keep the test for the end: "
        f"`{evidence.command.but({'training.validation': 0.1})}`",
    )


def nothing_held_out(evidence: Evidence) -> Iterator[Finding]:
    """No validation: some questions then have no answer."""
    if not evidence.rows or evidence.validation == "test" or evidence.sizes.get("validation", 0):
        return
    yield Finding(
        "no_validation",
        "No training pictures were held out, so nobody can say whether more epochs would help or since when it "
        "overfits.",
        {"validation": 0, "epochs": len(evidence.rows)},
        advice=f"Hold out a tenth: `{evidence.command.but({'training.validation': 0.1})}`",
    )
