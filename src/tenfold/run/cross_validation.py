"""What networks say about training pictures that they were not trained on: k-fold cross-validation.

The pictures are dealt into folds; for each fold a network is trained on all the others and asked about it. So every
picture is judged by a network that has never seen its label, which is what label suspects need. Nothing is written.
"""

from __future__ import annotations

from collections.abc import Callable

import jax
import jax.numpy as jnp
import numpy as np

from tenfold.engine import TrainState, fit, predict
from tenfold.evaluation.predictions import Predictions
from tenfold.evaluation.suspects import Suspects, suspects
from tenfold.images.assemble import ignore
from tenfold.images.dataset import Dataset
from tenfold.images.pixels import taken
from tenfold.images.splits import folds as dealt
from tenfold.recipe.network import build
from tenfold.recipe.overrides import apply
from tenfold.recipe.presets import load_preset
from tenfold.recipe.recipe import Recipe
from tenfold.recipe.training import labels_for

FOLDS = 5
STEPS = 1_000  # that the quick recipe trains at least for, or its epochs are too few to have learned anything
FEWEST_EPOCHS, MOST_EPOCHS = 4, 100


def out_of_sample(
    dataset: Dataset,
    recipe: Recipe | None = None,
    *,
    folds: int = FOLDS,
    seed: int = 0,
    say: Callable[[str], None] = ignore,
) -> Predictions:
    """Predictions for every training picture of `dataset`, each by a network that was not trained on it.

    recipe: what is trained; without one, the quick network that `quick` makes for so many pictures.
    """
    images, labels, classes = dataset.train.images, dataset.train.labels, dataset.classes
    recipe = recipe or quick(len(labels) * (folds - 1) // folds)
    numbers = dealt(labels, folds, seed)
    rows = len(labels) - int(np.bincount(numbers).max())  # as many in every training: one compiled program serves all
    model = build(recipe, dataset.shape, len(classes))
    model.optimizer.build(model.trainable_variables)
    untrained = jax.tree.map(np.asarray, TrainState.of(model))
    outputs = np.empty((len(labels), len(classes)), np.float32)
    for number in range(folds):
        others, asked = np.flatnonzero(numbers != number)[:rows], np.flatnonzero(numbers == number)
        say(
            f"Fold {number + 1} of {folds}: {recipe.name} learns from {len(others):,} pictures and is asked about "
            f"{len(asked):,} others."
        )
        fresh = untrained._replace(metrics=TrainState.of(model).metrics)  # which the first training adds to
        jax.tree.map(jnp.array, fresh).into(model)  # copies: training writes over them
        fit(
            model,
            taken(images, others),
            labels_for(recipe, labels[others], len(classes)),
            batch_size=recipe.training.batch_size,
            epochs=recipe.training.epochs,
            seed=recipe.training.seed,
            verbose=0,
        )
        outputs[asked] = predict(model, taken(images, asked))
    return Predictions.of(outputs, labels, classes)


def training_suspects(
    dataset: Dataset,
    recipe: Recipe | None = None,
    *,
    folds: int = FOLDS,
    seed: int = 0,
    say: Callable[[str], None] = ignore,
) -> Suspects:
    """The training pictures whose labels look wrong to networks that had not seen them; arguments as above."""
    return suspects(out_of_sample(dataset, recipe, folds=folds, seed=seed, say=say))


def quick(pictures: int) -> Recipe:
    """A small network that learns `pictures` in seconds: the first one, for as many epochs as it takes."""
    recipe = load_preset("first")
    steps = max(1, pictures // recipe.training.batch_size)
    epochs = min(max(FEWEST_EPOCHS, round(STEPS / steps)), MOST_EPOCHS)
    return apply(recipe, {"training.epochs": epochs})
