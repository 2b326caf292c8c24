"""How long training took, and what that bought.

The first epoch bears what is only done once, such as making room and the first use of every program. How long an epoch
takes is therefore the median of those after it, where there are any.
"""

from __future__ import annotations

from collections.abc import Iterator
from statistics import median

from tenfold.evaluation.finding import Finding
from tenfold.evaluation.findings.evidence import Evidence
from tenfold.text_table import plural


def time(evidence: Evidence) -> Iterator[Finding]:
    """Seconds, pictures a second, and what compiling took."""
    epochs, seconds, pictures = len(evidence.rows), evidence.train_seconds, evidence.sizes.get("train", 0)
    if evidence.unfinished or not epochs or seconds <= 0 or not pictures:
        return
    later = evidence.curve("seconds")[1:]
    usual = median(later) if later else 0.0
    each = usual if usual > 0 else seconds / epochs
    rate = pictures / each
    an_epoch = f"{each:.2g}" if each < 10 else f"{each:,.0f}"
    compiling = f", after {evidence.compile_seconds:.1f} s of compiling" if evidence.compile_seconds >= 0.05 else ""
    yield Finding(
        "time",
        f"{plural(epochs, 'epoch')} over {plural(pictures, 'picture')} took {seconds:,.1f} s{compiling}: "
        f"{an_epoch} s an epoch{' past the first' if usual > 0 else ''}, which is {rate:,.0f} pictures a second.",
        {
            "epochs": epochs,
            "pictures": pictures,
            "seconds": seconds,
            "seconds_an_epoch": each,
            "pictures_a_second": rate,
            "compile_seconds": evidence.compile_seconds,
        },
    )
