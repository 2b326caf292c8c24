"""What pictures that training has seen, exactly or nearly, do to the result: theirs apart from that of the others.

Which pictures those are is known to `given.py`; what is said of them is decided in `pictures.py` and `near_leak.py`.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from tenfold.evaluation.findings.evidence import Evidence
from tenfold.evaluation.findings.given import many_near, places_leaked, unseen
from tenfold.evaluation.findings.sides import gap
from tenfold.evaluation.interval import wilson
from tenfold.evaluation.predictions import Predictions
from tenfold.text_table import percent


@dataclass(frozen=True)
class Apart:
    """How many there are of the pictures that were seen and of the others, and how many of either are right."""

    seen: int
    seen_right: int
    others: int
    others_right: int

    @property
    def better(self) -> bool:
        """Whether those that were seen are known better than the others, by more than luck."""
        return gap(self.seen_right / self.seen, self.seen, self.others_right / self.others, self.others).low > 0

    @property
    def of_seen(self) -> str:
        return percent(self.seen_right / self.seen, of=self.seen)

    @property
    def of_others(self) -> str:
        """How good it is on the others, with the interval that follows for all such pictures."""
        low, high = (percent(bound, of=self.others) for bound in wilson(self.others_right, self.others))
        return f"{percent(self.others_right / self.others, of=self.others)} ({low} to {high})"

    @property
    def numbers(self) -> dict[str, object]:
        return {
            "accuracy_without": self.others_right / self.others,
            "interval_without": wilson(self.others_right, self.others),
            "accuracy_of_the_seen": self.seen_right / self.seen,
        }


def without_leaked(evidence: Evidence) -> Apart | None:
    """Test pictures that are training pictures apart from the others; None where nobody knows which these are."""
    predictions, rest = evidence.predictions, unseen(evidence)
    if predictions is None or rest is None:
        return None
    return apart(predictions, places_leaked(evidence), range(len(predictions)))


def without_near(evidence: Evidence) -> Apart | None:
    """Test pictures that are nearly training pictures, where they are many, apart from the others that were looked at.

    Those that are training pictures exactly are in neither.
    """
    near, leaked = many_near(evidence), places_leaked(evidence)
    if near is None or evidence.predictions is None:
        return None
    return apart(evidence.predictions, np.setdiff1d(near.test, leaked), np.setdiff1d(near.of_test, leaked))


def apart(predictions: Predictions, seen: npt.ArrayLike, every: npt.ArrayLike) -> Apart | None:
    """The two parts of `every`, by the places of the pictures; None where one of them has none."""
    right = predictions.predicted == predictions.labels
    these, others = np.asarray(seen), np.setdiff1d(every, seen)
    if not len(these) or not len(others):
        return None
    return Apart(len(these), int(right[these].sum()), len(others), int(right[others].sum()))
