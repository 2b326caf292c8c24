"""Suspect labels are those that were made wrong: by hand, by flipping one in ten, by swapping two classes."""

from __future__ import annotations

import json

import numpy as np
import numpy.typing as npt
import pytest

from tenfold.evaluation.predictions import Predictions
from tenfold.evaluation.suspects import suspects

Labels = npt.NDArray[np.int64]


def test_by_hand() -> None:
    # Of class a the network is 0.9 sure in the mean without picture 2, and 0.63 with it; of class b 0.95.
    rows = [[0.9, 0.1], [0.9, 0.1], [0.1, 0.9], [0.05, 0.95], [0.05, 0.95], [0.4, 0.6]]
    found = suspects(Predictions.of(rows, [0, 0, 0, 1, 1, 0], ("a", "b")))
    assert found.ids == ()  # 0.9 and 0.6 for b are less than its usual 0.95
    rows[2] = [0.02, 0.98]
    found = suspects(Predictions.of(rows, [0, 0, 0, 1, 1, 0], ("a", "b")))
    (one,) = found
    assert (one.id, one.label, one.suggested) == (2, "a", "b")
    assert (one.probability, one.margin) == pytest.approx((0.98, -0.96), abs=1e-6)
    assert found.share == pytest.approx(1 / 6)
    assert str(found) == "1 of 6 labels are suspect\n  picture 2: labelled a, looks like b (98.0 %)"
    assert json.loads(json.dumps(found.as_json()))["suspects"][0]["id"] == 2


# Percentages, their labels 0, 1, 2, 0, 1, 2, …, and what cleanlab 2.9.0 makes of them:
# find_label_issues(filter_by="confident_learning", return_indices_ranked_by="normalized_margin").
PER_CENT = [
    *([36, 12, 52], [43, 31, 26], [66, 27, 7], [53, 12, 35], [15, 81, 4], [36, 1, 63], [76, 11, 13], [53, 28, 19]),
    *([41, 3, 56], [52, 44, 4], [12, 83, 5], [23, 54, 23], [91, 4, 5], [8, 74, 18], [16, 17, 67], [62, 18, 20]),
]
CLEANLAB = (2, 0)


def test_the_same_as_cleanlab() -> None:
    predictions = Predictions.of(np.array(PER_CENT) / 100, np.arange(16) % 3, ("a", "b", "c"))
    assert suspects(predictions).ids == CLEANLAB


def test_a_label_that_is_the_best_answer_stands() -> None:
    rows = [[0.95, 0.05], [0.95, 0.05], [0.55, 0.45], [0.6, 0.4], [0.6, 0.4]]  # of class b it is never sure: 0.4
    assert suspects(Predictions.of(rows, [0, 0, 0, 1, 1], ("a", "b"))).ids == ()


def test_outputs_that_are_no_probabilities_are_left_out_and_sigmoids_are_brought_to_one() -> None:
    rows = [[1.8, 0.2], [np.nan, 1], [0.2, 1.8], [0.0, 0.0], [0.1, 1.7], [-1, 2]]
    found = suspects(Predictions.of(rows, [0, 0, 1, 0, 0, 0], ("a", "b")))
    assert found.looked_at == 3
    assert found.ids == (4,)


def test_a_class_without_pictures_is_suggested_to_nobody() -> None:
    rows = [[0.2, 0, 0.8], [0.2, 0, 0.8], [0, 0.2, 0.8], [0, 0.2, 0.8]]
    assert suspects(Predictions.of(rows, [0, 0, 1, 1], ("a", "b", "c"))).ids == ()
    assert suspects(Predictions.of(np.empty((0, 2)), [], ("a", "b"))).ids == ()


@pytest.fixture(scope="module")
def digits() -> tuple[npt.NDArray[np.float64], Labels]:
    from sklearn.datasets import load_digits

    pixels, labels = load_digits(return_X_y=True)
    return pixels / 16, labels.astype(np.int64)


def judged(pixels: npt.NDArray[np.float64], labels: Labels) -> Predictions:
    """What a plain model says about each picture that has not seen it."""
    from sklearn.linear_model import LogisticRegression
    from sklearn.model_selection import StratifiedKFold, cross_val_predict

    folds = StratifiedKFold(4, shuffle=True, random_state=0)
    outputs = cross_val_predict(LogisticRegression(C=0.1), pixels, labels, cv=folds, method="predict_proba")
    return Predictions.of(outputs, labels, [str(digit) for digit in range(10)])


def test_one_label_in_ten_flipped(digits: tuple[npt.NDArray[np.float64], Labels]) -> None:
    pixels, labels = digits
    random = np.random.default_rng(0)
    flipped = random.random(len(labels)) < 0.1
    given = np.where(flipped, (labels + random.integers(1, 10, len(labels))) % 10, labels)
    found = suspects(judged(pixels, given))
    ids = np.array(found.ids)
    assert flipped[ids].sum() > 0.6 * flipped.sum()  # measured: 0.70 to 0.75 over three seeds
    assert flipped[ids].mean() > 0.9  # 0.97 to 0.98
    assert flipped[ids[:50]].mean() > 0.95  # the most suspect come first
    right = [one.suggested == str(labels[one.id]) for one in found if flipped[one.id]]
    assert np.mean(right) > 0.9


def test_two_classes_swapped_here_and_there(digits: tuple[npt.NDArray[np.float64], Labels]) -> None:
    pixels, labels = digits
    random = np.random.default_rng(1)
    swapped = np.isin(labels, (3, 8)) & (random.random(len(labels)) < 0.2)
    given = np.where(swapped, 11 - labels, labels)
    found = suspects(judged(pixels, given))
    pairs = [{one.label, one.suggested} for one in found]
    assert pairs.count({"3", "8"}) > 0.8 * len(pairs)  # measured: 0.93 to 0.96 over three seeds
    assert swapped[list(found.ids)].sum() > 0.6 * swapped.sum()  # 0.69 to 0.82


def test_clean_labels_are_hardly_accused(digits: tuple[npt.NDArray[np.float64], Labels]) -> None:
    assert suspects(judged(*digits)).share < 0.005  # measured: 2 of 1,797
