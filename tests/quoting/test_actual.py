"""What an order really left, on figures that a person can add up."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from glocal.quoting.actual import Attempt, actual_margin, tax_in
from glocal.quoting.model import MachineRate, PriceContext, ShopTerms
from glocal.values import Estimate

SAID = "said by the test"


def context() -> PriceContext:
    """1 cent a gram, 1.00 an hour of machine, 12.00 an hour of work: 6 min by hand (1.20), 5 min to set up (1.00)."""
    return PriceContext(
        terms=ShopTerms("EUR", "FR", 1200, 0, 0.25, 0.2, True, 30, 0, 0, 0, 14),
        rate=MachineRate(100, 0, 5),
        spool_price_minor=1000,
        spool_mass_g=1000,
        labour_min=Estimate(6, 6, 6, SAID),
        failure_odds=Estimate(0.1, 0.1, 0.1, SAID),
        plate_share=1.0,
        delivery_minor=0,
        now=datetime(2026, 1, 1, tzinfo=UTC),
    )


def test_a_failed_print_is_paid_for() -> None:
    good = Attempt(1.0, 7200, 50, 3600, 40)  # 50 + 200 + 100
    failed = Attempt(1.0, 3600, None, 3600, 40)  # 40 as planned + 100 + 100
    margin = actual_margin(1200, context(), [failed, good])
    assert margin is not None
    assert margin.cost_minor == 120 + 30 + 350 + 240
    assert (margin.tax_minor, margin.left_minor) == (200, 260)
    assert margin.share == pytest.approx(0.26)
    assert margin.measured == {"time", "mass"}


def test_a_shared_plate_costs_its_share() -> None:
    margin = actual_margin(1200, context(), [Attempt(0.25, 7200, 40, 3600, 40)])
    assert margin is not None
    assert margin.cost_minor == 120 + 30 + (40 + 200 + 100) // 4


def test_without_a_measurement_nothing_is_claimed() -> None:
    assert actual_margin(1200, context(), [Attempt(1.0, None, None, 3600, 40)]) is None
    assert actual_margin(1200, context(), []) is None


def test_tax_is_taken_out_of_the_price() -> None:
    assert tax_in(1200, 0.2) == 200
    assert tax_in(0, 0.2) == 0


def test_a_share_of_nothing_is_refused() -> None:
    with pytest.raises(ValueError, match="share is 0"):
        Attempt(0, None, None, 1, 1)
