"""A comparison finds a difference where there is one, none where there is none, and says of what it speaks."""

from __future__ import annotations

import json

import numpy as np
import pytest

from tenfold.errors import InputError
from tenfold.evaluation.comparison import Comparison, named
from tenfold.evaluation.predictions import Predictions

LABELS = np.zeros(1000, np.int64)


def right_about(right: np.ndarray, labels: np.ndarray = LABELS) -> Predictions:
    """A network that is right about exactly those pictures."""
    answers = np.where(right, labels, 1 - labels)
    return Predictions.of(np.eye(2)[answers] * 0.8 + 0.1, labels, ("no", "yes"))


def apart(better: int, worse: int) -> Comparison:
    """A and B, of which B alone is right about `better` pictures, A alone about `worse`, and both wrong about 20."""
    a, b = np.ones(1000, bool), np.ones(1000, bool)
    a[:better] = b[better : better + worse] = False
    a[-20:] = b[-20:] = False
    return Comparison({"A": right_about(a), "B": right_about(b)})


def test_a_real_difference() -> None:
    comparison = apart(61, 38)
    (difference,) = comparison.differences
    assert (difference.better, difference.only_right) == (61, tuple(range(61)))
    assert (difference.worse, difference.only_right_against) == (38, tuple(range(61, 99)))
    assert difference.difference == pytest.approx(0.023)
    assert difference.p == difference.corrected == pytest.approx(0.0265, abs=1e-4)
    assert difference.significant
    low, high = difference.interval
    assert 0 < low < 0.023 < high
    assert str(difference) == (
        "B is better on 61 pictures, worse on 38: +2.3 percentage points (95 % interval +0.3 to +4.2), p = 0.027, "
        "more than chance"
    )
    assert comparison.only_right("B") == difference.only_right
    assert comparison.all_wrong == tuple(range(980, 1000))
    assert "Both get 20 pictures wrong." in comparison.sentences()


def test_no_real_difference() -> None:
    (difference,) = apart(1, 3).differences
    assert not difference.significant
    assert str(difference).startswith("B is better on 1 picture, worse on 3: -0.2 percentage points")
    assert str(difference).endswith("p = 0.62, which may well be chance")


def test_no_difference_at_all() -> None:
    comparison = apart(0, 0)
    (difference,) = comparison.differences
    assert (difference.p, difference.significant) == (1.0, False)
    assert str(difference) == "B and A are right about the very same pictures"


def test_equal_networks_are_found_different_5_times_in_100_or_less() -> None:
    rng = np.random.default_rng(0)
    right = rng.uniform(size=(400, 2, 1000)) < 0.95
    found = [Comparison({"A": right_about(a), "B": right_about(b)}).differences[0].significant for a, b in right]
    assert np.mean(found) <= 0.06


def test_several_are_held_against_the_first_and_corrected() -> None:
    rows = np.ones((4, 1000), bool)
    rows[0, :100] = False
    rows[1, 10:100] = False  # better on 10
    rows[2, 94:194] = False  # better on 94, worse on 94
    rows[3, :112] = False  # worse on 12
    comparison = Comparison({name: right_about(row) for name, row in zip("ABCD", rows, strict=True)})
    assert [each.against for each in comparison.differences] == ["A", "A", "A"]
    assert [each.p for each in comparison.differences] == pytest.approx([2 / 2**10, 1.0, 2 / 2**12])
    # of six pairs, of which D against B is the plainest, then D against A, then B against A
    assert [each.corrected for each in comparison.differences] == pytest.approx([8 / 2**10, 1.0, 10 / 2**12])
    assert any("corrected for all 6 pairs after Holm" in sentence for sentence in comparison.sentences())
    assert comparison.only_right("C") == tuple(range(10, 94))
    assert comparison.only_right("A") == ()
    assert [row["difference"] for row in comparison.table()] == [None, 0.01, 0.0, -0.012]


