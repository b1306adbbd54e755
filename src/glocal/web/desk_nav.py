"""The owner's navigation: one line for each page of the desk that exists. A new page adds its line here."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.urls import NoReverseMatch, reverse
from django.utils.translation import gettext_lazy as _

if TYPE_CHECKING:
    from django_stubs_ext import StrPromise


@dataclass(frozen=True, slots=True)
class DeskPage:
    """One entry: the name of its address, what it is called, and under which heading it stands."""

    url_name: str
    label: StrPromise
    group: StrPromise | str = ""


SELL, HEAR, MAKE, SHOP = _("Sell"), _("Listen"), _("Make"), _("The shop")
DESK: tuple[DeskPage, ...] = (
    DeskPage("desk", _("Today")),
    DeskPage("desk-orders", _("Orders"), SELL),
    DeskPage("desk-payments", _("Payments"), SELL),
    DeskPage("desk-customers", _("Customers"), SELL),
    DeskPage("desk-products", _("Catalogue"), SELL),
    DeskPage("desk-rooms", _("Design conversations"), HEAR),
    DeskPage("desk-wishes", _("Wishes"), HEAR),
    DeskPage("desk-demand", _("Demand"), HEAR),
    DeskPage("desk-makers", _("Makers"), MAKE),
    DeskPage("desk-machines", _("Machines"), MAKE),
    DeskPage("know-how", _("Know-how"), MAKE),
    DeskPage("desk-shops", _("Other shops"), MAKE),
    DeskPage("desk-grow", _("Grow"), SHOP),
    DeskPage("desk-law", _("The law"), SHOP),
    DeskPage("desk-people", _("Privacy"), SHOP),
    DeskPage("desk-data", _("Data"), SHOP),
    DeskPage("desk-settings", _("Settings"), SHOP),
)


def navigation(path: str) -> list[dict[str, object]]:
    """Return the entries whose pages exist, the one that is open marked (the longest address that fits)."""
    found: list[dict[str, object]] = []
    for entry in DESK:
        try:
            found.append({"href": reverse(entry.url_name), "label": entry.label, "group": entry.group})
        except NoReverseMatch:
            continue
    fitting = [str(entry["href"]) for entry in found if path.startswith(str(entry["href"]))]
    here = max(fitting, key=len, default="")
    return [{**entry, "here": entry["href"] == here} for entry in found]
