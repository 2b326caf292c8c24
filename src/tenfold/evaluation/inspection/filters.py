"""What the first layer looks for, and every convolution after it: weights as small pictures.

A unit of a dense layer that sees the pixels has a weight for each of them, so its weights are a picture of their size:
bright where ink speaks for the unit, dark where it speaks against. A convolution's filter is a picture of a few pixels.
"""

from __future__ import annotations

import math

import numpy as np
import numpy.typing as npt

from tenfold.backend import keras
from tenfold.evaluation.inspection.layers import layers_of

Pictures = npt.NDArray[np.float32]  # (units, height, width, channels), signed


def filters(model: keras.Model, shape: tuple[int, int, int]) -> dict[str, Pictures]:
    """By layer: the pictures of every convolution, and of a dense layer that sees pixels of `shape` themselves."""
    found = {}
    untouched = True  # no weight has come between the pixels and this layer
    for layer in layers_of(model):
        if isinstance(layer, keras.layers.DepthwiseConv2D):
            kernel = np.asarray(layer.kernel)  # (height, width, channels, filters of each)
            found[layer.name] = kernel.reshape(*kernel.shape[:2], -1).transpose(2, 0, 1)[..., np.newaxis]
        elif isinstance(layer, keras.layers.Conv2D):
            found[layer.name] = np.asarray(layer.kernel).transpose(
                3, 0, 1, 2
            )  # from (height, width, channels, filters)
        elif isinstance(layer, keras.layers.Dense) and untouched:
            kernel = np.asarray(layer.kernel)  # (inputs, units)
            if len(kernel) == math.prod(shape):
                found[layer.name] = kernel.T.reshape(-1, *shape)
        untouched = untouched and not layer.weights
    return {name: np.asarray(pictures, np.float32) for name, pictures in found.items()}
