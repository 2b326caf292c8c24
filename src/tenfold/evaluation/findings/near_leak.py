"""Test pictures that are nearly training pictures: moved by some pixels, brighter, a little noisy, saved once more.

Exact copies are counted in `pictures.py`. Two pictures may be alike by nature, so a few are not worth a word: of a
thousand of MNIST's test pictures none has such a twin among ten thousand others, of Fashion-MNIST's four have.
"""

from __future__ import annotations

from collections.abc import Iterator

from tenfold.evaluation.finding import LISTED, Finding
from tenfold.evaluation.findings.apart import without_near
from tenfold.evaluation.findings.evidence import Evidence
from tenfold.evaluation.findings.given import many_near
from tenfold.text_table import percent, plural


def near_leak(evidence: Evidence) -> Iterator[Finding]:
    """Many test pictures that are nearly training pictures; whether they are known better than the others."""
    near = many_near(evidence)
    if near is None:
        return
    looked_at, total, result = len(near.of_test), evidence.sizes.get("test", 0), without_near(evidence)
    better, why = "", ""
    if result is not None and result.better:
        better = f". Of these it gets {result.of_seen} right, of the others {result.of_others}"
        why = ", for the result looks better than it is"
    some = " that were looked at" if looked_at < total else ""
    yield Finding(
        "near_leak",
        f"{plural(len(near.test), 'test picture is', 'test pictures are')} nearly a training picture, moved a little, "
        f"brighter or noisy: {percent(len(near.test) / looked_at, of=looked_at)} of {looked_at:,}{some}, held against "
        f"{plural(near.of_train, 'training picture')}. Such is test picture {near.test[0]}, nearly train picture "
        f"{near.train[0]}{better}.",
        {
            "count": len(near.test),
            "test_looked_at": looked_at,
            "training_looked_at": near.of_train,
            "ids": near.test[:LISTED],
            "seen_as": [["train", place] for place in near.train[:LISTED]],
            **(result.numbers if result is not None else {}),
        },
        confidence="likely",
        advice=f"Look at them{evidence.where_to_look}. If they are copies, take them out of one of the two and train "
        f"again{why}; to list them: `{evidence.audit}`",
    )
