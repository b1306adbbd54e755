"""What is true of a region: CLDR's facts (through Babel), ISO's codes (through pycountry) and what the shop says.

Nothing is made up. What CLDR knows is taken from it; what only the shop can know (taxes, climate, wages, what lies on
the shelf) is the shop's or absent, and whoever needs it and does not find it refuses by name
(:meth:`RegionProfile.need`).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from datetime import date
from typing import Any, Literal

from babel import Locale, UnknownLocaleError
from babel.core import get_global
from babel.languages import get_official_languages, get_territory_language_info
from babel.numbers import format_percent, get_territory_currencies

from glocal.design.region_errors import RegionIncomplete, RegionSettingWrong, RegionUnknown
from glocal.design.region_places import default_sizes, default_units, paper_size, uses_fahrenheit
from glocal.design.sizes import MEASURES, size_system
from glocal.design.units import LengthUnit, UnitSystem, length_unit, temperature_text

Paper = Literal["A4", "US-Letter"]
COLDEST_C, HOTTEST_C = -90.0, 60.0
"""No air on Earth has been measured outside these (WMO: −89.2 °C and 56.7 °C)."""
_CORRECT = "Correct the shop's settings."


@dataclass(frozen=True, slots=True)
class RegionSettings:
    """What the shop says of its region; None or empty means that it has not said.

    Parameters
    ----------
    languages : tuple of str
        BCP 47 tags, the customers' first one first; empty takes CLDR's official languages.
    currency, unit_system, paper : str or None
        None takes CLDR's.
    size_systems : mapping of measure to size system
        Overrides the region's usual ones (:mod:`glocal.design.sizes`).
    tax_rate : float or None
        Sales tax or VAT, 0.19 for 19 %.
    tax_included : bool or None
        Whether prices are shown with it.
    summer_c, winter_c : float or None
        Air temperature of a hot summer day and a cold winter day, °C.
    climate_source : str
        Where the temperatures come from.
    materials : tuple of str or None
        Ids of the materials at hand; an empty tuple means none.
    wage_minor_per_h, energy_minor_per_kwh : float or None
        In minor units of the currency.
    standards : mapping of a standard's name to a choice
        What fits here, by the names that manifests use: ``{"wall_screw": "UNC 8-32"}``.
    """

    languages: tuple[str, ...] = ()
    currency: str | None = None
    unit_system: UnitSystem | None = None
    paper: Paper | None = None
    size_systems: Mapping[str, str] = field(default_factory=dict)
    tax_rate: float | None = None
    tax_included: bool | None = None
    summer_c: float | None = None
    winter_c: float | None = None
    climate_source: str = ""
    materials: tuple[str, ...] | None = None
    wage_minor_per_h: float | None = None
    energy_minor_per_kwh: float | None = None
    standards: Mapping[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        _check("tax_rate", self.tax_rate, 0, 1)
        for name in ("summer_c", "winter_c"):
            _check(name, getattr(self, name), COLDEST_C, HOTTEST_C)
        for name in ("wage_minor_per_h", "energy_minor_per_kwh"):
            _check(name, getattr(self, name), 0, 1e12)
        if self.summer_c is not None and self.winter_c is not None and self.summer_c < self.winter_c:
            raise RegionSettingWrong(
                "Summer is said to have {summer} °C, winter {winter} °C.",
                help=_CORRECT, setting="summer_c", summer=self.summer_c, winter=self.winter_c,
            )  # fmt: skip
        for measure, system in self.size_systems.items():
            if measure not in MEASURES:
                raise RegionSettingWrong(
                    "There are no sizes of “{measure}”, only of {allowed}.",
                    help=_CORRECT, setting="size_systems", measure=measure[:40], allowed=list(MEASURES),
                )  # fmt: skip
            size_system(system, measure)


@dataclass(frozen=True, slots=True)
class RegionProfile:
    """A region as designs meet it. Fields that :class:`RegionSettings` has too mean the same here.

    Parameters
    ----------
    code, country, name : str
        ISO 3166-1 or -2 code (``"NG"``, ``"NG-LA"``), its country, and its name in English.
    languages : tuple of str
        At least one, as Babel writes them (``"yo"``, ``"pt_BR"``).
    locale : str
        The first language as written in the country, for numbers and dates.
    direction : {"ltr", "rtl"}
        Of the first language's script.
    fahrenheit : bool
        Whether people give the weather in °F.
    notes : tuple of str
        What was taken as usual here and may be wrong for the shop.
    """

    code: str
    country: str
    name: str
    languages: tuple[str, ...]
    locale: str
    direction: Literal["ltr", "rtl"]
    currency: str
    unit_system: UnitSystem
    fahrenheit: bool
    paper: Paper
    size_systems: Mapping[str, str]
    tax_rate: float | None = None
    tax_included: bool | None = None
    summer_c: float | None = None
    winter_c: float | None = None
    climate_source: str = ""
    materials: tuple[str, ...] | None = None
    wage_minor_per_h: float | None = None
    energy_minor_per_kwh: float | None = None
    standards: Mapping[str, str] = field(default_factory=dict)
    notes: tuple[str, ...] = ()

    @property
    def length_unit(self) -> LengthUnit:
        """Return the unit for the size of things."""
        return length_unit(self.unit_system)

    def need(self, setting: str) -> Any:
        """Return what the shop said of ``setting``.

        Raises
        ------
        RegionIncomplete
            When it has not said: there is no number to fall back on.
        """
        value = getattr(self, setting)
        if value is None:
            raise RegionIncomplete(
                "Nobody has said what {setting} is in {name}.",
                help="Enter it in the shop's settings.", setting=setting, name=self.name, region=self.code,
            )  # fmt: skip
        return value

    def tax_words(self) -> str:
        """Return how prices stand to tax, in English; refuse where the shop has not said."""
        rate = format_percent(self.need("tax_rate"), "#,##0.###%", locale="en")
        return f"prices include {rate} tax" if self.need("tax_included") else f"{rate} tax is added to prices"

    def temperature_text(self, celsius: float) -> str:
        """Return a temperature as people here read it."""
        return temperature_text(celsius, fahrenheit=self.fahrenheit)

    def as_dict(self) -> dict[str, Any]:
        """Return the profile as it stands in JSON."""
        plain = {item.name: getattr(self, item.name) for item in fields(self)}
        return {name: _plain(value) for name, value in plain.items()}


def region_profile(code: str, settings: RegionSettings, *, on: date) -> RegionProfile:
    """Return what is true of a region on a day.

    Parameters
    ----------
    code : str
        ISO 3166-1 alpha-2 code of a country or ISO 3166-2 code of a part of it.
    settings : RegionSettings
        What the shop says; it wins over what is usual.
    on : date
        Currencies change; CLDR knows since when.

    Raises
    ------
    RegionUnknown, RegionSettingWrong, RegionIncomplete
    """
    code, name = _named(code)
    country = code[:2]
    languages = _languages(country, settings.languages)
    locale = _locale_of(languages[0], country)
    currency, notes = _currency(country, settings.currency, on)
    usual_sizes = default_sizes(country)
    return RegionProfile(
        code=code,
        country=country,
        name=name,
        languages=languages,
        locale=str(locale),
        direction="rtl" if locale.text_direction == "rtl" else "ltr",
        currency=currency,
        unit_system=settings.unit_system or default_units(country),
        fahrenheit=uses_fahrenheit(country),
        paper=settings.paper or paper_size(country),
        size_systems=dict(sorted({**usual_sizes, **settings.size_systems}.items())),
        tax_rate=settings.tax_rate,
        tax_included=settings.tax_included,
        summer_c=settings.summer_c,
        winter_c=settings.winter_c,
        climate_source=settings.climate_source,
        materials=None if settings.materials is None else tuple(item.lower() for item in settings.materials),
        wage_minor_per_h=settings.wage_minor_per_h,
        energy_minor_per_kwh=settings.energy_minor_per_kwh,
        standards=dict(settings.standards),
        notes=notes,
    )


def _named(code: str) -> tuple[str, str]:
    import pycountry

    wanted = code.strip().upper()
    found: Any = None
    if len(wanted) <= 6:
        lists: Any = pycountry
        found = lists.subdivisions.get(code=wanted) if "-" in wanted else lists.countries.get(alpha_2=wanted)
    if found is None:
        raise RegionUnknown(
            "“{region}” is no region of ISO 3166.", help="Use a code such as NG or NG-LA.", region=code[:20]
        )
    return wanted, str(found.name)


def _languages(country: str, wanted: tuple[str, ...]) -> tuple[str, ...]:
    official = get_official_languages(country, regional=False, de_facto=True)
    if not official:
        spoken = get_territory_language_info(country)
        spoken = {tag: facts for tag, facts in spoken.items() if tag != "und"}
        official = tuple(sorted(spoken, key=lambda tag: -float(spoken[tag]["population_percent"] or 0))[:1])
    if not (wanted or official):
        raise RegionIncomplete(
            "CLDR knows no language of {region}.", help="Name the languages in the shop's settings.",
            setting="languages", region=country,
        )  # fmt: skip
    return tuple(dict.fromkeys(str(_parsed(tag)) for tag in wanted or official))


def _parsed(tag: str) -> Locale:
    scripts = [part for part in tag.replace("-", "_").split("_")[1:] if len(part) == 4 and part.isalpha()]
    try:
        parsed = Locale.parse(tag.replace("-", "_"))
    except (ValueError, TypeError, UnknownLocaleError):
        parsed = None
    if parsed is None or not all(script.title() in Locale("en").scripts for script in scripts):
        raise RegionSettingWrong(
            "CLDR knows no language “{language}”.", help=_CORRECT, setting="languages", language=tag[:40]
        )
    return parsed


def _locale_of(language: str, country: str) -> Locale:
    """Return a language as it is written in a country; as it is written at all where CLDR knows no more."""
    own = _parsed(language)
    if own.territory:
        return own
    try:
        return Locale(own.language, country, own.script)
    except UnknownLocaleError:
        return own


def _currency(country: str, wanted: str | None, on: date) -> tuple[str, tuple[str, ...]]:
    if wanted is not None:
        if wanted not in get_global("all_currencies"):
            raise RegionSettingWrong(
                "“{currency}” is no currency of ISO 4217, such as EUR.",
                help=_CORRECT, setting="currency", currency=wanted[:10],
            )  # fmt: skip
        return wanted, ()
    tender = get_territory_currencies(country, on, tender=True)
    if not tender:
        raise RegionIncomplete(
            "CLDR knows no currency of {region}.", help="Name it in the shop's settings.",
            setting="currency", region=country,
        )  # fmt: skip
    others = f"{', '.join(tender[1:])} is legal tender too; prices are in {tender[0]}."
    return tender[0], ((others,) if len(tender) > 1 else ())


def _check(name: str, value: float | None, low: float, high: float) -> None:
    if value is not None and not low <= value <= high:
        raise RegionSettingWrong(
            "{setting} is {value}; it can be {low} to {high}.",
            help=_CORRECT, setting=name, value=value, low=low, high=high,
        )  # fmt: skip


def _plain(value: Any) -> Any:
    if isinstance(value, tuple):
        return list(value)
    return dict(value) if isinstance(value, Mapping) else value
