"""What is counted from stored predictions is what Keras' own `evaluate` says of the same model and pictures."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from sklearn.metrics import accuracy_score, log_loss
from tests.run.small import small_recipe

from tenfold.images.load import load
from tenfold.recipe.training import labels_for
from tenfold.run.run import Run
from tenfold.run.train import train


@pytest.fixture(scope="module", params=["sparse", "one-hot"])
def run(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Run:
    loss = "sparse_categorical_crossentropy" if request.param == "sparse" else "categorical_crossentropy"
    metrics = ["accuracy", {"metric": f"{'Sparse' * (request.param == 'sparse')}TopKCategoricalAccuracy", "k": 2}]
    recipe = small_recipe(labels=request.param, loss=loss, metrics=metrics, epochs=3)
    return train(recipe, "digits", runs=tmp_path_factory.mktemp("runs"), verbose=0)


def test_accuracy_loss_and_top_2_are_those_of_keras(run: Run, tmp_path: Path) -> None:
    test = load("digits").test
    targets = labels_for(run.recipe, test.labels, 10)
    loss, accuracy, top_2 = run.model().evaluate(test.images, targets, verbose=0)
    predictions = run.predictions
    assert run.evaluation.accuracy == predictions.accuracy == pytest.approx(accuracy, abs=1e-7)
    assert run.evaluation.loss == pytest.approx(loss, rel=1e-5)
    assert run.evaluation.log_loss == pytest.approx(loss, rel=1e-5)
    assert predictions.top_accuracy(2) == pytest.approx(top_2, abs=1e-7)


def test_accuracy_and_log_loss_are_those_of_scikit_learn(run: Run) -> None:
    predictions = run.predictions
    assert predictions.accuracy == pytest.approx(accuracy_score(predictions.labels, predictions.predicted))
    probabilities = predictions.probabilities.astype(np.float64)
    probabilities /= probabilities.sum(axis=1, keepdims=True)
    assert predictions.log_loss == pytest.approx(log_loss(predictions.labels, probabilities), rel=1e-6)
