"""What an evaluation can draw: every chart of it, of ordinary predictions and of the strangest."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from tests.charts.reading import check_contract, rows_of
from tests.evaluation.extremes import EXTREMES, random_predictions

from tenfold.errors import InputError
from tenfold.evaluation.abstain import Abstaining
from tenfold.evaluation.calibration import Calibration
from tenfold.evaluation.classification import ClassificationReport
from tenfold.evaluation.confusion import Confusion
from tenfold.evaluation.curves import precision_recall, roc
from tenfold.evaluation.predictions import Predictions

CHARTS: dict[str, Any] = {
    "confusion": lambda predictions: predictions.confusion().chart(),
    "roc": lambda predictions: roc(predictions).chart(),
    "precision-recall": lambda predictions: precision_recall(predictions).chart(),
    "calibration": lambda predictions: Calibration.of(predictions).chart(),
    "abstaining": lambda predictions: Abstaining.of(predictions).chart(),
    "report": lambda predictions: ClassificationReport.of(predictions).chart(),
}


@pytest.mark.parametrize("name", CHARTS)
def test_every_part_of_an_evaluation_has_its_chart(name: str) -> None:
    check_contract(CHARTS[name](random_predictions()))


@pytest.mark.parametrize("extreme", EXTREMES)
@pytest.mark.parametrize("name", CHARTS)
def test_the_strangest_predictions_are_drawn_or_refused_in_one_line(name: str, extreme: str) -> None:
    predictions: Predictions = EXTREMES[extreme]
    try:
        check_contract(CHARTS[name](predictions))
    except InputError as error:
        assert error.exit_code == 2  # noqa: PT017 - a chart is as good an answer


def test_the_pictures_behind_a_cell_are_those_that_were_mistaken() -> None:
    images = np.arange(7, dtype=np.uint8).repeat(4).reshape(7, 2, 2)
    confusion = Confusion(
        np.array([0, 0, 0, 0, 1, 1, 3]), np.array([0, 1, 1, 3, 1, 0, 1]), ("cat", "dog", "cow", "hen")
    )
    rows = [row for row in rows_of(confusion.chart(images=images)) if "picture" in row]
    assert sorted(row["title"] for row in rows) == ["picture 1", "picture 2", "picture 3", "picture 5", "picture 6"]
    assert len({row["picture"] for row in rows}) == 5
    assert not [row for row in rows_of(confusion.chart()) if "picture" in row]
