"""The forms in which an owner says what the shop is: the same in the first run and in the settings."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any, Protocol

from babel.numbers import get_currency_precision
from django import forms
from django.conf import settings
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from glocal.errors import GlocalError
from glocal.production.materials import list_materials
from glocal.shop.error_words import error_text
from glocal.shop.shops.actions import MOST_ABOUT, set_about, set_costs, set_hours, set_money, set_place
from glocal.shop.shops.models import Shop
from glocal.shop.shops.queries import waiting_of
from glocal.shop.shops.regional_terms import RegionalTerms, regional_terms
from glocal.shop.shops.settings import Costs, Money, Place, colours_from_text, costs_of, to_minor
from glocal.web.number_field import NumberField
from glocal.web.region_field import RegionField
from glocal.web.week_form import WeekForm, week_as_typed
from glocal.web.world_places import place_of


def reader_language() -> str:
    """Return in which language the page is read, without its country."""
    return (get_language() or "en").partition("-")[0]


def usual_terms(region: str) -> RegionalTerms:
    """Return what is usual in a region today."""
    return regional_terms(region, on=date.today())  # noqa: DTZ011 - a day either way is no other currency


class Section(Protocol):
    """One section: a form that knows how to write what was typed."""

    fields: dict[str, forms.Field]

    def write(self, shop: Shop) -> None:
        """Write what was typed."""

    def add_error(self, field: str | None, error: Any) -> None:
        """Say beside a field what is wrong."""

    def is_valid(self) -> bool:
        """Return whether everything typed can be read."""


def save_section(form: Section, shop: Shop) -> bool:
    """Write a section; return False, with the refusal beside its field, when the shop does not take it."""
    try:
        form.write(shop)
    except GlocalError as refusal:
        field = str(refusal.data.get("field", ""))
        form.add_error(field if field in form.fields else None, error_text(refusal))
        return False
    return True


class PlaceForm(forms.Form):
    """Name and place."""

    name = forms.CharField(label=_("What your shop is called"), max_length=200)
    about = forms.CharField(
        label=_("What you make, in a sentence"),
        max_length=MOST_ABOUT,
        required=False,
        help_text=_("It stands at the top of your shop, in the language in which you read this."),
    )
    town = forms.CharField(label=_("Town"), max_length=200)
    region = RegionField(
        label=_("Country or region"),
        max_length=100,
        help_text=_("Its name, or its code: FR, NG, MA; a part of it: FR-13."),
    )
    latitude = NumberField(label=_("Latitude"), min_value=-90, max_value=90, required=False)
    longitude = NumberField(
        label=_("Longitude"),
        min_value=-180,
        max_value=180,
        required=False,
        help_text=_("From any map. Makers near you are found by it; empty takes the middle of the country."),
    )
    timezone = forms.CharField(
        label=_("Time zone"),
        max_length=64,
        required=False,
        help_text=_("Empty takes the region’s, for example Europe/Paris."),
    )

    @staticmethod
    def initial_of(shop: Shop) -> dict[str, Any]:
        """Return what stands there now."""
        names = ("name", "town", "region", "latitude", "longitude", "timezone")
        return {name: getattr(shop, name) for name in names} | {"about": shop.about.get(reader_language(), "")}

    def place(self) -> tuple[Place, RegionalTerms]:
        """Return the typed place, with what is usual there."""
        typed = self.cleaned_data
        usual = usual_terms(typed["region"])
        middle = place_of(usual.region) or (0, 0)
        latitude, longitude = (
            middle[i] if typed[name] is None else typed[name] for i, name in enumerate(("latitude", "longitude"))
        )
        zone = typed["timezone"] or usual.timezone
        return Place(typed["name"], typed["town"], usual.region, latitude, longitude, zone), usual

    def write(self, shop: Shop) -> None:
        """Write the place, and what the shop says of itself."""
        set_place(shop, self.place()[0])
        self.write_about(shop)

    def write_about(self, shop: Shop) -> None:
        """Write what the shop says of itself in the reader's language."""
        set_about(shop, reader_language(), self.cleaned_data["about"])


class MoneyForm(forms.Form):
    """Language, currency, tax."""

    language = forms.ChoiceField(label=_("Your language"), choices=settings.LANGUAGES)
    currency = forms.CharField(label=_("Currency"), max_length=3, help_text=_("As a code, for example EUR or NGN."))
    tax_percent = NumberField(
        label=_("Tax on what you sell, %"), min_value=0, max_value=100, help_text=_("0 if you need not charge it.")
    )
    tax_included = forms.BooleanField(label=_("Prices are shown with the tax in them"), required=False)

    @staticmethod
    def initial_of(shop: Shop) -> dict[str, Any]:
        """Return what stands there now."""
        unknown = shop.set_up_at is None and usual_terms(shop.region).tax_rate is None
        return {
            "language": shop.language,
            "currency": shop.currency,
            "tax_percent": "" if unknown else round(100 * shop.terms["tax_rate"], 4),
            "tax_included": shop.terms["tax_included_in_price"],
        }

    def write(self, shop: Shop) -> None:
        """Write language, currency and tax."""
        typed = self.cleaned_data
        money = Money(typed["language"], typed["currency"].upper(), typed["tax_percent"] / 100, typed["tax_included"])
        set_money(shop, money)


