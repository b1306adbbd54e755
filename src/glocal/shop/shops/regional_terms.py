"""What is usual in a country, to begin a shop with: the owner sees every figure and changes what is not theirs.

Standard rates of value-added tax as published by the tax authorities (2025). Wages, energy and spools are round assumed
figures in the country's own currency, said to be so. A country that is not here has no default: the owner types it.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from glocal.values import Estimate

ASSUMED = "assumed for the country; change it to yours"

# country: tax %, wage per hour, energy per kWh, spool of 1 kg, time zone; in the country's currency
_TABLE = """
FR 20 20 0.25 22 Europe/Paris
DE 19 22 0.38 22 Europe/Berlin
ES 21 15 0.24 21 Europe/Madrid
IT 22 16 0.32 22 Europe/Rome
PT 23 11 0.24 21 Europe/Lisbon
NL 21 22 0.30 23 Europe/Amsterdam
BE 21 22 0.34 23 Europe/Brussels
AT 20 21 0.34 23 Europe/Vienna
IE 23 20 0.36 24 Europe/Dublin
PL 23 50 1.10 90 Europe/Warsaw
SE 25 230 2.20 250 Europe/Stockholm
DK 25 200 2.60 170 Europe/Copenhagen
NO 25 270 1.50 260 Europe/Oslo
CH 8.1 38 0.30 25 Europe/Zurich
GB 20 17 0.28 20 Europe/London
TR 20 220 2.60 700 Europe/Istanbul
MA 20 30 1.30 250 Africa/Casablanca
DZ 19 350 5 3500 Africa/Algiers
TN 19 7 0.30 75 Africa/Tunis
EG 14 70 1.60 900 Africa/Cairo
SN 18 1100 120 15000 Africa/Dakar
CI 18 1100 90 15000 Africa/Abidjan
BJ 18 900 130 15000 Africa/Porto-Novo
NG 7.5 1500 210 35000 Africa/Lagos
KE 16 280 28 3200 Africa/Nairobi
ZA 15 70 3.20 380 Africa/Johannesburg
JO 16 3 0.12 16 Asia/Amman
IN 18 170 8 1100 Asia/Kolkata
JP 10 1600 32 3000 Asia/Tokyo
AU 10 36 0.33 32 Australia/Sydney
MX 16 80 2.30 420 America/Mexico_City
"""


@dataclass(frozen=True, slots=True)
class RegionalTerms:
    """What is usual in one country, in major units of ``currency``.

    Parameters
    ----------
    tax_rate, wage_per_h, energy_per_kwh, spool_price : float or None
        None where nothing is known: then the owner says it.
    """

    region: str
    languages: tuple[str, ...]
    currency: str
    timezone: str
    tax_rate: float | None = None
    wage_per_h: float | None = None
    energy_per_kwh: float | None = None
    spool_price: float | None = None


FAILURE_ODDS = Estimate(0.08, 0.03, 0.2, "assumed until ten own prints are known")
LABOUR_MIN = Estimate(10.0, 5.0, 20.0, "assumed until the owner says it better")
MARGIN = 0.3
WAITING = Estimate(
    0.0135,
    0.006,
    0.021,
    "the middle of what a day in transit was found to be worth in trade, 0.6 to 2.1 % of the goods "
    "(Hummels and Schaur, American Economic Review 103(7), 2013), until the owner says it better",
)
"""What a day of waiting counts for a customer, as a share of the price."""


def regional_terms(region: str, *, on: date) -> RegionalTerms:
    """Return what is usual in a region (ISO 3166).

    Raises
    ------
    RegionUnknown, RegionIncomplete
        When there is no such region, or CLDR knows no currency of it.
    """
    from babel.core import get_global

    from glocal.design.region import RegionSettings, region_profile

    profile = region_profile(region, RegionSettings(), on=on)
    rows = {row.split()[0]: row.split()[1:] for row in _TABLE.strip().splitlines()}
    known = rows.get(profile.country)
    if known is None:
        zones = sorted(zone for zone, place in get_global("zone_territories").items() if place == profile.country)
        return RegionalTerms(profile.code, profile.languages, profile.currency, zones[0] if zones else "UTC")
    tax, wage, energy, spool = (float(figure) for figure in known[:4])
    return RegionalTerms(profile.code, profile.languages, profile.currency, known[4], tax / 100, wage, energy, spool)
