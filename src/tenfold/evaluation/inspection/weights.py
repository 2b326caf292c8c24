"""How the numbers of a weight matrix are spread: a histogram and the few numbers that go with it.

Taken after every epoch it must cost next to nothing, so the bins are equal steps between the smallest and the largest
weight, and counted in four passes. What is kept of it, and where, is in `run/layer_log.py`.
"""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import numpy.typing as npt

from tenfold.backend import keras
from tenfold.evaluation.inspection.layers import layers_of, weights_of

BINS = 40


def weight_table(model: keras.Model) -> list[dict[str, Any]]:
    """A row for every weight and bias of every layer: layer, weight, shape, and what `spread` says of it."""
    return [
        {"layer": layer.name, "weight": name, "shape": list(variable.shape), **spread(np.asarray(variable.value))}
        for layer in layers_of(model)
        for name, variable in weights_of(layer)
    ]


def spread(weights: npt.NDArray[Any]) -> dict[str, Any]:
    """min, max, mean, deviation, norm, and `counts`: how many weights lie in each of BINS steps from min to max.

    Of weights that are no numbers any more only their count is told, as `not_finite`.
    """
    values = weights.astype(np.float32).ravel()
    lost = 0
    if not np.isfinite(values.min(initial=0) + values.max(initial=0)):
        finite = values[np.isfinite(values)]
        lost, values = len(values) - len(finite), finite
    if not len(values):
        numbers: dict[str, Any] = dict.fromkeys(("min", "max", "mean", "deviation", "norm"))
        return {**numbers, "counts": [], "not_finite": lost}
    low, high = float(values.min()), float(values.max())
    return {
        "min": short(low),
        "max": short(high),
        "mean": short(values.mean(dtype=np.float64)),
        "deviation": short(values.std(dtype=np.float64)),
        "norm": short(math.sqrt(np.square(values, dtype=np.float64).sum())),
        "counts": counted(values, low, high),
        "not_finite": lost,
    }


def counted(values: npt.NDArray[np.float32], low: float, high: float) -> list[int]:
    """How many values lie in each of BINS equal steps; all in the first where there is no way from low to high."""
    with np.errstate(over="ignore"):  # from -3e38 to 3e38 is infinitely far
        steps = np.float32(BINS / (high - low) if high > low else 0.0)
        places = (values - np.float32(low)) * (steps if np.isfinite(steps) else np.float32(0))
    places = np.minimum(places, BINS - 1).astype(np.uint8)
    return [int(count) for count in np.bincount(places, minlength=BINS)]


def short(number: Any) -> float:
    """To six digits: what a chart can show, and half of what the file would be."""
    return float(f"{float(number):.6g}")
