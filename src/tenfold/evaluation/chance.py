"""How probable chance alone makes a count: the tails of the binomial and of Poisson's distribution, and Student's t.

SciPy has all of them, and the tests hold these against it; but to import it for the few numbers that a training needs
takes longer than many a training.
"""

from __future__ import annotations

from math import exp, fsum, lgamma, log, log1p

# Of Student's t with 1, 2, … degrees of freedom: 95 % lie within so many standard errors.
STUDENT_95 = (12.7062047364, 4.3026527297, 3.1824463053, 2.7764451052, 2.5705818356, 2.4469118511)


def binomial_at_most(count: int, tries: int, share: float) -> float:
    """How probable it is that of so many tries, each of which succeeds with this probability, at most `count` do."""
    if count >= tries or share <= 0:
        return 1.0
    if share >= 1:
        return 0.0
    won, lost, orders = log(share), log1p(-share), lgamma(tries + 1)
    parts = (
        orders - lgamma(wins + 1) - lgamma(tries - wins + 1) + wins * won + (tries - wins) * lost
        for wins in range(count + 1)
    )
    return min(1.0, rounded(fsum(map(exp, parts))))


def poisson_at_least(count: int, mean: float) -> float:
    """How probable it is that something that happens `mean` times on average happens `count` times or more."""
    if mean <= 0:
        return 0.0 if count > 0 else 1.0
    fewer = fsum(exp(times * log(mean) - mean - lgamma(times + 1)) for times in range(count))
    return max(0.0, 1.0 - fewer)


def rounded(number: float) -> float:
    """Without the last digits, which logarithms have spoiled: a quarter is 0.25."""
    return float(f"{number:.12g}")
