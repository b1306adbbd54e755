"""Which units, paper and size systems are usual where.

Units and paper are ``measurementData`` of CLDR's supplemental data (LDML part 6), which Babel does not carry; its few
lines are here. Size systems follow from where each standard or custom is in use; where none is sure, there is no
default and the measure itself is shown.
"""

from __future__ import annotations

from typing import Literal

from glocal.design.units import UnitSystem

_US_UNITS = frozenset({"LR", "MM", "US"})
_FAHRENHEIT = frozenset({"US", "BS", "BZ", "KY", "PR", "PW"})
_US_LETTER = frozenset({"BZ", "CA", "CL", "CO", "CR", "GT", "MX", "NI", "PA", "PH", "PR", "SV", "US", "VE"})

_NORTH_AMERICAN_RINGS = frozenset({"US", "CA", "MX"})
_BRITISH_RINGS = frozenset({"GB", "IE", "AU", "NZ", "ZA"})
_BRITISH_SHOES = frozenset({"GB", "IE"})
_EUROPEAN_STANDARDS = frozenset({  # EU and EFTA: their standards bodies must take over European Standards
    "AT", "BE", "BG", "CH", "CY", "CZ", "DE", "DK", "EE", "ES", "FI", "FR", "GR", "HR", "HU", "IE",
    "IS", "IT", "LI", "LT", "LU", "LV", "MT", "NL", "NO", "PL", "PT", "RO", "SE", "SI", "SK",
})  # fmt: skip


def default_units(country: str) -> UnitSystem:
    """Return the measurement system of a country."""
    if country in _US_UNITS:
        return UnitSystem.US
    return UnitSystem.UK if country == "GB" else UnitSystem.METRIC


def uses_fahrenheit(country: str) -> bool:
    """Say whether the weather is given in °F."""
    return country in _FAHRENHEIT


def paper_size(country: str) -> Literal["A4", "US-Letter"]:
    """Return the paper in a country's printers."""
    return "US-Letter" if country in _US_LETTER else "A4"


def default_sizes(country: str) -> dict[str, str]:
    """Return the usual size system for each measure that has a sure one."""
    rings = {**dict.fromkeys(_NORTH_AMERICAN_RINGS, "us_ring"), **dict.fromkeys(_BRITISH_RINGS, "bs_6820")}
    sizes = {
        "ring_inner_diameter": rings.get(country, "iso_8653"),
        "foot_length": "jis_s_5037" if country == "JP" else "mondopoint",
    }
    if country in _BRITISH_SHOES:
        sizes["last_length"] = "uk_adult"
    elif country in _EUROPEAN_STANDARDS:
        sizes["last_length"] = "paris_point"
    if country in _EUROPEAN_STANDARDS or country == "GB":
        sizes |= {"chest_girth": "en_13402", "bust_girth": "en_13402"}
    return sizes
