"""The classification report is scikit-learn's, and says None where that divides by nothing."""

import numpy as np
import pytest
from sklearn.metrics import classification_report
from tests.evaluation.extremes import EXTREMES, random_predictions

from tenfold.evaluation.classification import ClassificationReport, ClassScore, per_class
from tenfold.evaluation.interval import wilson
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
    of_one = (0.0, pytest.approx(0.793, abs=1e-3))  # one picture that was called so wrongly
    assert scores[2] == ClassScore("seen", 0.0, None, 0.0, support=0, called=1, precision_interval=of_one)
    assert scores[3] == ClassScore("neither", None, None, None, support=0, called=0)
    report = ClassificationReport.of(predictions)
    assert report.macro.recall == pytest.approx((1 + 0.5) / 2)  # of the classes that occur
    assert report.macro.support == 3


def test_a_class_that_is_never_predicted_lowers_the_average() -> None:
    report = ClassificationReport.of(EXTREMES["a class never predicted"])
    missed = report.classes[2]
    assert (missed.precision, missed.recall, missed.f1, missed.support) == (None, 0.0, 0.0, 1)
    assert report.macro.precision == pytest.approx((0.5 + 1 + 0) / 3)


def test_nothing_has_no_averages() -> None:
    report = ClassificationReport.of(EXTREMES["nothing"])
    assert report.accuracy is None
    assert report.macro == ClassScore("macro average", None, None, None, 0)


def test_shares_of_a_class_have_wilsons_interval() -> None:
    answers = np.r_[np.zeros(92, int), np.ones(8, int), np.zeros(2, int), np.ones(48, int)]
    predictions = Predictions.of(np.eye(2)[answers], np.repeat([0, 1], [100, 50]), ("a", "b"))
    one, other = per_class(predictions)
    assert (one.precision_interval, one.recall_interval) == (wilson(92, 94), wilson(92, 100))
    assert (other.precision_interval, other.recall_interval) == (wilson(48, 56), wilson(48, 50))
    assert one.as_json()["recall_interval"] == wilson(92, 100)
    assert one.cells == ("98 % (93 to 99)", "92.0 % (85.0 to 95.9)", "94.8 %", "100")
    report = ClassificationReport.of(predictions)
    assert report.macro.recall_interval is None
    assert max(map(len, str(report).splitlines())) <= 80


def test_as_text() -> None:
    predictions = Predictions.of(np.eye(3)[[0, 1, 0, 0]], [0, 1, 0, 1], ("cat", "dog", "cow"))
    assert str(ClassificationReport.of(predictions)).splitlines() == [
        "                          precision             recall    f1  support",
        "cat                 67 % (21 to 94)  100 % (34 to 100)  80 %        2",
        "dog               100 % (21 to 100)     50 % (9 to 91)  67 %        2",
        "cow                               -                  -     -        0",
        "",
        "accuracy                                                75 %        4",
        "macro average                  83 %               75 %  73 %        4",
        "weighted average               83 %               75 %  73 %        4",
        "",
        "(in brackets: where it lies with 95 % confidence)",
    ]
