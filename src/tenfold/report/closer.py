"""What the network looked at, in the mistakes that it was surest of and in a right answer beside them: which pixels the
answer hung on, what every layer made of them, what it said of the other classes, and the nearest training pictures.

It needs the pictures and the network, and is bounded in what it costs: a few pictures, covered at as many places and
held against as many training pictures as take about a second each.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np

from tenfold.charts.pictures import blended, grey
from tenfold.charts.probabilities import spelled
from tenfold.errors import one_line
from tenfold.evaluation.mistakes import Judged, Mistakes, judged, ordered
from tenfold.evaluation.neighbours import nearest
from tenfold.evaluation.predictions import Predictions
from tenfold.images.dataset import Dataset, Images
from tenfold.report.answers import of_layers
from tenfold.report.figures import picture
from tenfold.report.markup import Html, name, tag, together
from tenfold.report.material import Material

if TYPE_CHECKING:
    from tenfold.backend import keras

LOOKED_AT = 3  # mistakes, and one right answer
NEAREST = 3  # training pictures for each
CLASSES = 3  # the most probable ones
SEARCHED = 64 * 2**20  # bytes of training pictures among which the nearest are looked for
MULTIPLICATIONS = 5_000_000_000  # that covering the pictures may cost: about a second
FEWEST, MOST = 7, 14  # places along a side at which they are covered

Item = tuple[Html, Html]  # a picture, and what stands below it


def look(material: Material) -> Html:
    """A right answer and the surest mistakes, each with a row of pictures."""
    predictions, pictures, data = material.predictions, material.pictures, material.dataset
    if predictions is None or not len(predictions):
        return Html("")
    if pictures is None or data is None:
        return tag("p", "Left out, for the pictures are not at hand.")
    shown = chosen(predictions)
    ids = [one.id for one in shown]
    asked = np.stack([pictures[one] for one in ids])  # (those chosen, height, width, channels)
    glowing = hung_on(material.model, asked, predictions.predicted[ids].tolist())
    near, every = neighbours(data, asked)
    items = [
        tag(
            "li",
            sentence(one),
            strip([[(drawn(one, pixels), Html("the picture"))], glow, twins]),
            bars(one, predictions),
            Html("") if material.model is None else of_layers(material.model, pixels),
        )
        for one, pixels, glow, twins in zip(shown, asked, glowing, near, strict=True)
    ]
    return together([tag("p", in_words(bool(glowing[0]), every)), tag("ul", together(items), class_="closer")])


def chosen(predictions: Predictions) -> tuple[Judged, ...]:
    """The surest mistakes, and before them the surest right answer about the class that the first of them is of."""
    wrong = Mistakes(predictions).most_confident(LOOKED_AT)
    right = np.flatnonzero(predictions.predicted == predictions.labels)
    alike = right[predictions.labels[right] == predictions.labels[wrong[0].id]] if wrong else right
    among = alike if len(alike) else right
    return (*judged(predictions, among[ordered(-predictions.confidence[among])][:1]), *wrong)


def in_words(glows: bool, every: int) -> str:
    """What the pictures are."""
    hung = (
        "Beside each picture, bright, the pixels whose smallest change would move the answer most (its gradient), and "
        "in orange what it hung on: where covering the picture costs it most."
        if glows
        else "What the answer hung on is left out, for the network is not at hand, or too large to be asked that often."
    )
    among = "" if every == 1 else f", among one in {every:,} of them"
    return f"{hung} Then the training pictures that are nearest by their pixels{among}, and what the network said."


def hung_on(model: keras.Model | None, asked: Images, said: Sequence[int]) -> list[list[Item]]:
    """For each picture its gradient, and itself with its decisive parts glowing; nothing where that costs too much."""
    places = 0 if model is None else places_in_budget(model, len(asked))
    if model is None or places < FEWEST:
        return [[] for _ in asked]
    from tenfold.evaluation.inspection.saliency import by_gradients, by_occlusions

    rising = np.abs(by_gradients(model, asked, said)).max(axis=-1)  # (pictures, height, width)
    fallen = by_occlusions(model, asked, said, finest=places)  # (height, width) of each
    return [
        [
            (
                picture(grey(steep), "Its gradient: the brighter, the more a pixel moves the answer"),
                Html("its gradient"),
            ),
            (picture(blended(pixels, each), "The same, its decisive parts in orange"), Html("what it hung on")),
        ]
        for pixels, steep, each in zip(asked, rising, fallen, strict=True)
    ]


def places_in_budget(model: keras.Model, pictures: int) -> int:
    """At how many places along a side each of so many pictures can be covered in about a second."""
    from tenfold.recipe.network import layer_table, multiplications

    of_one = max(1, multiplications(layer_table(model)))
    return min(MOST, math.isqrt(MULTIPLICATIONS // (of_one * pictures)))


def neighbours(data: Dataset, asked: Images) -> tuple[list[list[Item]], int]:
    """For each picture the nearest training pictures with their labels; and of how many one was looked at."""
    train = data.train
    every = max(1, -(-train.images.nbytes // SEARCHED))
    found = nearest(train.images[::every], asked, NEAREST)
    near = []
    for places in found.indices * every:
        labels = [data.classes[train.labels[place]] for place in places]
        near.append(
            [
                (
                    picture(train.images[place], f"Training picture {place}, labelled {one_line(label)}"),
                    together([name(label), tag("br"), f"train #{place}"]),
                )
                for place, label in zip(places, labels, strict=True)
            ]
        )
    return near, every


def sentence(one: Judged) -> Html:
    if one.right:
        return tag("p", f"#{one.id}: said ", name(one.predicted), ", rightly", class_="claim")
    return tag("p", f"#{one.id}: said ", name(one.predicted), ", is ", name(one.true), class_="claim")


def drawn(one: Judged, pixels: Images) -> Html:
    return picture(pixels, f"Picture {one.id}: said {one.predicted}, is {one.true}")


def strip(groups: Sequence[Sequence[Item]]) -> Html:
    """Pictures in a row, each with its line."""
    items = together(tag("li", shown, tag("span", below)) for group in groups for shown, below in group)
    return tag("ul", items, class_="pictures")


def bars(one: Judged, predictions: Predictions) -> Html:
    """The most probable classes with their probabilities."""
    row = predictions.probabilities[one.id]
    best = np.argsort(-np.nan_to_num(row, nan=-np.inf), kind="stable")[:CLASSES]
    lines = together(
        tag(
            "li",
            tag("span", style=f"--share: {share(row[place]):.3f}"),
            name(predictions.classes[place]),
            " ",
            spelled(float(row[place])),
        )
        for place in best
    )
    return tag("ul", lines, class_="bars")


def share(value: float) -> float:
    """A probability as the length of a bar."""
    return float(np.clip(np.nan_to_num(value), 0, 1))
