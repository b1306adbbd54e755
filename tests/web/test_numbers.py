"""Money and times as readers write them."""

from __future__ import annotations

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest

from glocal.web import numbers


@pytest.mark.parametrize(
    ("minor", "currency", "language", "text"),
    [
        (1240, "EUR", "en", "€12.40"),
        (1240, "EUR", "fr", "12,40\xa0€"),
        (1240, "XOF", "fr", "1\u202f240\xa0F\u202fCFA"),  # this currency has no minor unit
        (1240, "KWD", "fr", "1,240\xa0KWD"),  # and this one has three digits of it
        (500, "EUR", "xx", "€5.00"),
    ],
)
def test_money(minor: int, currency: str, language: str, text: str) -> None:
    assert numbers.money(minor, currency, language) == text


@pytest.mark.parametrize(
    ("seconds", "text"), [(5, "1 min"), (90, "2 min"), (3600, "1 hr"), (3660, "1 hr 1 min"), (35_000, "9 hr 43 min")]
)
def test_durations(seconds: float, text: str) -> None:
    assert numbers.duration(seconds, "en") == text


def test_an_instant_is_told_in_the_shops_time() -> None:
    late = datetime(2026, 11, 23, 23, 30, tzinfo=UTC)
    assert numbers.day(late, "en", ZoneInfo("Europe/Paris")) == "Tuesday 24 November"
    assert numbers.moment(late, "en", ZoneInfo("Europe/Paris")) == "24 Nov, 00:30"
