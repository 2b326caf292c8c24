"""An evaluation says how good and how sure, and goes through JSON unharmed."""

import json
import math
from dataclasses import replace

import numpy as np
import pytest

from tenfold.errors import RunError
from tenfold.evaluation.evaluation import Evaluation
from tenfold.evaluation.interval import wilson
from tenfold.evaluation.predictions import Predictions


def test_of_predictions() -> None:
    predictions = Predictions.of(np.eye(2)[[0, 1, 1, 1]], [0, 1, 1, 0], ("a", "b"))
    evaluation = Evaluation.of(predictions, loss=0.5)
    assert (evaluation.wrong, evaluation.total, evaluation.accuracy, evaluation.loss) == (1, 4, 0.75, 0.5)
    low, high = evaluation.accuracy_interval
    assert low < 0.75 < high
    assert Evaluation.of(predictions).loss == predictions.log_loss
    assert evaluation.top2 is None  # of two classes both are always among the first two


def test_one_of_an_older_tenfold_is_read() -> None:
    older = {"wrong": 1, "total": 3, "loss": 0.25, "log_loss": 0.5}
    assert Evaluation.from_json(older, "it") == Evaluation(1, 3, 0.25, 0.5)


def test_in_words() -> None:
    words = str(Evaluation(wrong=180, total=10_000, loss=0.0612, log_loss=0.06))
    assert words == ("test accuracy 98.20 % (95 % interval: 97.92 % to 98.44 %), loss 0.0612, 180 of 10,000 wrong")


def test_no_loss_in_words() -> None:
    assert "loss not a number, 1 of 3 wrong" in str(Evaluation(wrong=1, total=3, loss=math.nan, log_loss=0.1))


def test_through_json() -> None:
    evaluation = Evaluation(wrong=1, total=3, loss=0.25, log_loss=0.5, split="validation", top2=0.75)
    assert Evaluation.from_json(json.loads(json.dumps(evaluation.as_json())), "it") == evaluation


def test_of_pictures_that_training_has_seen_nothing_follows_for_others() -> None:
    part = Evaluation(wrong=18, total=1000, loss=0.25, log_loss=0.25, unseen=(18, 200))
    assert part.accuracy_interval == wilson(182, 200)
    assert "98.2 % (95 % interval: 86.2 % to 94.2 %, by the 200 that training has not seen)" in str(part)
    whole = replace(part, wrong=0, unseen=(0, 0))
    assert whole.accuracy_interval is whole.as_json()["accuracy_interval"] is None
    words = "says nothing of others: training has seen these pictures"
    assert f"test accuracy 100.0 % ({words}), loss" in str(whole)
    assert words in whole._repr_html_()
    for evaluation in (part, whole):
        assert Evaluation.from_json(json.loads(json.dumps(evaluation.as_json())), "it") == evaluation


def test_a_loss_that_is_no_number_is_null() -> None:
    value = Evaluation(wrong=1, total=3, loss=math.nan, log_loss=math.inf).as_json()
    assert value["loss"] is None
    assert value["log_loss"] is None
    assert "NaN" not in json.dumps(value, allow_nan=False)
    assert math.isnan(Evaluation.from_json(value, "it").loss)


@pytest.mark.parametrize(
    "value",
    [
        [],
        {},
        {"wrong": 3, "total": 2},
        {"wrong": 1, "total": 2, "loss": 0.1, "log_loss": 0.1, "unseen": {"wrong": 2, "total": 1}},
        {"wrong": True, "total": 2},
        {"wrong": 1, "total": 2, "loss": "low"},
        {"wrong": 1, "total": 2, "top2_accuracy": True},
    ],
)
def test_nonsense_is_refused(value: object) -> None:
    with pytest.raises(RunError, match=r"evaluation\.json: no evaluation that makes sense"):
        Evaluation.from_json(value, "evaluation.json")
