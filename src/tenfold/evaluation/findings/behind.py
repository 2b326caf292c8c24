"""Whether the test goes with the training: pictures that are known far worse than the validation pictures do not."""

from __future__ import annotations

from collections.abc import Iterator

from tenfold.evaluation.finding import Finding
from tenfold.evaluation.findings.evidence import Evidence
from tenfold.evaluation.findings.given import unseen
from tenfold.evaluation.findings.standing import lag, validated
from tenfold.text_table import percent


def behind(evidence: Evidence) -> Iterator[Finding]:
    """A test that is harder than validation by more than luck, and not for its mix of classes."""
    found, held_out, rest = lag(evidence), validated(evidence), unseen(evidence)
    if found is None or held_out is None or rest is None:
        return
    validation, test = percent(held_out[0], of=held_out[1]), percent(rest.accuracy, of=len(rest))
    yield Finding(
        "test_worse",
        f"The test pictures do not seem to be like the training pictures: {validation} of the validation pictures are "
        f"right, which training did not see either, but {test} of the test pictures, {100 * found.low:.1f} to "
        f"{100 * found.high:.1f} points fewer.",
        {
            "validation_accuracy": held_out[0],
            "accuracy": rest.accuracy,
            "gap": found.size,
            "gap_interval": [found.low, found.high],
        },
        advice="Look at some of both with their labels: test labels may be wrong, or the test pictures come from "
        "another source or were prepared in another way (light and dark, size, cut).",
    )
