"""The classes beside one another: which are confused, which one is known worst, which are rare."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np

from tenfold.evaluation.chance import binomial_at_most, poisson_at_least
from tenfold.evaluation.finding import Finding
from tenfold.evaluation.findings.evidence import Evidence, quotable
from tenfold.evaluation.findings.given import rare
from tenfold.evaluation.findings.learned import learned
from tenfold.evaluation.findings.standing import exchanged, lag
from tenfold.evaluation.interval import wilson
from tenfold.evaluation.predictions import Predictions
from tenfold.text_table import percent, plural

BY_CHANCE = 0.01  # how probable chance may make it that a rule speaks, over all classes together
FEWEST = 5  # mistakes, or it is no pattern
SHOWN = 5  # ids of pictures
MOST = 0.5  # of the test pictures in one class: to be right for them says little
KNOWN = 0.95  # balanced accuracy, with which the rare classes are known as well
BY_EACH = "Do not judge by the accuracy alone, but by each class (its recall) and by the balanced accuracy"
OF_RARE_ONES = "A network can be right most of the time and still know little of the rare ones."


def confused(evidence: Evidence) -> Iterator[Finding]:
    """Pairs of classes that are confused more often than they would be if mistakes fell on all pairs alike."""
    predictions = evidence.predictions
    if predictions is None or len(predictions.classes) < 3 or learned(evidence).guesses or exchanged(evidence):
        return
    confusion, names = predictions.confusion(), predictions.classes
    counts, pairs = confusion.counts, len(names) * (len(names) - 1) // 2
    either = np.triu(counts + counts.T, k=1)  # (classes, classes), above the diagonal
    usual = len(predictions.wrong) / pairs
    found: list[dict[str, Any]] = []
    for flat in np.argsort(-either, axis=None, kind="stable")[:3]:
        one, other = divmod(int(flat), len(names))
        count = int(either[one, other])
        if count < FEWEST or poisson_at_least(count, usual) * pairs > BY_CHANCE:
            break
        ways = sorted(((one, other), (other, one)), key=lambda way: -counts[way])
        ids = [confusion.ids(*way)[:SHOWN].tolist() for way in ways]
        found.append(
            {"classes": [names[one], names[other]], "count": count, "share": count / len(predictions.wrong)}
            | {"taken": [{"true": names[a], "predicted": names[b], "count": counts[a, b]} for a, b in ways]}
            | {"ids": [*ids[0], *ids[1]]}
        )
    if not found:
        return
    first, *others = found
    true, predicted = first["classes"] if first["taken"][0]["true"] == first["classes"][0] else first["classes"][::-1]
    true, predicted = quotable(true), quotable(predicted)
    there, back = (way["count"] for way in first["taken"])
    also = "".join(
        f", then '{quotable(one['classes'][0])}' and '{quotable(one['classes'][1])}' ({one['count']:,})"
        for one in others
    )
    share = percent(first["share"], of=len(predictions.wrong))
    examples = ", ".join(map(str, first["ids"][:3]))
    yield Finding(
        "confused",
        f"'{true}' and '{predicted}' are confused most: '{true}' was taken for '{predicted}' {plural(there, 'time')}, "
        f"the other way round {plural(back, 'time')}, together {share} of all mistakes{also}.",
        {"pairs": found, "expected_by_chance": usual},
        confidence="likely",
        advice=f"Look at test pictures {examples}{evidence.where_to_look}: could you tell them apart?"
        if not (few := [quotable(name) for name in first["classes"] if name in rare(evidence)])
        else f"Of '{few[0]}' there are few training pictures or none: more of them would help.",
    )


def weak_class(evidence: Evidence) -> Iterator[Finding]:
    """The class of which the network misses more than of the others together."""
    predictions = evidence.predictions
    if predictions is None or len(predictions.classes) < 3 or learned(evidence).guesses or exchanged(evidence):
        return
    counts = predictions.confusion().counts
    support, right = counts.sum(axis=1), np.diag(counts)
    there = np.flatnonzero(support >= 20)
    if len(there) < 3:
        return
    worst = int(there[np.argmin(right[there] / support[there])])
    others = support.sum() - support[worst]
    usual = float((right.sum() - right[worst]) / others)  # how many of the other classes' pictures are right
    if binomial_at_most(int(right[worst]), int(support[worst]), usual) * len(there) > BY_CHANCE:
        return
    name, recall = predictions.classes[worst], float(right[worst] / support[worst])
    low, high = wilson(int(right[worst]), int(support[worst]))
    taken = counts[worst].copy()
    taken[worst] = 0
    other = predictions.classes[int(taken.argmax())]
    then = (
        f"more training pictures of '{quotable(name)}' may help."
        if lag(evidence) is None
        else "are they, and their labels, like those that it was trained on?"
    )
    missed = np.flatnonzero((predictions.labels == worst) & (predictions.predicted != worst))[:SHOWN]
    yield Finding(
        "weak_class",
        f"'{quotable(name)}' is recognised worst: {percent(recall, of=support[worst])} of its "
        f"{plural(int(support[worst]), 'test picture')} (95 % interval: {percent(low, of=support[worst])} to "
        f"{percent(high, of=support[worst])}), of all others {percent(usual, of=support[worst])}; it is most "
        f"often taken for '{quotable(other)}' ({plural(int(taken.max()), 'time')}).",
        {
            "class": name,
            "recall": recall,
            "interval": [low, high],
            "support": support[worst],
            "recall_of_the_others": usual,
            "taken_for": other,
            "ids": missed,
        },
        confidence="likely",
        advice=f"Look at test pictures {', '.join(map(str, missed[:3]))}{evidence.where_to_look}; {then}",
    )


def imbalance(evidence: Evidence) -> Iterator[Finding]:
    """Classes with far fewer training pictures than others, or with none: then the accuracy is no measure."""
    counts = evidence.counts.get("train", {})
    if len(counts) < 2 or not (few := rare(evidence)):
        return
    largest, smallest = max(counts, key=counts.__getitem__), min(counts, key=counts.__getitem__)
    most, fewest = counts[largest], counts[smallest]
    if fewest:
        times = f"{most / fewest:.3g}" if most < 100 * fewest else f"{most / fewest:,.0f}"
        uneven = f"{plural(fewest, 'training picture')}, {times} times fewer than '{quotable(largest)}'."
    else:
        uneven = f"no training pictures, and '{quotable(largest)}' has {most:,}."
        uneven += " What it was never shown, a network cannot know."
    told, numbers = each_class_alike(evidence.predictions) if evidence.predictions else (OF_RARE_ONES, {})
    others = " and other rare classes" if len(few) > 1 else ""
    yield Finding(
        "imbalance",
        f"The classes are uneven: '{quotable(smallest)}' has {uneven} {told}",
        {"largest": [largest, most], "smallest": [smallest, fewest], "rare": few, **numbers},
        advice=f"{BY_EACH}."
        if numbers.get("balanced_accuracy", 0) >= KNOWN
        else f"{BY_EACH}; find more pictures of '{quotable(smallest)}'{others}, or let mistakes about them weigh more "
        "(class_weight of tenfold.fit, in Python).",
    )


def each_class_alike(predictions: Predictions) -> tuple[str, dict[str, float]]:
    """The accuracy beside what naming the commonest class would give, and beside the mean of the classes' recalls."""
    counts, total = predictions.confusion().counts, len(predictions)
    support, right = counts.sum(axis=1), np.diag(counts)
    if not total:
        return OF_RARE_ONES, {}
    commonest = int(support.argmax())
    share, there = float(support[commonest] / total), support > 0
    balanced = float((right[there] / support[there]).mean())
    accuracy = percent(predictions.accuracy, of=total)
    words = f"{OF_RARE_ONES} Its accuracy is {accuracy}"
    if share > MOST:
        name = quotable(predictions.classes[commonest])
        words = f"Always naming '{name}' would be right for {percent(share, of=total)} of the test pictures, so an "
        words += f"accuracy of {accuracy} says little by itself"
    words += f"; counting every class alike (balanced accuracy) it is {percent(balanced)}."
    return words, {"commonest_share": share, "balanced_accuracy": balanced}
