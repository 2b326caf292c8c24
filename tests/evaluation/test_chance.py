"""The tails of distributions, held against SciPy's."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.special import bdtr, pdtrc, stdtrit

from tenfold.evaluation.chance import STUDENT_95, binomial_at_most, poisson_at_least

SHARES = st.one_of(st.sampled_from([0.0, 1.0, 0.5, 1e-9]), st.floats(0, 1))


@settings(max_examples=200, deadline=None)
@given(st.integers(1, 3000).flatmap(lambda tries: st.tuples(st.integers(0, tries), st.just(tries))), SHARES)
def test_the_binomial_is_that_of_scipy(counts: tuple[int, int], share: float) -> None:
    assert binomial_at_most(*counts, share) == pytest.approx(float(bdtr(*counts, share)), rel=1e-9, abs=1e-300)


@settings(max_examples=200, deadline=None)
@given(st.integers(1, 300), st.one_of(st.sampled_from([0.0, 1e-6]), st.floats(1e-3, 400)))
def test_poisson_is_that_of_scipy(count: int, mean: float) -> None:
    assert poisson_at_least(count, mean) == pytest.approx(float(pdtrc(count - 1, mean)), rel=1e-9, abs=1e-12)


def test_of_a_hundred_thousand_tries_the_digits_still_hold() -> None:
    assert binomial_at_most(49_800, 100_000, 0.5) == pytest.approx(float(bdtr(49_800, 100_000, 0.5)), rel=1e-8)


def test_students_t_is_that_of_scipy() -> None:
    assert pytest.approx([float(stdtrit(freedom, 0.975)) for freedom in range(1, 7)]) == list(STUDENT_95)
