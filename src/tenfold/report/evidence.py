"""The evidence of a finding as a person reads it: names in words, shares in per cent, what is alike in a table.

What stands in a finding may come from anyone, so every kind of value has its words, and long ones are cut.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from tenfold.report.markup import Html, facts, table, tag

LONGEST = 24  # entries of a piece of evidence that are spelled out
NAMES = {
    "accuracy_of_the_seen": "accuracy on those that training has seen",
    "accuracy_without": "accuracy on the others",
    "asked_for": "epochs asked for",
    "better": "right where the other is wrong",
    "commonest_share": "share of the commonest class",
    "ece": "calibration error",
    "ece_by_chance": "calibration error by chance, on average and at most",
    "expected_by_chance": "mistakes of a pair by chance",
    "falls": "fall of the loss from epoch to epoch",
    "favourite": "answered most",
    "favourite_share": "how often that is",
    "gap_by_chance": "gap that chance alone seldom exceeds",
    "id": "picture",
    "ids": "pictures",
    "interval_without": "its interval",
    "jumps_in_epochs": "epochs in which the loss rose",
    "largest": "largest class",
    "level": "how sure the interval is",
    "looked_at": "epochs looked at",
    "margin": "label over best other class",
    "only_right": "pictures that only this run has right",
    "only_wrong": "pictures that only this run has wrong",
    "p": "how probable luck makes such a difference",
    "probability": "how sure the network is",
    "searched": "part of all pictures searched",
    "seen_as": "the same in training",
    "slope_an_epoch": "change an epoch",
    "slope_interval": "interval of the change",
    "smallest": "smallest class",
    "suggested": "looks like",
    "support": "test pictures of the class",
    "taken": "taken for",
    "taken_for": "mostly taken for",
    "test_looked_at": "test pictures looked at",
    "training_looked_at": "training pictures looked at",
    "worse": "wrong where the other is right",
}
SHARES = (
    "accuracy",
    "share",
    "interval",
    "recall",
    "gap",
    "ece",
    "probability",
    "confidence",
    "searched",
    "falls",
    "slope",
)
SHARES_ALONE = ("difference", "level", "reported", "searched")
PLACES = ("id", "ids", "seen_as", "examples", "pictures", "only_right", "only_wrong", "jumps_in_epochs")  # no amounts
MOST, LEAST = 0.999, 0.001  # shares beyond which no more digits are read


def spelled(evidence: Mapping[str, Any]) -> Html:
    """All of it: facts with their names, and a table for every list of things that have the same parts."""
    tables = {key: rows for key, value in evidence.items() if (rows := as_rows(value))}
    plain = [(in_words(key), value_in_words(key, value)) for key, value in evidence.items() if key not in tables]
    return tag(
        "div",
        facts(plain) if plain else Html(""),
        *(table(rows, caption=in_words(key)) for key, rows in tables.items()),
    )


def as_rows(value: Any) -> list[list[str]]:
    """A list of mappings with the same keys as the rows of a table, the header first; nothing for anything else."""
    if not isinstance(value, list) or not value or not all(isinstance(one, Mapping) and one for one in value):
        return []
    keys = list(value[0])
    if not all(list(one) == keys for one in value):
        return []
    rows = [[value_in_words(key, one[key]) for key in keys] for one in value[:LONGEST]]
    more = [[f"and {len(value) - LONGEST:,} more", *[""] * (len(keys) - 1)]] if len(value) > LONGEST else []
    return [[in_words(key) for key in keys], *rows, *more]


def in_words(key: str) -> str:
    return NAMES.get(key, key.replace("_", " "))


def is_share(key: str) -> bool:
    return key in SHARES_ALONE or any(part in key for part in SHARES)


def value_in_words(key: str, value: Any) -> str:
    """A piece of evidence, by what it is called and what it is."""
    if isinstance(value, Mapping):
        if value.keys() == {"true", "predicted", "count"}:
            return f"{value['true']} → {value['predicted']} {value_in_words('', value['count'])} times"
        return cut([f"{in_words(part)}: {value_in_words(part, item)}" for part, item in value.items()])
    if isinstance(value, list):
        return cut([value_in_words(key, item) for item in value], between(key, value))
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, int | float) and is_share(key):
        return share(value)
    if isinstance(value, float):
        return f"{value:.4g}"
    amount = isinstance(value, int) and key not in PLACES
    return f"{value:,}" if amount else "unknown" if value is None else str(value)


def between(key: str, items: Sequence[Any]) -> str:
    """What stands between the items of a list: the ends of an interval, a place in a split, lists, or anything."""
    if key.endswith(("interval", "interval_without", "by_chance", "reported")) and len(items) == 2:
        return " to "
    if len(items) > 1 and isinstance(items[0], str) and isinstance(items[1], int):
        return " "
    return "; " if any(isinstance(item, list) for item in items) else ", "


def share(value: float) -> str:
    """A share in per cent, without the digits that tell nothing."""
    if MOST < value < 1:
        return "over 99.9 %"
    return "under 0.1 %" if 0 < value < LEAST else f"{100 * value:.1f} %"


def cut(parts: Sequence[str], between: str = ", ") -> str:
    more = f", and {len(parts) - LONGEST:,} more" if len(parts) > LONGEST else ""
    return between.join(parts[:LONGEST]) + more