class HoursForm(WeekForm):
    """When the shop is open."""

    @staticmethod
    def initial_of(shop: Shop) -> dict[str, Any]:
        """Return what stands there now."""
        return week_as_typed(shop.hours)

    def write(self, shop: Shop) -> None:
        """Write the hours."""
        set_hours(shop, self.week())


class CostsForm(forms.Form):
    """What work, energy and material cost, in the shop's currency."""

    wage = forms.DecimalField(label=_("An hour of your work"), min_value=0, max_value=10_000_000)
    energy = forms.DecimalField(label=_("A kilowatt-hour"), min_value=0, max_value=1_000_000)
    margin_percent = NumberField(label=_("Margin on top of the costs, %"), min_value=0, max_value=1000)
    packaging = forms.DecimalField(label=_("Packaging of an order"), min_value=0, max_value=10_000_000)
    minimum = forms.DecimalField(label=_("Least that an order brings, before tax"), min_value=0, max_value=10_000_000)
    waiting = NumberField(
        label=_("What a day of waiting counts, % of the price"),
        min_value=0,
        max_value=100,
        help_text=_(
            "Makers are compared by price and day. At 1 %, one who is ready ten days later has to be a tenth cheaper."
        ),
    )

    pairs_help = _(
        "A material without a price is not offered. Colours have commas between; a spool’s own is said at its machine."
    )

    def __init__(self, *arguments: Any, **named: Any) -> None:
        super().__init__(*arguments, **named)
        for material in list_materials():
            self.fields[f"spool_{material.id}"] = forms.DecimalField(
                label=str(_("A spool of 1 kg of {material}")).format(material=material.name),
                min_value=0,
                max_value=10_000_000,
                required=False,
            )
            self.fields[f"colours_{material.id}"] = forms.CharField(
                label=str(_("Colours of {material}")).format(material=material.name),
                max_length=1000,
                required=False,
            )

    @property
    def pairs(self) -> list[tuple[forms.BoundField, forms.BoundField]]:
        """Return the price and the colours of each material, which stand side by side."""
        return [(self[f"spool_{each.id}"], self[f"colours_{each.id}"]) for each in list_materials()]

    @property
    def alone(self) -> list[forms.BoundField]:
        """Return the fields that stand for themselves."""
        return [field for field in self if not field.name.startswith(("spool_", "colours_"))]

    @staticmethod
    def initial_of(shop: Shop) -> dict[str, Any]:
        """Return what stands there now."""
        costs, precision = costs_of(shop), get_currency_precision(shop.currency)

        def major(minor: float) -> str:
            return f"{minor / 10**precision:.{precision}f}"

        spools = {f"spool_{name}": major(price) for name, price in (costs.spools or {}).items()}
        usual = usual_terms(shop.region)
        if shop.set_up_at is None and not spools and usual.spool_price and usual.currency == shop.currency:
            spools = {"spool_pla": f"{usual.spool_price:g}"}
        colours = {f"colours_{name}": ", ".join(names) for name, names in (costs.colours or {}).items()}
        return {
            **colours,
            "wage": major(costs.wage_minor_per_h) if costs.wage_minor_per_h else "",
            "energy": f"{costs.energy_minor_per_kwh / 10**precision:g}" if costs.energy_minor_per_kwh else "",
            "margin_percent": round(100 * costs.margin, 4),
            "packaging": major(costs.packaging_minor),
            "minimum": major(costs.minimum_minor),
            "waiting": round(100 * waiting_of(shop).value, 4),
            **spools,
        }

    def write(self, shop: Shop) -> None:
        """Write the costs."""
        typed, currency = self.cleaned_data, shop.currency
        prices = {material.id: typed.get(f"spool_{material.id}") for material in list_materials()}
        spools = {name: to_minor(price, currency) for name, price in prices.items() if price is not None}
        colours = {name: f"colours_{name}" for name in spools}
        precision = get_currency_precision(currency)
        set_costs(
            shop,
            Costs(
                wage_minor_per_h=to_minor(typed["wage"], currency),
                energy_minor_per_kwh=float(typed["energy"]) * 10**precision,
                margin=typed["margin_percent"] / 100,
                packaging_minor=to_minor(typed["packaging"], currency),
                minimum_minor=to_minor(typed["minimum"], currency),
                spools=spools,
                wait_rate=typed["waiting"] / 100,
                colours={name: colours_from_text(typed[field], field=field) for name, field in colours.items()},
            ),
        )


SECTIONS: Mapping[str, tuple[Any, type[forms.Form]]] = {
    "place": (_("Shop and place"), PlaceForm),
    "money": (_("Language, currency, tax"), MoneyForm),
    "hours": (_("Opening hours"), HoursForm),
    "costs": (_("Wage, energy, material"), CostsForm),
}


def section_form(section: str, shop: Shop, data: Mapping[str, Any] | None = None) -> Section:
    """Return one section's form, filled with what stands there now."""
    kind: Any = SECTIONS[section][1]
    form: Section = kind(data, prefix=section, initial=kind.initial_of(shop))
    return form
