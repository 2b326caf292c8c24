"""The beginning of a report: what was trained, how good it is, what is missing, and what the run teaches."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from tenfold.evaluation.evaluation import in_words as losses
from tenfold.evaluation.finding import Finding
from tenfold.report.figures import picture
from tenfold.report.markup import Html, facts, name, tag, together, with_commands
from tenfold.report.material import Material
from tenfold.text_table import percent

ABOUT_TEST_PICTURES = ("confused", "weak_class", "suspects")  # kinds of findings whose ids are those of test pictures
EXAMPLES = 8  # of those pictures that are shown
LONGEST = 24  # entries of a piece of evidence that are spelled out


def header(material: Material) -> Html:
    """The name, the result, the facts in a line each, and a note for every part that is missing."""
    return tag(
        "header",
        tag("p", "Report on a training", class_="kicker"),
        tag("h1", name(material.run.name)),
        result(material),
        facts(in_short(material)),
        together(tag("p", sentence, class_="missing", role="note") for sentence in material.missing),
    )


def result(material: Material) -> Html:
    evaluation = material.evaluation or material.validation
    if evaluation is None:
        return Html("")
    low, high = evaluation.accuracy_interval
    return tag(
        "p",
        tag("strong", percent(evaluation.accuracy, 2), class_="big"),
        f" of the {evaluation.total:,} {evaluation.split} pictures are recognised, {evaluation.wrong:,} are not. "
        f"On all pictures of this kind it is, with 95 % confidence, between {percent(low, 2)} and {percent(high, 2)}.",
        class_="result",
    )


def in_short(material: Material) -> list[tuple[str, object]]:
    status = material.status
    compiling = f", and {status.compile_seconds:.1f} s of compiling" if status.compile_seconds >= 0.05 else ""
    told: list[tuple[str, object]] = [
        ("state", status.state),
        ("recipe", name(status.recipe)),
        ("parameters", f"{status.parameters:,}"),
        ("data", name(status.data)),
        ("trained", f"{status.epoch} of {status.epochs} epochs in {status.train_seconds:.1f} s{compiling}"),
    ]
    if (evaluation := material.evaluation or material.validation) is not None:
        told += [(f"{evaluation.split} loss", losses(evaluation.loss)), ("log loss", losses(evaluation.log_loss))]
        if evaluation.top2 is not None:
            told.append(("right in two guesses", percent(evaluation.top2, 2)))
    if material.looks is not None:
        told.append(("looks", str(material.looks)))
    return [*told, ("begun", status.started[:16].replace("T", " ") + " UTC")]


def findings(material: Material) -> Html:
    """Every finding with how sure it is, what to do, and its evidence to be opened."""
    if not material.findings:
        return tag("p", "Nothing was found out: findings are looked for when a training is done.")
    return tag("ul", together(told(finding, material) for finding in material.findings), class_="findings")


def told(finding: Finding, material: Material) -> Html:
    advice = tag("p", with_commands(finding.advice), class_="advice") if finding.advice else Html("")
    evidence = tag("details", tag("summary", "Evidence"), facts(spelled(finding.evidence))) if finding.evidence else ""
    claim = tag("p", finding.claim, " ", tag("span", finding.sure, class_="sure"), class_="claim")
    return tag("li", claim, examples(finding, material), advice, evidence or Html(""))


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


def named_in(evidence: Mapping[str, Any]) -> list[int]:
    """The places of pictures in a piece of evidence: its own, those of its first pair, or those of its list."""
    pairs, listed = evidence.get("pairs"), evidence.get("pictures")
    if isinstance(pairs, list) and pairs and isinstance(pairs[0], Mapping):
        return named_in(pairs[0])
    found = evidence.get("ids")
    if not isinstance(found, list):
        found = [one.get("id") for one in listed if isinstance(one, Mapping)] if isinstance(listed, list) else []
    return [one for one in found if type(one) is int]


def spelled(evidence: Mapping[str, Any]) -> list[tuple[str, str]]:
    return [(key.replace("_", " "), in_words(value)) for key, value in evidence.items()]


def in_words(value: Any) -> str:
    """A piece of evidence as a person reads it."""
    if isinstance(value, Mapping):
        return cut([f"{key}: {in_words(item)}" for key, item in value.items()])
    if isinstance(value, list):
        return cut([in_words(item) for item in value])
    if isinstance(value, float):
        return f"{value:.4g}"
    return f"{value:,}" if type(value) is int else "unknown" if value is None else str(value)


def cut(parts: list[str]) -> str:
    more = f", and {len(parts) - LONGEST:,} more" if len(parts) > LONGEST else ""
    return ", ".join(parts[:LONGEST]) + more
