"""What a run says about a picture that it has never seen: the label, how probable it is, and all the others."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from tenfold.backend import keras
from tenfold.engine import predict
from tenfold.errors import DataError, InputError, did_you_mean, one_line
from tenfold.evaluation.evaluation import finite
from tenfold.evaluation.inspection.saliency import by_gradient, by_occlusion
from tenfold.images.picture import read_picture
from tenfold.run.familiar import Compare, Neighbour
from tenfold.text_table import percent

Picture = str | Path | bytes | npt.NDArray[np.uint8]

BLANK = "it is of one colour throughout: there is nothing on it to go by"


@dataclass(frozen=True)
class Answer:
    """The most probable label of one picture."""

    label: str
    probability: float
    probabilities: Mapping[str, float]
    nearest: tuple[Neighbour, ...] = field(default=(), kw_only=True)  # training pictures, if they were asked for
    doubts: tuple[str, ...] = field(default=(), kw_only=True)  # about the picture, a sentence each

    @property
    def warnings(self) -> tuple[str, ...]:
        """What makes the answer doubtful, a sentence each."""
        return self.doubts

    def as_json(self) -> dict[str, Any]:
        """For programs; a probability that is no number (the network has diverged) is `null`."""
        probabilities = {label: finite(probability) for label, probability in self.probabilities.items()}
        return {
            "label": self.label,
            "probability": finite(self.probability),
            "probabilities": probabilities,
            "nearest": [{name: each[name] for name in ("index", "label", "distance")} for each in self.nearest],
            "warnings": list(self.warnings),
        }

    def chart(self, picture: npt.NDArray[np.uint8] | None = None) -> Any:
        """The probability of every class as an Altair chart, beside the picture, where that is given."""
        from tenfold.charts.probabilities import probabilities

        return probabilities(list(self.probabilities.values()), list(self.probabilities), image=picture)

    def __str__(self) -> str:
        return f"{one_line(self.label)} ({percent(self.probability)})"

    __repr__ = __str__


def answers(
    model: keras.Model,
    pictures: Sequence[Picture],
    shape: tuple[int, int, int],
    classes: Sequence[str],
    compare: Compare,
) -> list[Answer]:
    """An answer for each of `pictures`, each brought to `shape` first."""
    if not pictures:
        return []
    batch = np.stack([brought_to(shape, picture) for picture in pictures])  # (pictures, height, width, channels)
    rows = np.asarray(predict(model, batch)).astype(np.float32)
    return [
        replace(answer(row, classes), nearest=likeness.pictures, doubts=(*doubts_about(image), *likeness.doubts))
        for row, image, likeness in zip(rows, batch, compare(batch), strict=True)
    ]


def doubts_about(image: npt.NDArray[np.uint8]) -> tuple[str, ...]:
    """What can be said against an answer about a picture (height, width, channels) without any other picture."""
    return (BLANK,) if (image == image[:1, :1]).all() else ()


def answer(row: npt.NDArray[np.float32], classes: Sequence[str]) -> Answer:
    best = int(np.argmax(row))
    return Answer(classes[best], float(row[best]), {name: float(p) for name, p in zip(classes, row, strict=True)})


def saliency(
    model: keras.Model,
    picture: Picture,
    shape: tuple[int, int, int],
    classes: Sequence[str],
    label: str | None,
    by: str,
) -> npt.NDArray[np.float32]:
    """Which pixels of a picture speak for the class called `label`."""
    ways = {"gradient": by_gradient, "occlusion": by_occlusion}
    if by not in ways:
        raise InputError("saliency", found=f"by={by!r}", expected="'gradient' or 'occlusion'")
    if label is not None and label not in classes:
        raise InputError("label", found=repr(label), expected="a class of the run", do=did_you_mean(label, classes))
    return ways[by](model, brought_to(shape, picture), None if label is None else classes.index(label))


def are_framed(pictures: Sequence[Picture], shape: tuple[int, int, int]) -> bool:
    """Whether all pictures are arrays of the shape that the network takes, as those of a dataset are."""
    return all(isinstance(picture, np.ndarray) and picture.shape in (shape, shape[:2]) for picture in pictures)


def brought_to(shape: tuple[int, int, int], picture: Picture) -> npt.NDArray[np.uint8]:
    """A picture of the shape that the network takes."""
    height, width, channels = shape
    if not isinstance(picture, np.ndarray):
        return read_picture(picture, channels=channels, size=(height, width))
    array = picture[..., np.newaxis] if picture.ndim == 2 else picture
    if array.shape != shape or array.dtype != np.uint8:
        raise DataError(
            "picture",
            found=f"an array of {picture.dtype} with shape {picture.shape}",
            expected=f"uint8 with shape {shape}",
            do="give the picture's file instead, and it is resized",
        )
    return array
