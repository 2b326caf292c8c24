"""The classification report is scikit-learn's, and says None where that divides by nothing."""

import numpy as np
import pytest
from sklearn.metrics import classification_report
from tests.evaluation.extremes import EXTREMES, random_predictions

from tenfold.evaluation.classification import ClassificationReport, ClassScore, per_class
from tenfold.evaluation.predictions import Predictions


def test_the_same_numbers_as_scikit_learn() -> None:
    predictions = random_predictions()
    report = ClassificationReport.of(predictions)
    theirs = classification_report(
        predictions.labels, predictions.predicted, target_names=predictions.classes, output_dict=True
    )
    for score in report.classes:
        assert theirs[score.name] == {
            "precision": score.precision,
            "recall": score.recall,
            "f1-score": score.f1,
            "support": score.support,
        }
    assert report.accuracy == pytest.approx(theirs["accuracy"])
    for ours, name in ((report.macro, "macro avg"), (report.weighted, "weighted avg")):
        assert [ours.precision, ours.recall, ours.f1] == pytest.approx(
            [theirs[name][kind] for kind in ("precision", "recall", "f1-score")]
        )


def test_a_class_that_does_not_occur_has_no_recall() -> None:
    predictions = Predictions.of(np.eye(4)[[0, 1, 2]], [0, 1, 1], ("a", "b", "seen", "neither"))
    scores = per_class(predictions)
    assert scores[2] == ClassScore("seen", precision=0.0, recall=None, f1=0.0, support=0)
    assert scores[3] == ClassScore("neither", precision=None, recall=None, f1=None, support=0)
    report = ClassificationReport.of(predictions)
    assert report.macro.recall == pytest.approx((1 + 0.5) / 2)  # of the classes that occur
    assert report.macro.support == 3


def test_a_class_that_is_never_predicted_lowers_the_average() -> None:
    report = ClassificationReport.of(EXTREMES["a class never predicted"])
    assert report.classes[2] == ClassScore("c", precision=None, recall=0.0, f1=0.0, support=1)
    assert report.macro.precision == pytest.approx((0.5 + 1 + 0) / 3)


def test_nothing_has_no_averages() -> None:
    report = ClassificationReport.of(EXTREMES["nothing"])
    assert report.accuracy is None
    assert report.macro == ClassScore("macro average", None, None, None, 0)


def test_as_text() -> None:
    predictions = Predictions.of(np.eye(3)[[0, 1, 0, 0]], [0, 1, 0, 1], ("cat", "dog", "cow"))
    assert str(ClassificationReport.of(predictions)).splitlines() == [
        "                  precision  recall      f1  support",
        "cat                  0.6667  1.0000  0.8000        2",
        "dog                  1.0000  0.5000  0.6667        2",
        "cow                       -       -       -        0",
        "",
        "accuracy                             0.7500        4",
        "macro average        0.8333  0.7500  0.7333        4",
        "weighted average     0.8333  0.7500  0.7333        4",
    ]
