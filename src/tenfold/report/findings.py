"""What the run teaches: its findings, each with the pictures that it speaks of, what to do, and its evidence."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from tenfold.evaluation.finding import Finding
from tenfold.images.dataset import Dataset
from tenfold.report.evidence import spelled
from tenfold.report.figures import picture
from tenfold.report.markup import Html, name, tag, together, with_commands
from tenfold.report.material import Material

ABOUT_TEST_PICTURES = ("exchanged", "confused", "weak_class", "suspects")  # kinds whose ids are those of test pictures
ABOUT_EQUAL_PICTURES = ("leak", "two_labels", "duplicates")  # kinds that name pictures of which there are several
EXAMPLES = 8  # of those pictures that are shown

Place = tuple[str, int]  # a split, and a picture's place in it


def findings(material: Material) -> Html:
    """Every finding with how sure it is, what to do, and its evidence to be opened."""
    if not material.findings:
        return tag("p", "Nothing was found out: findings are looked for when a training is done.")
    return tag("ul", together(told(finding, material) for finding in material.findings), class_="findings")


def told(finding: Finding, material: Material) -> Html:
    advice = tag("p", with_commands(finding.advice), class_="advice") if finding.advice else Html("")
    evidence = tag("details", tag("summary", "Evidence"), spelled(finding.evidence)) if finding.evidence else ""
    claim = tag("p", finding.claim, " ", tag("span", finding.sure, class_="sure"), class_="claim")
    shown = equal_pictures(finding, material) or examples(finding, material)
    return tag("li", claim, shown, advice, evidence or Html(""))


def examples(finding: Finding, material: Material) -> Html:
    """The test pictures that a finding is about, where it names some and they are at hand."""
    predictions, pictures = material.predictions, material.pictures
    if predictions is None or pictures is None or finding.kind not in ABOUT_TEST_PICTURES:
        return Html("")
    ids = [one for one in named_in(finding.evidence) if 0 <= one < len(pictures)][:EXAMPLES]
    true, said = (
        [predictions.classes[labels[one]] for one in ids] for labels in (predictions.labels, predictions.predicted)
    )
    items = together(
        tag(
            "li",
            picture(pictures[one], f"Picture {one}: labelled {label}, taken for {answer}"),
            tag("span", f"#{one} ", name(label), " → ", name(answer)),
        )
        for one, label, answer in zip(ids, true, said, strict=True)
    )
    return tag("ul", items, class_="pictures") if items else Html("")


def equal_pictures(finding: Finding, material: Material) -> Html:
    """The pictures that occur several times, each once, with all its places and the label that it has there."""
    data = material.dataset
    if data is None or finding.kind not in ABOUT_EQUAL_PICTURES:
        return Html("")
    groups = [group for group in equal_in(finding) if len(group) > 1 and all(is_in(data, place) for place in group)]
    items = together(one_of_several(group, data) for group in groups[:EXAMPLES])
    return tag("ul", items, class_="pictures") if items else Html("")


def equal_in(finding: Finding) -> Iterator[list[Place]]:
    """The groups of equal pictures in a piece of evidence; what is no place of a picture is left out."""
    told = {key: value for key, value in finding.evidence.items() if isinstance(value, list)}
    listed: list[Any]
    if finding.kind == "leak":
        listed = [
            [["test", one], twin] for one, twin in zip(told.get("ids", []), told.get("seen_as", []), strict=False)
        ]
    elif finding.kind == "two_labels":
        listed = told.get("pictures", [])
    else:
        listed = [[["train", one] for one in group] for group in told.get("examples", []) if isinstance(group, list)]
    for group in listed:
        places = [one for one in group if isinstance(one, list) and len(one) > 1] if isinstance(group, list) else []
        yield [(split, index) for split, index, *_ in places if isinstance(split, str) and type(index) is int]


def is_in(data: Dataset, place: Place) -> bool:
    split = data.splits.get(place[0])
    return split is not None and 0 <= place[1] < len(split)


def one_of_several(group: Sequence[Place], data: Dataset) -> Html:
    """A picture, and below it where it stands and what it is called there."""
    places = [(split, index, data.classes[data.splits[split].labels[index]]) for split, index in group]
    alt = "Picture that occurs as " + ", ".join(f"{split} {index}, labelled {label}" for split, index, label in places)
    lines = together(tag("span", f"{split} #{index}, ", name(label), tag("br")) for split, index, label in places)
    split, index = group[0]
    return tag("li", picture(data.splits[split].images[index], alt), lines)


def named_in(evidence: Mapping[str, Any]) -> list[int]:
    """The places of pictures in a piece of evidence: its own, those of its first pair, or those of its list."""
    pairs, listed = evidence.get("pairs"), evidence.get("pictures")
    if isinstance(pairs, list) and pairs and isinstance(pairs[0], Mapping):
        return named_in(pairs[0])
    found = evidence.get("ids")
    if not isinstance(found, list):
        found = [one.get("id") for one in listed if isinstance(one, Mapping)] if isinstance(listed, list) else []
    return [one for one in found if type(one) is int]