def test_which_may_be_the_best_is_said_and_which_is_not() -> None:
    rows = np.ones((4, 1000), bool)
    rows[0, :40] = False
    rows[1, :37] = False
    rows[3, 500:900] = False
    comparison = Comparison({name: right_about(row) for name, row in zip("ABCD", rows, strict=True)})
    assert comparison.best == "C"
    assert comparison.behind() == {"A": True, "B": True, "D": True}
    assert "None is right more often than C; A, B and D are worse by more than chance." in comparison.sentences()
    rows[2, :36] = False
    comparison = Comparison({name: right_about(row) for name, row in zip("ABCD", rows, strict=True)})
    told = "None is right more often than C; A and B may be as good, D is worse by more than chance."
    assert told in comparison.sentences()
    value = comparison.as_json()
    assert value["best"] == "C"
    assert [(pair["run"], pair["against"], pair["better"], pair["worse"]) for pair in value["pairs"][:3]] == [
        ("B", "A", 3, 0),
        ("C", "A", 4, 0),
        ("D", "A", 40, 400),
    ]
    assert "None is right" not in str(apart(61, 38))  # two are told in their own sentence


def test_many_equal_networks_are_not_told_apart_by_luck() -> None:
    rng = np.random.default_rng(1)
    right = rng.uniform(size=(100, 8, 1000)) < 0.95
    found = [
        any(Comparison({str(n): right_about(row) for n, row in enumerate(rows)}).behind().values()) for rows in right
    ]
    assert np.mean(found) <= 0.06


def test_the_names_of_many_are_counted() -> None:
    assert named(["a"]) == "a"
    assert named(["a", "b", "c"]) == "a, b and c"
    assert "\x1b" not in named(["b\x1b"])
    assert named(list("abcdefghijk")) == "a, b, c, d, e, f, g, h and 3 more"


def test_where_the_exact_test_leaves_no_difference_possible_its_interval_does_so_too() -> None:
    (difference,) = apart(1, 7).differences
    assert difference.p > 0.05
    assert difference.interval[1] == 0.0
    (difference,) = apart(0, 6).differences
    assert difference.p < 0.05
    assert difference.interval[1] < 0.0


def test_what_it_speaks_of_is_said() -> None:
    assert "not of their recipes" in str(apart(61, 38))
    assert "not of their recipes" in apart(61, 38)._repr_html_()


def test_as_text_and_json() -> None:
    lines = str(apart(61, 38)).splitlines()
    assert lines[0].split() == ["accuracy", "95", "%", "interval", "wrong", "log", "loss", "difference", "p"]
    assert lines[1].split()[:3] == ["A", "91.9", "%"]
    assert lines[2].split()[-2:] == ["+2.3", "0.027"]
    value = json.loads(json.dumps(apart(61, 38).as_json(), allow_nan=False))
    assert value["differences"][0]["better"] == 61
    assert value["only_right"]["A"] == list(range(61, 99))
    assert [row["wrong"] for row in value["results"]] == [81, 58]
    assert repr(apart(0, 0)) == "Comparison of A, B on 1,000 pictures"


def test_a_diverged_network_can_be_compared() -> None:
    nothing = Predictions.of(np.full((1000, 2), np.nan), LABELS, ("no", "yes"))
    comparison = Comparison({"A": right_about(np.ones(1000, bool)), "B": nothing})
    assert comparison.table()[1]["log_loss"] is None
    assert str(comparison)


def test_hostile_names_are_harmless() -> None:
    some = right_about(np.ones(1000, bool))
    comparison = Comparison({"<script>": some, "b\x1b[2J": some})
    assert "\x1b" not in str(comparison)
    assert "<script>" not in comparison._repr_html_()


@pytest.mark.parametrize(
    ("others", "words"),
    [
        ({}, "networks to compare: 1 of them; expected two or more"),
        ({"B": right_about(np.ones(999, bool), LABELS[1:])}, "B and A: predictions for different pictures"),
        ({"B": right_about(np.ones(1000, bool), 1 - LABELS)}, "B and A: predictions for different pictures"),
        (
            {"B": Predictions.of(np.eye(2)[LABELS], LABELS, ("no", "maybe"))},
            "labels or classes; expected the same test",
        ),
    ],
)
def test_what_cannot_be_compared(others: dict[str, Predictions], words: str) -> None:
    with pytest.raises(InputError, match=words):
        Comparison({"A": right_about(np.ones(1000, bool)), **others})


def test_nothing_cannot_be_compared() -> None:
    nothing = Predictions.of(np.zeros((0, 2)), [], ("no", "yes"))
    with pytest.raises(InputError, match="A: no predictions; expected some"):
        Comparison({"A": nothing, "B": nothing})
