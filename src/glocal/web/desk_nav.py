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
    """One entry: the name of its address, and what it is called."""

    url_name: str
    label: StrPromise


DESK: tuple[DeskPage, ...] = (
    DeskPage("desk", _("Today")),
    DeskPage("desk-orders", _("Orders")),
    DeskPage("desk-payments", _("Payments")),
    DeskPage("desk-customers", _("Customers")),
    DeskPage("desk-rooms", _("Design conversations")),
    DeskPage("desk-wishes", _("Wishes")),
    DeskPage("desk-demand", _("Demand")),
    DeskPage("know-how", _("Know-how")),
    DeskPage("desk-products", _("Catalogue")),
    DeskPage("desk-makers", _("Makers")),
    DeskPage("desk-machines", _("Machines")),
    DeskPage("desk-grow", _("Grow")),
    DeskPage("desk-law", _("The law")),
    DeskPage("desk-people", _("Privacy")),
    DeskPage("desk-data", _("Data")),
    DeskPage("desk-settings", _("Settings")),
)


def navigation(path: str) -> list[dict[str, object]]:
    """Return the entries whose pages exist, the one that is open marked (the longest address that fits)."""
    found = []
    for entry in DESK:
        try:
            found.append({"href": reverse(entry.url_name), "label": entry.label})
        except NoReverseMatch:
            continue
    fitting = [str(entry["href"]) for entry in found if path.startswith(str(entry["href"]))]
    here = max(fitting, key=len, default="")
    return [{**entry, "here": entry["href"] == here} for entry in found]
