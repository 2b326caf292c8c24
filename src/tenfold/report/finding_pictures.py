"""The pictures that a finding speaks of, small, each with what is said of it: a gallery below the claim.

A finding names pictures by their places, and may come from anyone: what is no place of a picture that is at hand is
left out, and where nothing is left there is no gallery.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import partial
from itertools import islice
from typing import Any, NamedTuple

from tenfold.evaluation.finding import Finding
from tenfold.images.dataset import Dataset
from tenfold.report.figures import picture
from tenfold.report.markup import Html, name, tag, together
from tenfold.report.material import Material
from tenfold.text_table import percent

MOST = 12  # items of a gallery

Evidence = Mapping[str, Any]
Place = tuple[str, int]  # a split, and a picture's place in it
Group = Sequence[Place]  # of pictures that are the same, or nearly
Items = Iterator[Html]


def shown(finding: Finding, material: Material) -> Html:
    """The gallery of a finding; nothing where it speaks of no pictures, or where they are not at hand."""
    gallery = GALLERIES.get(finding.kind)
    if gallery is None or material.dataset is None:
        return Html("")
    items = together(islice(gallery.items(finding.evidence, material.dataset, material), MOST))
    pictures = tag("ul", items, class_=f"pictures {gallery.look}".strip())
    return tag("figure", tag("figcaption", gallery.title), pictures, class_="shown") if items else Html("")


def mistaken(evidence: Evidence, data: Dataset, material: Material) -> Items:
    """Test pictures, each with its label and what it was taken for."""
    predictions = material.predictions
    if predictions is None or material.pictures is None:
        return
    for one in named_in(evidence):
        if is_in(data, ("test", one)):
            label, answer = (predictions.classes[of[one]] for of in (predictions.labels, predictions.predicted))
            drawn = picture(data.test.images[one], f"Picture {one}: labelled {label}, taken for {answer}")
            yield tag("li", drawn, tag("span", f"#{one} ", name(label), " → ", name(answer)))


def doubted(evidence: Evidence, data: Dataset, _: Material) -> Items:
    """Training pictures, each with the label that it was given and what the network says, with its probability."""
    for index, said, sure in doubts_in(evidence):
        if is_in(data, ("train", index)):
            label = label_of(data, ("train", index))
            alt = f"Training picture {index}: labelled {label}, looks like {said}"
            words = tag("span", f"#{index}", tag("br"), name(label), " → ", name(said), tag("br"), percent(sure))
            yield tag("li", picture(data.train.images[index], alt), words)


def repeated(groups_in: Callable[[Evidence], Iterator[Group]], evidence: Evidence, data: Dataset, _: Material) -> Items:
    """The pictures that occur several times, each once, with all its places and the label that it has there."""
    for group in at_hand(groups_in(evidence), data):
        places = [(split, index, label_of(data, (split, index))) for split, index in group]
        told = ", ".join(f"{split} {index}, labelled {label}" for split, index, label in places)
        lines = together(tag("span", f"{split} #{index}, ", name(label), tag("br")) for split, index, label in places)
        yield tag("li", picture(pixels_of(data, group[0]), f"Picture that occurs as {told}"), lines)


def side_by_side(evidence: Evidence, data: Dataset, _: Material) -> Items:
    """Test pictures, each beside the training picture that it is nearly, both with their labels."""
    for group in at_hand(twins_in(evidence), data):
        yield tag("li", together(labelled(data, place) for place in group))


def labelled(data: Dataset, place: Place) -> Html:
    """A picture, and below it its place and its label."""
    (split, index), label = place, label_of(data, place)
    whose = {"train": "Training"}.get(split, split.capitalize())
    drawn = picture(pixels_of(data, place), f"{whose} picture {index}, labelled {label}")
    return tag("div", drawn, tag("span", f"#{index}", tag("br"), name(label)))


def pixels_of(data: Dataset, place: Place) -> Any:
    split, index = place
    return data.splits[split].images[index]


def label_of(data: Dataset, place: Place) -> str:
    split, index = place
    return data.classes[int(data.splits[split].labels[index])]


def is_in(data: Dataset, place: Place) -> bool:
    split = data.splits.get(place[0])
    return split is not None and 0 <= place[1] < len(split)


def at_hand(groups: Iterator[Group], data: Dataset) -> Iterator[Group]:
    """The groups all of whose pictures there are."""
    return (group for group in groups if len(group) > 1 and all(is_in(data, place) for place in group))


def named_in(evidence: Evidence) -> list[int]:
    """The test pictures in a piece of evidence: its own, those of its first pair, or those of its list."""
    pairs, found = evidence.get("pairs"), evidence.get("ids")
    if isinstance(pairs, list) and pairs and isinstance(pairs[0], Mapping):
        return named_in(pairs[0])
    if not isinstance(found, list):
        found = [one.get("id") for one in listed(evidence, "pictures") if isinstance(one, Mapping)]
    return [one for one in found if type(one) is int]


def doubts_in(evidence: Evidence) -> Iterator[tuple[int, str, float]]:
    """Training pictures whose labels are doubted: the place of each, what it looks like, and how surely."""
    for one in listed(evidence, "pictures"):
        told = one if isinstance(one, Mapping) else {}
        index, said, sure = (told.get(key) for key in ("id", "suggested", "probability"))
        if type(index) is int and isinstance(said, str) and isinstance(sure, float):
            yield index, said, sure


def twins_in(evidence: Evidence) -> Iterator[Group]:
    """Test pictures, each with the picture that it equals, or nearly."""
    for one, twin in zip(listed(evidence, "ids"), listed(evidence, "seen_as"), strict=False):
        yield places_in([["test", one], twin])


def sets_in(evidence: Evidence) -> Iterator[Group]:
    """Sets of equal pictures."""
    return map(places_in, listed(evidence, "pictures"))


def repeats_in(evidence: Evidence) -> Iterator[Group]:
    """Sets of equal training pictures."""
    return (
        places_in([["train", one] for one in group])
        for group in listed(evidence, "examples")
        if isinstance(group, list)
    )


def places_in(group: object) -> Group:
    """What is a place in a list of places."""
    places = [one for one in group if isinstance(one, list) and len(one) > 1] if isinstance(group, list) else []
    return [(split, index) for split, index, *_ in places if isinstance(split, str) and type(index) is int]


def listed(evidence: Evidence, key: str) -> list[Any]:
    found = evidence.get(key)
    return found if isinstance(found, list) else []


class Gallery(NamedTuple):
    """What the pictures of one kind of finding are, how they are drawn, and how they stand beside one another."""

    title: str
    items: Callable[[Evidence, Dataset, Material], Items]
    look: str = ""


MISTAKEN = Gallery("Test pictures: the label → what it was taken for", mistaken)
ONCE = "Each picture once, with all its places and its label there"
GALLERIES = {
    **dict.fromkeys(("exchanged", "confused", "weak_class", "suspects"), MISTAKEN),
    "leak": Gallery(ONCE, partial(repeated, twins_in)),
    "two_labels": Gallery(ONCE, partial(repeated, sets_in)),
    "duplicates": Gallery(ONCE, partial(repeated, repeats_in)),
    "near_leak": Gallery("Left test pictures, right the training pictures that they nearly are", side_by_side, "pairs"),
    "training_suspects": Gallery("Training pictures: the label → what the network says, how surely", doubted),
}
