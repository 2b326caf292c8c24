"""Everything that is counted from predictions, in one object for programs.

It owns the choice of what goes in: each class, the averages, the areas under the curves, calibration, abstaining and
the pairs confused most. Every single number has its own file beside this one.
"""

from __future__ import annotations

from typing import Any

from tenfold.evaluation.abstain import Abstaining
from tenfold.evaluation.calibration import Calibration
from tenfold.evaluation.classification import ClassificationReport
from tenfold.evaluation.curves import precision_recall, roc
from tenfold.evaluation.mistakes import Mistakes
from tenfold.evaluation.predictions import Predictions

PAIRS = 10  # the most confused ones, each with a dozen pictures at most


def details(predictions: Predictions) -> dict[str, Any]:
    """The numbers under their names; None for what cannot be said."""
    return {
        **ClassificationReport.of(predictions).as_json(),
        "auc": roc(predictions).as_json(),
        "average_precision": precision_recall(predictions).as_json(),
        "calibration": Calibration.of(predictions).as_json(),
        "abstain": Abstaining.of(predictions).table(),
        "most_confused": [pair.as_json() for pair in Mistakes(predictions).pairs(PAIRS)],
    }
