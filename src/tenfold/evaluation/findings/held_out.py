"""Whether the training was watched on pictures that it did not learn from, and on which."""

from __future__ import annotations

from collections.abc import Iterator

from tenfold.evaluation.finding import Finding
from tenfold.evaluation.findings.evidence import Evidence
from tenfold.evaluation.findings.learned import Learned, learned

MANY_RUNS = 5


def peeking(evidence: Evidence) -> Iterator[Finding]:
    """Validation on the test pictures: whatever is chosen by it has seen the test."""
    if evidence.validation != "test":
        return
    looks = len(evidence.rows)
    after = "after its one epoch" if looks == 1 else f"after each of {looks:,} epochs"
    yield Finding(
        "peeking",
        f"The test pictures were looked at {after}, as if they were validation pictures: what is chosen by those "
        "numbers has seen the test, and its accuracy there is too good.",
        {"validation": "test", "looks": looks},
        advice="Hold out training pictures instead and keep the test for the end: "
        f"`{evidence.command.but({'training.validation': 0.1})}`",
    )


def many_looks(evidence: Evidence) -> Iterator[Finding]:
    """A test that many runs have taken: the best of them is so by luck, too."""
    if evidence.test_runs < MANY_RUNS or evidence.closed:
        return
    held_out = evidence.validation != "test" and evidence.sizes.get("validation", 0)
    changes = {} if held_out else {"training.validation": 0.1}
    yield Finding(
        "many_looks",
        f"The test pictures have been scored {evidence.test_looks:,} times by {evidence.test_runs:,} runs in this "
        "folder: whoever keeps the run that is best on them keeps some luck, and its accuracy looks too good.",
        {"looks": evidence.test_looks, "runs": evidence.test_runs},
        advice="Train the next ones with the test set closed and choose between them by their validation pictures: "
        f"`{evidence.command.but({**changes, 'training.test': 'never'})}`. Then open it for the chosen one alone: "
        "`tenfold evaluate RUN`",
    )


def closed(evidence: Evidence) -> Iterator[Finding]:
    """A test set that nobody has looked at for this run."""
    if not evidence.closed:
        return
    yield Finding(
        "closed",
        "The test set is still closed: nothing that is said here was measured on the test pictures.",
        {"test": "never", "looks_of_all_runs": evidence.test_looks},
        advice=f"If this is the run that you choose, open it: `tenfold evaluate {evidence.name}`",
    )


def nothing_held_out(evidence: Evidence) -> Iterator[Finding]:
    """No validation: some questions then have no answer."""
    if not evidence.rows or evidence.validation == "test" or evidence.sizes.get("validation", 0):
        return
    if learned(evidence) is Learned.NOTHING:  # then neither is the question
        return
    yield Finding(
        "no_validation",
        "No training pictures were held out, so nobody can say whether more epochs would help or since when it "
        "overfits.",
        {"validation": 0, "epochs": len(evidence.rows)},
        advice=f"Hold out a tenth: `{evidence.command.but({'training.validation': 0.1})}`",
    )
