"""Money, numbers and times as the reader's language writes them (CLDR through Babel), with Latin digits."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime, tzinfo
from decimal import Decimal

from babel.dates import format_date, format_datetime
from babel.numbers import format_currency, format_decimal, format_percent, get_currency_precision

from glocal.shop.measures import locale_of

_CODE = re.compile(r"(?<=[A-Z]{3})(?=\d)")  # MAD before 12.40: Babel sets no space there, CLDR does
_SUM = re.compile(r"\d{1,12}(?:\.\d{1,4})?")  # digits of any script


def money(minor: int, currency: str, language: str) -> str:
    """Return a sum in minor units as text, for example ``€12.40``."""
    return _set(format_currency(minor / 10 ** get_currency_precision(currency), currency, locale=locale_of(language)))


def _set(text: str) -> str:
    """Return a sum with its minus before the digits where people read from the right, and a code apart from them."""
    return _CODE.sub("\u00a0", text.replace("\u200f-", "\u200f\u200e-"))


def plain_sum(minor: int, currency: str, language: str) -> str:
    """Return a sum without its currency, so that :func:`minor_from` reads the same back."""
    digits = get_currency_precision(currency)
    text = f"{Decimal(minor).scaleb(-digits):.{digits}f}"
    return text.replace(".", locale_of(language).number_symbols["latn"]["decimal"])


def minor_from(text: str, currency: str, language: str) -> int | None:
    """Return a sum as somebody typed it in minor units, or nothing when it is no sum of whole minor units.

    The language's own decimal sign is taken, and the point; a thousands sign is not, it is too easily the other.
    """
    decimal_sign = locale_of(language).number_symbols["latn"]["decimal"]
    plain = text.strip().replace("\u066b", ".").replace(decimal_sign, ".")
    if not _SUM.fullmatch(plain):
        return None
    minor = Decimal(plain).scaleb(get_currency_precision(currency))
    return int(minor) if minor == minor.to_integral_value() else None


def whole_money(minor: int, currency: str, language: str) -> str:
    """Return a large sum rounded to whole units, for example ``€1,240``."""
    major = round(minor / 10 ** get_currency_precision(currency))
    pattern = locale_of(language).currency_formats["standard"].pattern.replace(".00", "")
    return _set(format_currency(major, currency, pattern, locale=locale_of(language), currency_digits=False))


def number(value: float, language: str, digits: int = 2) -> str:
    """Return a number with at most ``digits`` decimals."""
    return format_decimal(round(value, digits), locale=locale_of(language))


def percent(share: float, language: str) -> str:
    """Return a share in whole percent, for example ``25%``."""
    return format_percent(round(share, 2), locale=locale_of(language))


def day(at: datetime, language: str, zone: tzinfo = UTC) -> str:
    """Return the day of an instant at a place, for example ``Tuesday 24 November``."""
    return format_date(at.astimezone(zone), "EEEE d MMMM", locale=locale_of(language))


def full_day(day: date, language: str) -> str:
    """Return a day with its year, for example ``24 November 2026``."""
    return format_date(day, "d MMMM y", locale=locale_of(language))


def moment(at: datetime, language: str, zone: tzinfo = UTC) -> str:
    """Return day and minute of an instant at a place."""
    locale, local = locale_of(language), at.astimezone(zone)
    day_then_time = str(locale.datetime_formats["medium"])  # with the comma of the language
    return day_then_time.format(
        format_datetime(local, "HH:mm", locale=locale), format_datetime(local, "d MMM", locale=locale)
    )
