"""How long training took, and what that bought."""

from __future__ import annotations

from collections.abc import Iterator

from tenfold.evaluation.finding import Finding
from tenfold.evaluation.findings.evidence import Evidence
from tenfold.text_table import plural


def time(evidence: Evidence) -> Iterator[Finding]:
    """Seconds, pictures a second, and what compiling took."""
    epochs, seconds, pictures = len(evidence.rows), evidence.train_seconds, evidence.sizes.get("train", 0)
    if evidence.unfinished or not epochs or seconds <= 0 or not pictures:
        return
    rate, each = epochs * pictures / seconds, seconds / epochs
    an_epoch = f"{each:.2g}" if each < 10 else f"{each:,.0f}"
    compiling = f", after {evidence.compile_seconds:.1f} s of compiling" if evidence.compile_seconds >= 0.05 else ""
    yield Finding(
        "time",
        f"{plural(epochs, 'epoch')} over {plural(pictures, 'picture')} took {seconds:,.1f} s, which is "
        f"{an_epoch} s an epoch and {rate:,.0f} pictures a second{compiling}.",
        {
            "epochs": epochs,
            "pictures": pictures,
            "seconds": seconds,
            "seconds_an_epoch": each,
            "pictures_a_second": rate,
            "compile_seconds": evidence.compile_seconds,
        },
    )
