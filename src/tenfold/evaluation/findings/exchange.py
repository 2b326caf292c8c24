"""Classes that are taken for one another so thoroughly that it is no confusion: their labels were exchanged."""

from __future__ import annotations

from collections.abc import Iterator

from tenfold.evaluation.finding import Finding
from tenfold.evaluation.findings.evidence import Evidence, quotable
from tenfold.evaluation.findings.standing import exchanged
from tenfold.text_table import plural

SHOWN = 5  # ids of pictures


def exchange(evidence: Evidence) -> Iterator[Finding]:
    """Labels that mean another class in the test than in the training."""
    predictions = evidence.predictions
    if predictions is None or not (rings := exchanged(evidence)):
        return
    counts, names = predictions.confusion().counts, predictions.classes
    ways = [way for ring in rings for way in zip(ring, ring[1:] + ring[:1], strict=True)]
    first = ways[: len(rings[0])][:2]
    told = " and ".join(
        f"{counts[a, b]:,} of {plural(int(counts[a].sum()), 'picture')} labelled '{quotable(names[a])}' were taken "
        f"for '{quotable(names[b])}'"
        for a, b in first
    )
    more = f" ({len(ways):,} classes in all)" if len(ways) > len(first) else ""
    examples = [int(one) for a, b in first for one in predictions.confusion().ids(a, b)[:SHOWN]]
    yield Finding(
        "exchanged",
        f"Labels seem to be exchanged: {told}{more}. Nobody confuses classes like that who learned them under the "
        "same names.",
        {
            "rings": [[names[one] for one in ring] for ring in rings],
            "taken": [{"true": names[a], "predicted": names[b], "count": counts[a, b]} for a, b in ways],
            "ids": examples,
        },
        confidence="likely",
        advice=f"Look at test pictures {', '.join(map(str, examples[:3]))}{evidence.where_to_look}: is their label "
        "what they show? If so, the training labels are the wrong ones.",
    )
