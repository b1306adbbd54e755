"""Measures with their unit, as the reader's language writes them (CLDR through Babel), with Latin digits."""

from __future__ import annotations

from babel import Locale, UnknownLocaleError
from babel.numbers import format_decimal
from babel.units import format_unit

UNITS = {"mm": "length-millimeter", "km": "length-kilometer"}
"""Units that languages write in their own letters; CLDR writes out grams in Arabic and inches in full, so not those."""
GRAM = {"ar": "غ"}


def locale_of(language: str) -> Locale:
    """Return what is known of a language; of one that is not known, what holds for English."""
    try:
        return Locale.parse(language.replace("-", "_"))
    except (UnknownLocaleError, ValueError):
        return Locale("en")


def measure(value: float, unit: str | None, language: str, *, digits: int = 3) -> str:
    """Return a value with its unit, for example ``24 mm``; without one, the number alone."""
    locale, rounded = locale_of(language), round(value, digits)
    if unit in UNITS:
        return format_unit(rounded, UNITS[unit], "short", locale=locale)
    said = format_decimal(rounded, locale=locale)
    if unit == "g":
        unit = GRAM.get(locale.language, "g")
    return f"{said} {unit}" if unit else said


def duration(seconds: float, language: str) -> str:
    """Return a duration in hours and minutes, rounded to whole minutes and never below one."""
    minutes = max(1, round(seconds / 60))
    locale = locale_of(language)
    parts = []
    if minutes >= 60:
        parts.append(format_unit(minutes // 60, "duration-hour", "short", locale=locale))
    if minutes % 60:
        parts.append(format_unit(minutes % 60, "duration-minute", "short", locale=locale))
    return " ".join(parts)
