"""Predictions as they should not be and sometimes are: every number about them has a sensible value or none."""

from __future__ import annotations

import numpy as np

from tenfold.evaluation.predictions import Predictions

ABC = ("a", "b", "c")


def random_predictions(pictures: int = 500, classes: int = 4, skill: float = 1.5, seed: int = 0) -> Predictions:
    """Softmax outputs of a network that knows something: `skill` is how far the truth stands out of the noise."""
    rng = np.random.default_rng(seed)
    labels = rng.integers(0, classes, pictures)
    logits = rng.normal(size=(pictures, classes))
    logits[np.arange(pictures), labels] += skill
    odds = np.exp(logits)
    return Predictions.of(odds / odds.sum(axis=1, keepdims=True), labels, [f"class {n}" for n in range(classes)])


EXTREMES = {
    "nothing": Predictions.of(np.zeros((0, 3)), [], ABC),
    "one picture, right": Predictions.of([[0.2, 0.7, 0.1]], [1], ABC),
    "one picture, wrong": Predictions.of([[0.2, 0.7, 0.1]], [0], ABC),
    "one class": Predictions.of([[1.0], [1.0]], [0, 0], ("a",)),
    "two classes": Predictions.of([[0.8, 0.2], [0.4, 0.6], [0.9, 0.1]], [0, 1, 1], ("no", "yes")),
    "a class that does not occur": Predictions.of([[0.8, 0.1, 0.1], [0.1, 0.2, 0.7], [0.2, 0.7, 0.1]], [0, 1, 1], ABC),
    "a class never predicted": Predictions.of([[0.8, 0.1, 0.1], [0.7, 0.2, 0.1], [0.2, 0.7, 0.1]], [0, 2, 1], ABC),
    "always the same answer": Predictions.of(np.tile([0.2, 0.5, 0.3], (4, 1)), [0, 1, 2, 1], ABC),
    "all right and certain": Predictions.of(np.eye(3), [0, 1, 2], ABC),
    "all wrong and certain": Predictions.of(np.eye(3), [1, 2, 0], ABC),
    "diverged": Predictions.of(np.full((4, 3), np.nan), [0, 1, 2, 1], ABC),
    "diverged for one picture": Predictions.of([[0.1, 0.8, 0.1], [np.nan] * 3, [0.5, 0.3, 0.2]], [1, 2, 0], ABC),
    "infinite": Predictions.of([[np.inf, -np.inf, 0.0], [np.inf, np.inf, 1.0], [0.1, 0.2, 0.7]], [0, 1, 2], ABC),
    "sigmoids": Predictions.of([[0.9, 0.8, 0.1], [0.1, 0.2, 0.1], [0.9, 0.9, 0.9]], [0, 1, 2], ABC),
    "sigmoids that see nothing": Predictions.of(np.zeros((3, 3)), [0, 1, 2], ABC),
    "logits": Predictions.of([[3.0, -1.0, 0.5], [-2.0, -3.0, -1.0], [0.1, 9.0, 0.0]], [0, 1, 1], ABC),
    "hostile names": Predictions.of(np.eye(2)[[0, 1, 0]], [0, 1, 1], ("<script>alert(1)</script>", "a\x1b[2J\u202eb")),
}
