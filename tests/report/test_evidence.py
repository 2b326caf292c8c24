"""Evidence in words: names that people use, shares in per cent, lists of things as tables, and nothing without end."""

import re

from tenfold.report.evidence import LONGEST, spelled

PAIRS = [
    {
        "classes": ["3", "8"],
        "count": 161,
        "share": 0.7352,
        "taken": [{"true": "8", "predicted": "3", "count": 87}, {"true": "3", "predicted": "8", "count": 74}],
        "ids": [29, 42],
    }
]


def cells(page: str, element: str) -> list[str]:
    return re.findall(rf"<{element}(?: [^>]*)?>(.*?)</{element}>", page)


def test_things_with_the_same_parts_are_a_table() -> None:
    page = spelled({"pairs": PAIRS, "expected_by_chance": 4.866})
    assert cells(page, "caption") == ["pairs"]
    assert cells(page, "th") == ["classes", "count", "share", "taken for", "pictures", "3, 8"]
    assert cells(page, "td") == ["161", "73.5 %", "8 → 3 87 times, 3 → 8 74 times", "29, 42"]
    assert cells(page, "dt") == ["mistakes of a pair by chance"]
    assert cells(page, "dd") == ["4.866"]


def test_shares_are_told_in_digits_that_mean_something() -> None:
    suspects = [{"id": 878, "label": "3", "suggested": "8", "probability": 0.9999997, "margin": -0.99}]
    page = spelled({"ece": 0.0234, "interval": [0.98, 1.0], "p": 0.0123, "pictures": suspects})
    assert cells(page, "dd") == ["2.3 %", "98.0 % to 100.0 %", "0.0123"]
    assert cells(page, "dt")[0] == "calibration error"
    assert "over 99.9 %" in cells(page, "td")


def test_lists_within_lists_stay_apart() -> None:
    told = {
        "seen_as": [["train", 3000], ["train", 3001]],
        "largest": ["cat", 4000],
        "examples": [[0, 5], [7, 9]],
        "rare": ["a", "b"],
        "interval": None,
        "training_scored_again": True,
        "layers": ["no", {"mapping": 1}],
    }
    words = ["train 3000; train 3001", "cat 4,000", "0, 5; 7, 9", "a, b", "unknown", "yes", "no, mapping: 1"]
    assert cells(spelled(told), "dd") == words


def test_nothing_is_without_end() -> None:
    page = spelled({"ids": list(range(100)), "layers": [{"layer": number} for number in range(100)]})
    assert "22, 23, and 76 more" in page
    assert cells(page, "th")[-1] == "and 76 more"
    assert len(cells(page, "tr")) == LONGEST + 2
