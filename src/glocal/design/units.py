"""Lengths, temperatures and masses as a region writes them, and back without loss.

Inside, a length is a float of millimetres. On the screen it is a decimal of the region's unit on a grid of 0.001. Three
rules make the way there and back exact:

1. What a person writes is a decimal; one inch is 25.4 mm exactly (international yard and pound agreement, 1959). It is
   turned into millimetres by exact arithmetic and rounded once, to the nearest float.
2. So every number on the grid comes back as itself: ``to_shown(to_mm(n)) == n``.
3. A number that nobody touched is never read back: :func:`read_back` returns the millimetres that it was shown for.
"""

from __future__ import annotations

import math
import re
import unicodedata
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum
from fractions import Fraction

from babel import Locale
from babel.numbers import NumberFormatError, format_decimal, parse_decimal
from babel.units import format_unit

from glocal.design.region_errors import LengthUnreadable

PLACES = 3
"""Decimal places of the grid: 0.001 in is 0.0254 mm, finer than a printer's step."""

_GRID = 10**PLACES
_FRACTION = re.compile(r"(?:(\d{1,6})[ -]+)?(\d{1,6})/(\d{1,4})")
_VULGAR = {"½": "1/2", "¼": "1/4", "¾": "3/4", "⅛": "1/8", "⅜": "3/8", "⅝": "5/8", "⅞": "7/8"}
_MAX_CHARACTERS = 40
_GRAMS_PER_OUNCE = Fraction(28_349_523_125, 10**9)


class UnitSystem(StrEnum):
    """The measurement systems of CLDR."""

    METRIC = "metric"
    US = "US"
    UK = "UK"


@dataclass(frozen=True, slots=True)
class LengthUnit:
    """A unit of length on the screen.

    Parameters
    ----------
    code : str
        As in the manifest: ``"mm"`` or ``"in"``.
    cldr : str
        CLDR's name, for Babel.
    mm : Fraction
        How many millimetres one is, exactly.
    signs : tuple of str
        What may stand behind a number in a text.
    """

    code: str
    cldr: str
    mm: Fraction
    signs: tuple[str, ...]


MILLIMETRE = LengthUnit("mm", "length-millimeter", Fraction(1), ("mm",))
INCH = LengthUnit("in", "length-inch", Fraction(254, 10), ("inches", "inch", "in", '"', "″", "”"))


def length_unit(system: UnitSystem) -> LengthUnit:
    """Return the unit in which a system gives the size of a thing that fits on a table.

    The United Kingdom's mixed system keeps inches for screens and waists; what is made is drawn in millimetres there
    (BS 8888), as in the metric system.
    """
    return INCH if system is UnitSystem.US else MILLIMETRE


def exact(number: float | Decimal) -> Fraction:
    """Return the decimal that a person sees in a float (its shortest ``repr``), as an exact fraction."""
    if not math.isfinite(number):
        raise ValueError(f"{number} is not a length")
    return Fraction(number if isinstance(number, Decimal) else Decimal(repr(float(number))))


def to_shown(mm: float, unit: LengthUnit) -> Decimal:
    """Return millimetres in ``unit``, rounded to the nearest 0.001 (a half goes up)."""
    return _on_grid(math.floor(exact(mm) / unit.mm * _GRID + Fraction(1, 2)))


def to_mm(shown: Decimal, unit: LengthUnit) -> float:
    """Return the millimetres of a number in ``unit``: exact, then the nearest float."""
    return float(exact(shown) * unit.mm)


def read_back(shown: Decimal, unit: LengthUnit, before_mm: float) -> float:
    """Return the millimetres of a box on the screen; an untouched box gives ``before_mm`` itself, to the last bit."""
    return before_mm if shown == to_shown(before_mm, unit) else to_mm(shown, unit)


def shown_range(low_mm: float | None, high_mm: float | None, unit: LengthUnit) -> tuple[Decimal | None, Decimal | None]:
    """Return the range to offer in ``unit``: inwards to the grid, so that every number in it is allowed in millimetres.

    Both are None when not even one number of the grid lies inside.
    """
    low = None if low_mm is None else math.ceil(exact(low_mm) / unit.mm * _GRID)
    high = None if high_mm is None else math.floor(exact(high_mm) / unit.mm * _GRID)
    if low is not None and high is not None and low > high:
        return None, None
    return (None if low is None else _on_grid(low)), (None if high is None else _on_grid(high))


