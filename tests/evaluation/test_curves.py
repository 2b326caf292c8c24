"""ROC and precision-recall are scikit-learn's curves, and there is none where none can be drawn."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn.metrics import average_precision_score, precision_recall_curve, roc_auc_score, roc_curve
from tests.evaluation.extremes import EXTREMES, random_predictions

from tenfold.evaluation.curves import Curve, precision_recall, roc
from tenfold.evaluation.predictions import Predictions


def test_areas_are_those_of_scikit_learn() -> None:
    predictions = random_predictions()
    truth = np.eye(4)[predictions.labels]
    curves = roc(predictions)
    assert curves.areas == pytest.approx(roc_auc_score(truth, predictions.probabilities, average=None))
    assert curves.micro_area == pytest.approx(roc_auc_score(truth, predictions.probabilities, average="micro"))
    assert curves.macro_area == pytest.approx(roc_auc_score(truth, predictions.probabilities, average="macro"))
    curves = precision_recall(predictions)
    assert curves.areas == pytest.approx(average_precision_score(truth, predictions.probabilities, average=None))
    assert curves.micro_area == pytest.approx(
        average_precision_score(truth, predictions.probabilities, average="micro")
    )


@settings(max_examples=50, deadline=None)
@given(st.lists(st.tuples(st.integers(0, 2), st.lists(st.integers(0, 3), min_size=3, max_size=3)), min_size=1))
def test_every_point_is_that_of_scikit_learn(pictures: list[tuple[int, list[int]]]) -> None:
    labels, outputs = map(np.array, zip(*pictures, strict=True))  # few different outputs, so that many are the same
    predictions = Predictions.of(outputs, labels, ("a", "b", "c"))
    for number in range(3):
        truth, scores = labels == number, outputs[:, number]
        curve, recalled = roc(predictions).per_class[number], precision_recall(predictions).per_class[number]
        if truth.all() or not truth.any():
            assert curve is recalled is None
            continue
        assert curve is not None
        assert recalled is not None
        false_rate, true_rate, _ = roc_curve(truth, scores)
        assert (curve.x.tolist(), curve.y.tolist()) == (false_rate.tolist(), true_rate.tolist())
        precision, recall, _ = precision_recall_curve(truth, scores)
        assert (recalled.x.tolist(), recalled.y.tolist()) == (recall[::-1].tolist(), precision[::-1].tolist())
        assert curve.area == pytest.approx(roc_auc_score(truth, scores), rel=1e-12)
        assert recalled.area == pytest.approx(average_precision_score(truth, scores), rel=1e-12)


def test_perfect_and_useless() -> None:
    assert roc(EXTREMES["all right and certain"]).areas == (1.0, 1.0, 1.0)
    assert roc(EXTREMES["always the same answer"]).areas == (0.5, 0.5, 0.5)
    assert roc(EXTREMES["diverged"]).areas == (None, None, None)
    assert roc(EXTREMES["diverged"]).micro_area is None
    assert roc(EXTREMES["a class that does not occur"]).areas[2] is None
    assert roc(EXTREMES["a class that does not occur"]).macro_area == 1.0  # of the other two


def test_a_picture_without_numbers_is_found_last() -> None:
    with_nan = EXTREMES["diverged for one picture"]
    assert roc(with_nan).areas == (1.0, 1.0, 0.0)


def test_roc_needs_no_probabilities() -> None:
    predictions = random_predictions()
    logits = Predictions.of(np.log(predictions.probabilities), predictions.labels, predictions.classes)
    assert roc(logits).areas == pytest.approx(roc(predictions).areas)


def test_curves_go_from_end_to_end() -> None:
    curves = roc(random_predictions())
    for curve in (*curves.per_class, curves.micro, curves.macro):
        assert curve is not None
        assert (curve.x[0], curve.y[0], curve.x[-1], curve.y[-1]) == (0, 0, 1, 1)
        assert (np.diff(curve.x) >= 0).all()
        assert (np.diff(curve.y) >= -1e-12).all()
    macro = curves.macro
    assert macro is not None
    assert np.trapezoid(macro.y, macro.x) == pytest.approx(macro.area, abs=0.002)
    recall = precision_recall(random_predictions()).per_class[0]
    assert recall is not None
    assert (recall.x[0], recall.y[0], recall.x[-1]) == (0, 1, 1)


def test_a_table_has_no_more_points_than_can_be_seen() -> None:
    rows = roc(random_predictions(pictures=3000, skill=0.5)).table(points=50)
    assert rows[0].keys() == {"curve", "kind", "false_positive_rate", "true_positive_rate", "area"}
    for name in {row["curve"] for row in rows}:
        points = [row for row in rows if row["curve"] == name]
        assert 20 < len(points) <= 52
        assert (points[0]["true_positive_rate"], points[-1]["false_positive_rate"]) == (0, 1)
    assert {row["kind"] for row in rows} == {"class", "micro", "macro"}


def test_thinned_a_curve_keeps_its_corner() -> None:
    steps = np.linspace(0, 1, 1000)
    whole = Curve("x", np.concatenate([np.zeros(1000), steps]), np.concatenate([steps, np.ones(1000)]), 1.0)
    few = whole.thinned(21)
    assert len(few.x) <= 22
    assert np.trapezoid(few.y, few.x) > 0.99


def test_of_too_many_decisions_there_is_no_micro_average(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tenfold.evaluation.curves.TOGETHER", 1999)
    curves = roc(random_predictions())
    assert curves.micro_area is None
    assert None not in curves.areas
