"""Two answers to the same questions: is one network better than another, or was it luck?

Where both networks are right, or both wrong, nothing can be learned about which is better. What counts are the pictures
that only one of them gets right. If the two were equally good, each such picture would fall to either side like a coin:
that is McNemar's test, computed exactly from the binomial distribution. This file owns that arithmetic.
"""

from __future__ import annotations

import math
from collections.abc import Sequence

from tenfold.evaluation.chance import binomial_at_most
from tenfold.evaluation.interval import Z_95


def exact_p(better: int, worse: int) -> float:
    """How probable so uneven a split is if both networks are equally good: McNemar's exact test, two-sided."""
    if not better + worse:
        return 1.0
    return min(1.0, 2 * binomial_at_most(min(better, worse), better + worse, 0.5))


def difference_interval(better: int, worse: int, total: int, z: float = Z_95) -> tuple[float, float]:
    """The 95 % interval for the difference of two accuracies on the same `total` pictures.

    Agresti and Min (2005): half a picture is added to each of the four cells (both right, only one, only the other,
    neither), so that the interval is not empty where the two never disagree. Where the exact test leaves it possible
    that there is no difference, 0 is in the interval too: the two are read beside one another.
    """
    if not 0 <= better + worse <= total:
        raise ValueError(f"{better} and {worse} of {total}: expected no more than the total")
    one, other, all_of_them = better + 0.5, worse + 0.5, total + 2
    difference = (one - other) / all_of_them
    variance = (one + other - (one - other) ** 2 / all_of_them) / all_of_them**2
    reach = z * math.sqrt(variance)
    low, high = max(-1.0, difference - reach), min(1.0, difference + reach)
    if exact_p(better, worse) >= math.erfc(z / math.sqrt(2)):  # 5 % for 95 %
        return min(0.0, low), max(0.0, high)
    return low, high


def holm(p_values: Sequence[float]) -> list[float]:
    """`p_values` of several tests, corrected after Holm: each may be read as if it were the only one.

    Who tests twenty networks against one finds a "significant" one by luck; the smallest p is multiplied by the number
    of tests, the next by one less, and so on.
    """
    corrected = [0.0] * len(p_values)
    largest = 0.0
    for rank, place in enumerate(sorted(range(len(p_values)), key=p_values.__getitem__)):
        largest = max(largest, min(1.0, (len(p_values) - rank) * p_values[place]))
        corrected[place] = largest
    return corrected
