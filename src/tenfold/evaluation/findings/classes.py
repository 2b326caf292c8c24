"""The classes beside one another: which are confused, which one is known worst, which are rare."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np
from scipy.special import bdtr, pdtrc

from tenfold.evaluation.finding import Finding
from tenfold.evaluation.findings.accuracy import is_guessing
from tenfold.evaluation.findings.evidence import Evidence, quotable
from tenfold.evaluation.findings.given import rare
from tenfold.evaluation.findings.standing import exchanged, lag
from tenfold.evaluation.interval import wilson
from tenfold.text_table import percent, plural

BY_CHANCE = 0.01  # how probable chance may make it that a rule speaks, over all classes together
FEWEST = 5  # mistakes, or it is no pattern
SHOWN = 5  # ids of pictures


def confused(evidence: Evidence) -> Iterator[Finding]:
    """Pairs of classes that are confused more often than they would be if mistakes fell on all pairs alike."""
    predictions = evidence.predictions
    if predictions is None or len(predictions.classes) < 3 or is_guessing(predictions) or exchanged(evidence):
        return
    confusion, names = predictions.confusion(), predictions.classes
    counts, pairs = confusion.counts, len(names) * (len(names) - 1) // 2
    either = np.triu(counts + counts.T, k=1)  # (classes, classes), above the diagonal
    usual = len(predictions.wrong) / pairs
    found: list[dict[str, Any]] = []
    for flat in np.argsort(-either, axis=None, kind="stable")[:3]:
        one, other = divmod(int(flat), len(names))
        count = int(either[one, other])
        if count < FEWEST or pdtrc(count - 1, usual) * pairs > BY_CHANCE:
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
    if predictions is None or len(predictions.classes) < 3 or is_guessing(predictions) or exchanged(evidence):
        return
    counts = predictions.confusion().counts
    support, right = counts.sum(axis=1), np.diag(counts)
    there = np.flatnonzero(support >= 20)
    if len(there) < 3:
        return
    worst = int(there[np.argmin(right[there] / support[there])])
    others = support.sum() - support[worst]
    usual = float((right.sum() - right[worst]) / others)  # how many of the other classes' pictures are right
    if bdtr(right[worst], support[worst], usual) * len(there) > BY_CHANCE:
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
    """Classes with far fewer training pictures than others, or with none."""
    counts = evidence.counts.get("train", {})
    if len(counts) < 2:
        return
    largest = max(counts, key=lambda name: counts[name])
    smallest = min(counts, key=lambda name: counts[name])
    most, fewest = counts[largest], counts[smallest]
    if not (few := rare(evidence)):
        return
    if fewest:
        uneven = f"{plural(fewest, 'training picture')}, {most / fewest:.3g} times fewer than '{quotable(largest)}'."
        uneven += " A network can be right most of the time and still know little of the rare ones."
    else:
        uneven = f"no training pictures, and '{quotable(largest)}' has {most:,}."
        uneven += " What it was never shown, a network cannot know."
    yield Finding(
        "imbalance",
        f"The classes are uneven: '{quotable(smallest)}' has {uneven}",
        {"largest": [largest, most], "smallest": [smallest, fewest], "rare": few},
        advice="Do not judge by the accuracy alone, look at each class; and find more pictures of the rare ones.",
    )
