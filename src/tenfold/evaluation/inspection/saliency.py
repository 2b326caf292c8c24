"""Which pixels decided: by the gradient of the winning class' score, and by covering parts of the picture.

The score is what the network gives before its softmax: of a network that is sure, the probability is 1 whatever small
thing is changed, and its gradient nothing. The gradient is quick and speaks of tiny changes; covering takes some
hundred predictions and speaks of what is really missed.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np
import numpy.typing as npt

from tenfold.backend import keras
from tenfold.compiling import jit
from tenfold.evaluation.inspection.layers import layers_of

Floats = npt.NDArray[np.float32]
Score = Callable[[Any], Any]  # (pictures, height, width, channels) → (pictures, classes)

BATCH = 250  # covered pictures at once
FINEST = 32  # places along a side; of larger pictures not every pixel is the corner of a cover
COVER = 7  # a cover's side is this part of the picture's


def by_gradient(model: keras.Model, picture: npt.NDArray[Any], label: int | None = None) -> Floats:
    """How much the score of `label` (the winning class) rises with each pixel: (height, width, channels), signed."""
    (found,) = by_gradients(model, picture[np.newaxis], None if label is None else [label])
    return np.asarray(found)


def by_gradients(model: keras.Model, pictures: npt.NDArray[Any], labels: Sequence[int] | None = None) -> Floats:
    """The same for several pictures, in one program: (pictures, height, width, channels)."""
    with scored(model) as score:

        def of_all(pixels: Any, labels: Any) -> Any:
            return score(pixels)[jnp.arange(len(pixels)), labels].sum()  # each depends on its own picture alone

        pixels = jnp.asarray(pictures, jnp.float32)
        chosen = jnp.argmax(score(pixels), axis=1) if labels is None else jnp.asarray(labels)
        return np.asarray(jit(jax.grad(of_all))(pixels, chosen), np.float32)


def by_occlusion(
    model: keras.Model, picture: npt.NDArray[Any], label: int | None = None, cover: int | None = None
) -> Floats:
    """How much the score of `label` (the winning class) falls when a pixel is covered: (height, width).

    A square with a side of `cover` pixels, in the colour of the picture's edge, is laid everywhere in turn; a pixel
    gets the mean over all squares that cover it.
    """
    (found,) = by_occlusions(model, picture[np.newaxis], None if label is None else [label], cover)
    return found


def by_occlusions(
    model: keras.Model,
    pictures: npt.NDArray[Any],
    labels: Sequence[int] | None = None,
    cover: int | None = None,
    finest: int = FINEST,
) -> list[Floats]:
    """The same for several pictures (pictures, height, width, channels), with squares at `finest` places a side."""
    with scored(model) as plain_score:
        score = jit(plain_score)
        chosen: Sequence[int | None] = [None] * len(pictures) if labels is None else labels
        return [covered(score, each, label, cover, finest) for each, label in zip(pictures, chosen, strict=True)]


def covered(score: Score, picture: npt.NDArray[Any], label: int | None, cover: int | None, finest: int) -> Floats:
    """How much the score of one picture falls at each of its pixels."""
    height, width = picture.shape[:2]
    side = cover or max(1, min(height, width) // COVER)
    step = max(1, max(height, width) // finest)
    corners = [(top, left) for top in places(height, side, step) for left in places(width, side, step)]
    edge = np.concatenate([picture[0], picture[-1], picture[:, 0], picture[:, -1]])  # (pixels, channels)
    colour = np.median(edge, axis=0)
    fallen, times = np.zeros((height, width)), np.zeros((height, width))
    whole = np.asarray(score(jnp.asarray(picture[np.newaxis], jnp.float32)))[0]
    label = int(np.argmax(whole)) if label is None else label
    size = min(BATCH, len(corners))
    for first in range(0, len(corners), size):
        part = corners[first : first + size]
        batch = np.repeat(picture[np.newaxis].astype(np.float32), size, axis=0)  # always as many, for one program
        for one, (top, left) in zip(batch, part, strict=False):
            one[top : top + side, left : left + side] = colour
        scores = np.asarray(score(jnp.asarray(batch)))[: len(part), label]
        for (top, left), left_over in zip(part, scores, strict=True):
            fallen[top : top + side, left : left + side] += whole[label] - left_over
            times[top : top + side, left : left + side] += 1
    return np.asarray(fallen / np.maximum(times, 1), np.float32)


def places(length: int, side: int, step: int) -> list[int]:
    """Where covers begin along one side, the last of them at its very end."""
    last = max(0, length - side)
    return sorted({*range(0, last + 1, step), last})


@contextmanager
def scored(model: keras.Model) -> Iterator[Score]:
    """The model's scores before its softmax, where it ends in one; as a pure function, good within the block."""
    trainable = [variable.value for variable in model.trainable_variables]
    fixed = [variable.value for variable in model.non_trainable_variables]

    def score(pictures: Any) -> Any:
        outputs, _ = model.stateless_call(trainable, fixed, pictures, training=False)
        return outputs

    *_, last = layers_of(model)
    squashing = (keras.activations.softmax, keras.activations.sigmoid)
    if isinstance(last, keras.layers.Softmax):
        vars(last)["call"] = lambda inputs, mask=None: inputs  # noqa: ARG005 - Keras calls it so
        try:
            yield score
        finally:
            del vars(last)["call"]
    elif getattr(last, "activation", None) in squashing:
        really, last.activation = last.activation, keras.activations.linear
        try:
            yield score
        finally:
            last.activation = really
    else:
        yield score
