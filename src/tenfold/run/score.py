"""Scoring a trained model on the pictures that it never saw, and writing the result into its run."""

from __future__ import annotations

import numpy as np

from tenfold.backend import keras
from tenfold.engine import loss_of, predict
from tenfold.errors import TrainingError
from tenfold.evaluation.evaluation import Evaluation
from tenfold.evaluation.findings.evidence import Evidence
from tenfold.evaluation.findings.given import unseen
from tenfold.evaluation.predictions import Predictions
from tenfold.files import replacing_by_name, write_json
from tenfold.images.dataset import Dataset
from tenfold.recipe.recipe import Recipe
from tenfold.recipe.training import labels_for
from tenfold.run.directory import Directory
from tenfold.run.same import same_in


def score(model: keras.Model, recipe: Recipe, dataset: Dataset, split: str = "test") -> tuple[Predictions, Evaluation]:
    """What the model says about every picture of a split, and how good that is."""
    pictures = dataset.splits[split]
    outputs = np.asarray(predict(model, pictures.images)).astype(np.float32)
    if outputs.shape != (len(pictures), len(dataset.classes)):
        raise TrainingError(
            "the network",
            found=f"outputs of shape {outputs.shape[1:]} for a picture",
            expected=f"one number for each of the {len(dataset.classes)} classes",
        )
    loss = loss_of(model, labels_for(recipe, pictures.labels, len(dataset.classes)), outputs)
    predictions = Predictions.of(outputs, pictures.labels, dataset.classes)
    rest = not_seen(predictions, dataset) if split == "test" else None
    return predictions, Evaluation.of(predictions, loss, split, rest)


def not_seen(predictions: Predictions, dataset: Dataset) -> tuple[int, int] | None:
    """How many are wrong, of how many, of the test pictures that training has not seen; None where it saw none."""
    same = same_in(dataset)
    rest = unseen(Evidence(predictions=predictions, same=same.groups, searched=same.searched))
    if rest is predictions:
        return None
    return (len(rest.wrong), len(rest)) if rest is not None else (0, 0)


def write_model(directory: Directory, model: keras.Model) -> None:
    """Write `model.keras`. Keras writes in place, so it is given a name beside it, on the run's own disk."""
    with replacing_by_name(directory.model) as beside:
        model.save(beside)


def write_score(directory: Directory, predictions: Predictions, evaluation: Evaluation) -> None:
    predictions.save(directory.predictions)
    write_json(directory.evaluation, evaluation.as_json())
