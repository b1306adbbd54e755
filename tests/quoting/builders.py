"""Small plain builders: a price that a person can work out by hand."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from glocal.quoting.model import MachineRate, PriceContext, PrintUse, ShopTerms
from glocal.values import Estimate

NOW = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)  # a Monday


def sure(value: float) -> Estimate:
    """Return an estimate without uncertainty."""
    return Estimate(value, value, value, "given")


def a_use(time_s: float = 7200.0, mass_g: float = 50.0) -> PrintUse:
    """Two hours and 50 g."""
    return PrintUse(sure(time_s), sure(mass_g), "exact", "given")


def some_terms(**changes: Any) -> ShopTerms:
    """Wage 18.00/h, 0.40/kWh, margin 20 %, tax 19 %."""
    values: dict[str, Any] = {
        "currency": "EUR",
        "region": "DE",
        "wage_minor_per_h": 1800.0,
        "energy_minor_per_kwh": 40.0,
        "margin": 0.2,
        "tax_rate": 0.19,
        "tax_included_in_price": True,
        "packaging_minor": 50,
        "payment_fee_rate": 0.0,
        "payment_fee_minor": 0,
        "minimum_minor": 0,
        "quote_valid_days": 14,
    }
    return ShopTerms(**{**values, **changes})


def a_context(**changes: Any) -> PriceContext:
    """A 1 kg spool for 20.00, 10 minutes of labour, 1 in 5 prints fails, alone on its plate, picked up."""
    values: dict[str, Any] = {
        "terms": some_terms(),
        "rate": MachineRate(hourly_minor=100, power_w=100.0, setup_min=10.0),
        "spool_price_minor": 2000,
        "spool_mass_g": 1000.0,
        "labour_min": sure(10.0),
        "failure_odds": sure(0.2),
        "plate_share": 1.0,
        "delivery_minor": 0,
        "now": NOW,
    }
    return PriceContext(**{**values, **changes})
