"""Labels of training pictures that look wrong, by those that were held out for validation.

What a network says of pictures that it learned from repeats their labels, so only held-out ones are judged here; they
were drawn from the training pictures, and stand for them. To judge every training picture takes several trainings,
which is what `tenfold data audit --labels` does.

A network makes mistakes of its own, and hesitates over them. Where a label is wrong, it is as sure of its answer as
elsewhere. So its mistakes are held against its right answers: where all labels are right hardly one mistake in fifty is
surer than half of the right answers, with a tenth of the labels wrong it is about one in four.
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from tenfold.evaluation.finding import LISTED, Finding
from tenfold.evaluation.findings.evidence import Evidence, quotable
from tenfold.evaluation.findings.given import few_of_each, rare
from tenfold.evaluation.interval import wilson
from tenfold.evaluation.suspects import suspects
from tenfold.text_table import percent, plural

FEWEST = 100  # held-out pictures
GOOD = 0.6  # accuracy below which a network is no judge; with wrong labels it cannot be very high
OWN = 0.1  # of the mistakes: so many may be surer than half of the right answers where all labels are right
FEWEST_SURE = 4  # such mistakes
LIKELIER = 0.5  # than all other classes together: what a label is doubted for


def training_suspects(evidence: Evidence) -> Iterator[Finding]:
    """Held-out training labels that the network contradicts as firmly as it confirms others."""
    predictions = evidence.held_out
    if predictions is None or len(predictions) < FEWEST or predictions.accuracy < GOOD or few_of_each(evidence):
        return
    wrong = predictions.predicted != predictions.labels
    sure = wrong & (predictions.confidence > np.median(predictions.confidence[~wrong]))
    mistakes, firm = int(wrong.sum()), int(sure.sum())
    if firm < FEWEST_SURE or wilson(firm, mistakes)[0] <= OWN:
        return
    strange = rare(evidence)  # of their labels the network has seen too little to judge
    found = suspects(predictions).listed
    doubted = [one for one in found if one.probability > LIKELIER and one.label not in strange]
    if not doubted:
        return
    places, total, first = evidence.held_out_ids, len(predictions), doubted[0]
    rest = f"; for all training labels: `{evidence.audit} --labels`" if evidence.data is not None else ""
    yield Finding(
        "training_suspects",
        f"Some training labels are probably wrong: of {total:,} training pictures that were held out, the labels of "
        f"{len(doubted):,} are firmly contradicted ({percent(len(doubted) / total, of=total)}). Training picture "
        f"{places[first.id]} is labelled '{quotable(first.label)}' and looks like '{quotable(first.suggested)}' "
        f"({percent(first.probability)}). Of its {plural(mistakes, 'mistake')} there {firm:,} are surer than half of "
        "its right answers, as mistakes of its own seldom are.",
        {
            "count": len(doubted),
            "total": total,
            "mistakes": mistakes,
            "surer_than_half_of_the_right": firm,
            "pictures": [{**one.as_json(), "id": places[one.id]} for one in doubted[:LISTED]],
        },
        confidence="likely",
        advice=f"Look at them{evidence.where_to_look}, by their places among the training pictures, before any setting "
        f"is changed{rest}",
    )
