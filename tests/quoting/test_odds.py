"""Odds of failure move with what was printed, slowly where little was."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from glocal.quoting.errors import BadTerms
from glocal.quoting.odds import LEVEL_WEIGHT, Tried, failure_odds, weight_of
from glocal.values import Estimate

PRIOR = Estimate(0.05, 0.02, 0.1, "the owner's assumption")


def test_without_prints_the_prior_speaks() -> None:
    odds = failure_odds(PRIOR, [Tried("of this shop", 0, 0)])
    assert odds.value == PRIOR.value
    assert odds.source == PRIOR.source


def test_worked_out_by_hand() -> None:
    """A prior of 5 % that weighs 60 prints, 6 of 40 failed: (3 + 6) / 100."""
    sure = Estimate(0.05, 0.05, 0.05, "known")
    assert weight_of(sure) == 60
    assert failure_odds(sure, [Tried("of this shop", 6, 40)]).value == pytest.approx(0.09)


def test_two_failed_prints_on_a_new_machine_do_not_make_it_a_bad_one() -> None:
    shop = Tried("of this shop", 5, 102)
    odds = failure_odds(PRIOR, [shop, Tried("on this machine", 2, 2)])
    known = failure_odds(PRIOR, [Tried("of this shop", 3, 100)]).value
    assert known < odds.value <= (known * LEVEL_WEIGHT + 2) / (LEVEL_WEIGHT + 2) + 1e-9 < 0.15
    many = failure_odds(PRIOR, [Tried("of this shop", 123, 300), Tried("on this machine", 120, 200)])
    assert many.value == pytest.approx(0.6, abs=0.07)


def test_what_cannot_be_is_refused() -> None:
    with pytest.raises(BadTerms, match="3 of 2"):
        Tried("on this machine", 3, 2)


@settings(max_examples=60, deadline=None)
@given(st.integers(0, 50), st.integers(0, 50), st.integers(0, 20), st.integers(0, 20))
def test_one_more_failure_never_lowers_the_odds(bad: int, good: int, here_bad: int, here_good: int) -> None:
    def odds(failures: int) -> Estimate:
        here = Tried("on this machine", failures, failures + here_good)
        return failure_odds(PRIOR, [Tried("of this shop", bad + failures, bad + good + failures + here_good), here])

    fewer, more = odds(here_bad), odds(here_bad + 1)
    assert fewer.value <= more.value < 1
    assert 0 <= fewer.low <= fewer.value <= fewer.high < 1
