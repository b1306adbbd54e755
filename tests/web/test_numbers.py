"""Money and times as readers write them."""

from __future__ import annotations

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest

from glocal.shop import measures
from glocal.web import numbers


@pytest.mark.parametrize(
    ("minor", "currency", "language", "text"),
    [
        (1240, "EUR", "en", "€12.40"),
        (1240, "EUR", "fr", "12,40\xa0€"),
        (1240, "XOF", "fr", "1\u202f240\xa0F\u202fCFA"),  # this currency has no minor unit
        (1240, "KWD", "fr", "1,240\xa0KWD"),  # and this one has three digits of it
        (500, "EUR", "xx", "€5.00"),
        (1240, "MAD", "en", "MAD\u00a012.40"),
        (-1240, "EUR", "ar", "\u200f\u200e-12.40\u00a0€"),
    ],
)
def test_money(minor: int, currency: str, language: str, text: str) -> None:
    assert numbers.money(minor, currency, language) == text


@pytest.mark.parametrize(
    ("seconds", "text"), [(5, "1 min"), (90, "2 min"), (3600, "1 hr"), (3660, "1 hr 1 min"), (35_000, "9 hr 43 min")]
)
def test_durations(seconds: float, text: str) -> None:
    assert measures.duration(seconds, "en") == text


@pytest.mark.parametrize(
    ("value", "unit", "language", "text"),
    [
        (24, "mm", "en", "24 mm"),
        (1.5, "mm", "ar", "1.5 مم"),
        (11.8, "g", "ar", "11.8 غ"),
        (11.8, "g", "fr", "11,8 g"),
        (40, "°", "ar", "40 °"),
        (0.72, None, "fr", "0,72"),
    ],
)
def test_measures_stand_with_the_languages_own_unit(value: float, unit: str | None, language: str, text: str) -> None:
    assert measures.measure(value, unit, language) == text


def test_an_instant_is_told_in_the_shops_time() -> None:
    late = datetime(2026, 11, 23, 23, 30, tzinfo=UTC)
    assert numbers.day(late, "en", ZoneInfo("Europe/Paris")) == "Tuesday 24 November"
    assert numbers.moment(late, "en", ZoneInfo("Europe/Paris")) == "24 Nov, 00:30"


@pytest.mark.parametrize(
    ("text", "currency", "language", "minor"),
    [
        ("12.40", "EUR", "en", 1240),
        ("12,40", "EUR", "fr", 1240),
        ("12.4", "EUR", "fr", 1240),
        ("١٢٫٤٠", "EUR", "ar", 1240),
        ("500", "JPY", "en", 500),
        ("12,40", "EUR", "en", None),  # a thousands sign to one, a decimal sign to the other
        ("1.240,00", "EUR", "fr", None),
        ("12.405", "EUR", "en", None),
        ("-3", "EUR", "en", None),
        ("1e5", "EUR", "en", None),
        ("", "EUR", "en", None),
    ],
)
def test_a_typed_sum_is_taken_whole_or_not_at_all(text, currency, language, minor):
    assert numbers.minor_from(text, currency, language) == minor
    if minor is not None:
        assert numbers.minor_from(numbers.plain_sum(minor, currency, language), currency, language) == minor
