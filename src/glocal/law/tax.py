"""How a price has to be shown where the shop sells, and what does not fit together.

Sources: Directive 98/6/EC, Article 2(a) (the selling price is final and includes VAT); Directive 2006/112/EC, Article
97 (standard rate not below 15 %), Articles 284 to 292 (small enterprises, as amended by (EU) 2020/285), Article 59c
(distance sales within the Union are taxed at home up to 10,000 EUR a year). Standard rates of the member states: the
Commission's "Taxes in Europe" database as known in autumn 2025; the rate that counts is the one that the owner entered.
"""

from __future__ import annotations

from dataclasses import dataclass

from glocal.law.model import EU

STANDARD_PERCENT = {
    "AT": 20.0, "BE": 21.0, "BG": 20.0, "HR": 25.0, "CY": 19.0, "CZ": 21.0, "DK": 25.0, "EE": 24.0, "FI": 25.5,
    "FR": 20.0, "DE": 19.0, "GR": 24.0, "HU": 27.0, "IE": 23.0, "IT": 22.0, "LV": 21.0, "LT": 21.0, "LU": 17.0,
    "MT": 18.0, "NL": 21.0, "PL": 23.0, "PT": 23.0, "RO": 21.0, "SK": 23.0, "SI": 22.0, "ES": 21.0, "SE": 25.0,
    "GB": 20.0, "NO": 25.0, "CH": 8.1, "NG": 7.5,
}  # fmt: skip
_ADDED_AT_THE_END = frozenset({"US", "CA"})  # a price is shown without sales tax there
_GOODS_AND_SERVICES = frozenset({"AU", "NZ", "IN", "SG", "CA"})


@dataclass(frozen=True, slots=True)
class TaxShown:
    """What stands beside a price.

    Parameters
    ----------
    code : {"included", "added", "none"}
        The tax is in the price, comes on top, or there is none.
    name : {"vat", "gst", "sales_tax"}
        What it is called there.
    percent : float
        The rate, in per cent.
    doubts : tuple of str
        Codes of what the owner should look at.
    source : str
        Where the rule stands; empty where this room knows none.
    """

    code: str
    name: str
    percent: float
    doubts: tuple[str, ...] = ()
    source: str = ""


def tax_shown(region: str, rate: float, *, included: bool) -> TaxShown:
    """Return how the tax is shown beside a price.

    Parameters
    ----------
    region : str
        ISO 3166 code of the shop, with or without a subdivision.
    rate : float
        The shop's rate; 0.2 is 20 %.
    included : bool
        Whether shown prices contain it.
    """
    if not 0 <= rate < 1:
        raise ValueError(f"tax rate is {rate}, expected 0 to 1; 0.2 is 20 %")
    country = region.split("-", maxsplit=1)[0]
    percent = round(rate * 100, 3)
    name = "gst" if country in _GOODS_AND_SERVICES else "sales_tax" if country == "US" else "vat"
    doubts = []
    if country in EU and not included and rate:
        doubts.append("must_be_included")
    standard = STANDARD_PERCENT.get(country)
    if standard is not None and rate and percent != standard:
        doubts.append("not_the_standard_rate")
    if country in EU and not rate:
        doubts.append("small_enterprise_only")
    code = "none" if not rate else "included" if included and country not in _ADDED_AT_THE_END else "added"
    source = "Directive 98/6/EC, Article 2(a)" if country in EU else ""
    return TaxShown(code, name, percent, tuple(doubts), source)
