"""A comparison finds a difference where there is one, none where there is none, and says of what it speaks."""

from __future__ import annotations

import json

import numpy as np
import pytest

from tenfold.errors import InputError
from tenfold.evaluation.comparison import Comparison
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
    assert difference.better == tuple(range(61))
    assert difference.worse == tuple(range(61, 99))
    assert difference.difference == pytest.approx(0.023)
    assert difference.p == difference.corrected == pytest.approx(0.0265, abs=1e-4)
    assert difference.significant
    low, high = difference.interval
    assert 0 < low < 0.023 < high
    assert str(difference) == (
        "B is better on 61 pictures, worse on 38: +2.30 percentage points (95 % interval +0.34 to +4.25), p = 0.027, "
        "more than chance"
    )
    assert comparison.only_right("B") == difference.better
    assert comparison.all_wrong == tuple(range(980, 1000))
    assert "Both get 20 pictures wrong." in comparison.sentences()


def test_no_real_difference() -> None:
    (difference,) = apart(1, 3).differences
    assert not difference.significant
    assert str(difference).startswith("B is better on 1 picture, worse on 3: -0.20 percentage points")
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
    assert [each.corrected for each in comparison.differences] == pytest.approx([4 / 2**10, 1.0, 6 / 2**12])
    assert "p is corrected for 3 tests after Holm." in comparison.sentences()
    assert comparison.only_right("C") == tuple(range(10, 94))
    assert comparison.only_right("A") == ()
    assert [row["difference"] for row in comparison.table()] == [None, 0.01, 0.0, -0.012]


def test_what_it_speaks_of_is_said() -> None:
    assert "not of their recipes" in str(apart(61, 38))
    assert "not of their recipes" in apart(61, 38)._repr_html_()


def test_as_text_and_json() -> None:
    lines = str(apart(61, 38)).splitlines()
    assert lines[0].split() == ["accuracy", "95", "%", "interval", "wrong", "log", "loss", "difference", "p"]
    assert lines[1].split()[:3] == ["A", "91.90", "%"]
    assert lines[2].split()[-2:] == ["+2.30", "0.027"]
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