def nearest_multiple_mm(mm: float, unit: LengthUnit, step: Fraction) -> float:
    """Return the length that is nearest to ``mm`` among the multiples of ``step`` (in ``unit``; a half goes up)."""
    if step <= 0:
        raise ValueError(f"step is {step}, expected more than 0")
    return float(math.floor(exact(mm) / unit.mm / step + Fraction(1, 2)) * step * unit.mm)


def number_text(shown: Decimal, locale: str) -> str:
    """Return a number for a text box, as the locale writes it: no grouping, all its decimals."""
    return format_decimal(shown, locale=_locale(locale), decimal_quantization=False, group_separator=False)


def length_text(mm: float, unit: LengthUnit, locale: str) -> str:
    """Return a length for a person: ``3.5 in``, ``88,9 mm``, ``88.9 مم``."""
    return format_unit(to_shown(mm, unit), unit.cldr, length="short", locale=_locale(locale))


def read_length(text: str, unit: LengthUnit, locale: str) -> Decimal:
    """Return the number that a person wrote, in ``unit``.

    Decimals are the locale's own (``88,9`` in French, Arabic digits in Arabic); inches may be fractions (``3 1/2"``).
    The unit's sign may stand behind the number; the sign of another unit is refused, not converted in silence.

    Raises
    ------
    LengthUnreadable
    """
    plain = _without_sign(_western(text), unit)
    if unit is INCH and (match := _FRACTION.fullmatch(plain)) and int(match[3]):
        return _decimal(Fraction(int(match[1] or 0)) + Fraction(int(match[2]), int(match[3])), text)
    try:
        number = parse_decimal(plain, locale=_locale(locale), strict=True)
    except NumberFormatError:
        raise _unreadable(text, unit, locale) from None
    if not number.is_finite() or len(plain) > _MAX_CHARACTERS:
        raise _unreadable(text, unit, locale)
    return number


def temperature_text(celsius: float, *, fahrenheit: bool = False) -> str:
    """Return a temperature in words; where people use Fahrenheit, both."""
    own = f"{celsius:g} °C"
    return f"{round(celsius * 9 / 5 + 32, 1):g} °F ({own})" if fahrenheit else own


def mass_text(grams: float, system: UnitSystem, locale: str) -> str:
    """Return a mass for a person: ounces (of 28.349523125 g exactly) in the United States' system, else grams."""
    if system is UnitSystem.US:
        return format_unit(
            round(Decimal(float(exact(grams) / _GRAMS_PER_OUNCE)), 2), "mass-ounce", "short", locale=_locale(locale)
        )
    return format_unit(round(exact(grams) * 10) / Decimal(10), "mass-gram", "short", locale=_locale(locale))


def _on_grid(count: int) -> Decimal:
    number = Decimal(count).scaleb(-PLACES).normalize()
    return number if number.as_tuple().exponent <= 0 else number.quantize(Decimal(1))  # type: ignore[operator]  # finite


def _locale(tag: str) -> Locale:
    return Locale.parse(tag, sep="-" if "-" in tag else "_")


def _western(text: str) -> str:
    """Return a text with the digits 0 to 9, plain spaces and written-out fractions."""
    spelt = "".join(f" {_VULGAR[char]}" if char in _VULGAR else char for char in text)
    digits = "".join(str(unicodedata.decimal(char, char)) for char in spelt)
    return " ".join(digits.replace("٬", "").split())


def _without_sign(text: str, unit: LengthUnit) -> str:
    lower = text.lower()
    for sign in unit.signs:
        if lower.endswith(sign):
            return text[: -len(sign)].strip()
    return text


def _decimal(number: Fraction, text: str) -> Decimal:
    """Return a fraction as a decimal; halves to sixty-fourths have one, thirds have not."""
    rest = number.denominator
    for prime in (2, 5):
        while rest % prime == 0:
            rest //= prime
    if rest != 1:
        raise LengthUnreadable(
            f"“{text}” has no end as a decimal.", help="Use halves, quarters, eighths, sixteenths …", text=text
        )
    return Decimal(number.numerator) / Decimal(number.denominator)


def _unreadable(text: str, unit: LengthUnit, locale: str) -> LengthUnreadable:
    example = number_text(Decimal("12.5"), locale)
    return LengthUnreadable(
        f"“{text[:40]}” is no length in {unit.code}.", help=f"Write it as {example}.", text=text[:40], unit=unit.code
    )
