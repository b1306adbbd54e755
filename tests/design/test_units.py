from decimal import Decimal
from fractions import Fraction

import pytest

from glocal.design.region_errors import LengthUnreadable
from glocal.design.units import (
    INCH,
    MILLIMETRE,
    UnitSystem,
    length_text,
    length_unit,
    mass_text,
    nearest_multiple_mm,
    number_text,
    read_back,
    read_length,
    shown_range,
    temperature_text,
    to_mm,
    to_shown,
)


def test_only_the_united_states_system_shows_inches():
    assert [length_unit(system) for system in UnitSystem] == [MILLIMETRE, INCH, MILLIMETRE]


def test_lengths_by_hand():
    assert to_shown(88.9, INCH) == Decimal("3.5")  # 3.5 * 25.4
    assert to_mm(Decimal("3.5"), INCH) == 88.9
    assert to_shown(90, INCH) == Decimal("3.543")  # 3.54330…
    assert to_mm(Decimal("3.543"), INCH) == 89.9922
    assert to_shown(0.15, MILLIMETRE) == Decimal("0.15")
    assert to_shown(1000, MILLIMETRE) == Decimal("1000")


def test_an_untouched_box_keeps_the_design_to_the_last_bit():
    assert read_back(Decimal("3.543"), INCH, 90.0) == 90.0
    assert read_back(Decimal("3.544"), INCH, 90.0) == 90.0176


def test_a_range_never_offers_what_is_not_allowed():
    # 60 mm = 2.36220… in and 200 mm = 7.87401… in: both ends go inwards
    assert shown_range(60, 200, INCH) == (Decimal("2.363"), Decimal("7.874"))
    assert shown_range(None, 25.4, INCH) == (None, Decimal("1"))
    assert shown_range(0.001, 0.002, INCH) == (None, None)


def test_the_nearest_eighth_of_an_inch():
    assert nearest_multiple_mm(90, INCH, Fraction(1, 8)) == 88.9  # 28.3 eighths
    with pytest.raises(ValueError, match="more than 0"):
        nearest_multiple_mm(90, INCH, Fraction(0))


@pytest.mark.parametrize(
    ("text", "unit", "locale", "number"),
    [
        ("88.9", MILLIMETRE, "en_US", "88.9"),
        ("88,9 mm", MILLIMETRE, "fr_FR", "88.9"),
        ('3 1/2"', INCH, "en_US", "3.5"),
        ("3½ in", INCH, "en_US", "3.5"),
        ("3-5/8", INCH, "en_US", "3.625"),
        ("٨٨.٩", MILLIMETRE, "ar", "88.9"),  # Arabic digits
    ],
)
def test_people_write_lengths_in_their_own_way(text, unit, locale, number):
    assert read_length(text, unit, locale) == Decimal(number)


@pytest.mark.parametrize(
    ("text", "unit"),
    [
        ("", MILLIMETRE),
        ("about 3", MILLIMETRE),
        ("3 in", MILLIMETRE),  # another unit is not converted in silence
        ("3.5 mm", INCH),
        ("1/2", MILLIMETRE),
        ("1/3", INCH),  # has no end as a decimal
        ("1/0", INCH),
        ("nan", MILLIMETRE),
        ("9" * 60, MILLIMETRE),
    ],
)
def test_what_is_no_length_is_refused(text, unit):
    with pytest.raises(LengthUnreadable):
        read_length(text, unit, "en_US")


def test_numbers_and_units_as_the_locale_writes_them():
    assert number_text(Decimal("1234.5"), "fr_FR") == "1234,5"
    assert length_text(88.9, INCH, "en_US") == "3.5 in"
    assert length_text(88.9, MILLIMETRE, "fr") == "88,9\u202fmm"
    assert temperature_text(55) == "55 °C"
    assert temperature_text(55, fahrenheit=True) == "131 °F (55 °C)"  # 55 * 9 / 5 + 32
    assert mass_text(28.349523125, UnitSystem.US, "en_US") == "1 oz"
    assert mass_text(12.34, UnitSystem.METRIC, "en_GB") == "12.3 g"


def test_a_length_is_a_number():
    with pytest.raises(ValueError, match="not a length"):
        to_shown(float("inf"), INCH)
