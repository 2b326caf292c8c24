"""The arithmetic of two networks on the same pictures, held against what is known."""

import numpy as np
import pytest
from scipy.stats import binomtest

from tenfold.evaluation.paired import difference_interval, exact_p, holm


@pytest.mark.parametrize(("better", "worse"), [(61, 38), (38, 61), (0, 0), (1, 0), (5, 5), (0, 8), (300, 250)])
def test_exact_p_is_the_two_sided_binomial_test(better: int, worse: int) -> None:
    expected = binomtest(better, better + worse, 0.5).pvalue if better + worse else 1.0
    assert exact_p(better, worse) == pytest.approx(expected)


def test_61_against_38_is_hardly_luck() -> None:
    assert round(exact_p(61, 38), 2) == 0.03
    assert exact_p(8, 0) == 2 / 2**8


def test_the_interval_holds_the_truth_95_times_in_100() -> None:
    rng = np.random.default_rng(0)
    pictures, only_one, only_other = 300, 0.08, 0.05
    inside = 0
    for better, worse, _ in rng.multinomial(pictures, [only_one, only_other, 1 - only_one - only_other], 2000):
        low, high = difference_interval(int(better), int(worse), pictures)
        inside += low <= only_one - only_other <= high
    assert 0.935 < inside / 2000 < 0.975


def test_the_interval_turns_with_the_sides_and_is_never_empty() -> None:
    low, high = difference_interval(9, 4, 200)
    assert difference_interval(4, 9, 200) == (-high, -low)
    low, high = difference_interval(0, 0, 100)
    assert low == -high
    assert 0.01 < high < 0.03
    with pytest.raises(ValueError, match="2 and 2 of 3"):
        difference_interval(2, 2, 3)


def test_holm_corrects_for_the_number_of_tests() -> None:
    assert holm([0.01, 0.04, 0.03, 0.005]) == pytest.approx([0.03, 0.06, 0.06, 0.02])  # as R's p.adjust
    assert holm([0.04]) == [0.04]
    assert holm([0.9, 0.8]) == [1.0, 1.0]
    assert holm([]) == []
