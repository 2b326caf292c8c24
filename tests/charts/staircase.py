"""A ROC curve as scikit-learn gives it, for charts to shorten."""

from __future__ import annotations

from typing import Any

import numpy as np


def staircase(points: int, seed: int = 0) -> np.ndarray[Any, Any]:
    """Steps to the right and up, `points` of them, between (0, 0) and (1, 1)."""
    random = np.random.default_rng(seed)
    x, y = np.sort(random.random(points)) ** 1.5, np.sort(random.random(points)) ** 0.5
    return np.column_stack([np.repeat(x, 2)[:-1], np.repeat(y, 2)[1:]])
