"""What the owner may say about the shop, checked: where it is, its money, its hours, its costs."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from itertools import pairwise
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from babel.numbers import get_currency_precision

from glocal.shop.errors import OrderInvalid
from glocal.shop.shops.queries import waiting_of

if TYPE_CHECKING:
    from glocal.shop.shops.models import Shop

Week = tuple[tuple[tuple[int, int], ...], ...]
DAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
WORKDAYS: Week = ((((9 * 60), 18 * 60),),) * 5 + ((), ())
_SPAN = re.compile(r"(\d{1,2})[:.h](\d{2})\s*[-–—]\s*(\d{1,2})[:.h](\d{2})")
MINUTES_PER_DAY = 24 * 60
MOST_COLOURS, LONGEST_COLOUR = 24, 40


class SettingWrong(OrderInvalid):
    """A setting cannot be as it was typed."""

    code = "setting_wrong"


@dataclass(frozen=True, slots=True)
class Place:
    """Where the shop is. ``region`` is an ISO 3166 code, ``timezone`` an IANA name."""

    name: str
    town: str
    region: str
    latitude: float
    longitude: float
    timezone: str

    def __post_init__(self) -> None:
        from glocal.design.region import RegionSettings, region_profile

        for field_name in ("name", "town"):
            if not 1 <= len(getattr(self, field_name).strip()) <= 200:
                raise SettingWrong(
                    "The name is missing or too long.", help="Write 1 to 200 characters.", field=field_name
                )
        region_profile(self.region, RegionSettings(), on=date(2025, 1, 1))
        if not (-90 <= self.latitude <= 90 and -180 <= self.longitude <= 180):
            raise SettingWrong(
                "This is no place on Earth.", help="Latitude is -90 to 90, longitude -180 to 180.", field="latitude"
            )
        try:
            ZoneInfo(self.timezone)
        except (ZoneInfoNotFoundError, ValueError, OSError):
            raise SettingWrong(
                "“{said}” is no time zone.",
                help="Write for example Europe/Paris.",
                said=self.timezone[:40],
                field="timezone",
            ) from None


@dataclass(frozen=True, slots=True)
class Money:
    """In which language and currency the shop speaks, and its tax: 0.2 is 20 %."""

    language: str
    currency: str
    tax_rate: float
    tax_included: bool

    def __post_init__(self) -> None:
        from babel.core import get_global

        if self.currency not in get_global("all_currencies"):
            raise SettingWrong(
                "“{said}” is no currency.",
                help="Write a code such as EUR or NGN.",
                said=self.currency[:10],
                field="currency",
            )
        if not 0 <= self.tax_rate <= 1:
            raise SettingWrong("The tax is not between 0 and 100 %.", help="Write 20 for 20 %.", field="tax_rate")


@dataclass(frozen=True, slots=True)
class Costs:
    """What a piece costs the shop, in minor units of its currency.

    Parameters
    ----------
    margin : float
        On top of the costs: 0.3 is 30 %.
    minimum_minor : int
        The least that an order brings, before tax.
    spools : mapping
        Material id → price of a full spool of 1 kg.
    colours : mapping
        Material id → the colours in which it is offered; None leaves them as they are.
    wait_rate : float or None
        What a day of waiting counts for a customer, as a share of the price: 0.01 is 1 %; None leaves it as it is.
    """

    wage_minor_per_h: float
    energy_minor_per_kwh: float
    margin: float
    packaging_minor: int = 0
    minimum_minor: int = 0
    spools: Mapping[str, int] | None = None
    colours: Mapping[str, Sequence[str]] | None = None
    wait_rate: float | None = None

    def __post_init__(self) -> None:
        from glocal.production.errors import UnknownMaterial
        from glocal.production.materials import get_material

        for field_name in ("wage_minor_per_h", "energy_minor_per_kwh", "margin", "packaging_minor", "minimum_minor"):
            if not 0 <= getattr(self, field_name) < 1e12:
                raise SettingWrong("This is below zero or far too much.", help="Write 0 or more.", field=field_name)
        if self.margin > 100:
            raise SettingWrong("The margin is more than a hundredfold.", help="Write 30 for 30 %.", field="margin")
        if self.wait_rate is not None and not 0 <= self.wait_rate <= 1:
            raise SettingWrong(
                "A day of waiting does not count 0 to 100 % of the price.", help="Write 1 for 1 %.", field="waiting"
            )
        for material_id, price_minor in (self.spools or {}).items():
            try:
                get_material(material_id)
            except UnknownMaterial as unknown:
                raise SettingWrong(unknown.words[0], help=unknown.words[1], **unknown.data, field="spools") from None
            if price_minor < 0:
                raise SettingWrong(
                    "The spool of {material} costs less than nothing.",
                    help="Write 0 or more.",
                    material=material_id,
                    field="spools",
                )


def colours_from_text(text: str, *, field: str) -> tuple[str, ...]:
    """Return the colours that somebody typed with commas between, each once.

    Raises
    ------
    SettingWrong
        When one is too long, or there are too many.
    """
    names = [" ".join(part.split()) for part in re.split(r"[,;،\n]", text)]
    found = tuple({name.casefold(): name for name in names if name}.values())
    if len(found) > MOST_COLOURS or any(len(name) > LONGEST_COLOUR or ":" in name for name in found):
        raise SettingWrong(
            "These are too many colours, or one has too long a name.",
            help="Write up to {most}, with commas between, such as black, white.",
            most=MOST_COLOURS,
            field=field,
        )
    return found


def to_minor(major: Decimal | float, currency: str) -> int:
    """Return a sum in minor units: 12.4 of EUR is 1240."""
    return int((Decimal(str(major)).scaleb(get_currency_precision(currency))).to_integral_value())


def hours_from_text(text: str, *, field: str = "hours") -> tuple[tuple[int, int], ...]:
    """Return the spans of one day in minutes after midnight: ``09:00-12:30, 14:00-18:00``; empty text is closed.

    Raises
    ------
    SettingWrong
        When it says something else, or its spans overlap or run backwards.
    """
    spans = []
    for part in (piece.strip() for piece in text.replace(";", ",").split(",")):
        if not part:
            continue
        found = _SPAN.fullmatch(part)
        if found is None:
            raise SettingWrong(
                "“{said}” are no hours.",
                help="Write for example 09:00-12:30, 14:00-18:00.",
                said=part[:40],
                field=field,
            )
        opens, closes = (int(found[i]) * 60 + int(found[i + 1]) for i in (1, 3))
        if int(found[2]) > 59 or int(found[4]) > 59 or closes > MINUTES_PER_DAY or opens >= closes:
            raise SettingWrong(
                "“{said}” does not begin before it ends.",
                help="Write for example 09:00-18:00.",
                said=part[:40],
                field=field,
            )
        spans.append((opens, closes))
    if spans != sorted(spans) or any(a[1] > b[0] for a, b in pairwise(spans)):
        raise SettingWrong(
            "The hours “{said}” overlap.",
            help="Write them in order, for example 09:00-12:00, 14:00-18:00.",
            said=text[:60],
            field=field,
        )
    return tuple(spans)


def hours_as_text(spans: Sequence[Sequence[int]]) -> str:
    """Return the spans of one day as a person types them."""
    return ", ".join(f"{a // 60:02d}:{a % 60:02d}-{b // 60:02d}:{b % 60:02d}" for a, b in spans)


def costs_of(shop: Shop) -> Costs:
    """Return what the shop says now."""
    terms = shop.terms
    offered = list(shop.materials.all())
    spools = {material.material_id: material.spool_price_minor for material in offered}
    colours = {name: [each.colour for each in offered if each.material_id == name and each.colour] for name in spools}
    names = ("wage_minor_per_h", "energy_minor_per_kwh", "margin", "packaging_minor", "minimum_minor")
    wait_rate = waiting_of(shop).value
    return Costs(**{name: terms[name] for name in names}, spools=spools, colours=colours, wait_rate=wait_rate)
