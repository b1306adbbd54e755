"""What the growth planner's questions, scenarios and assumptions are called."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django_stubs_ext import StrPromise


@dataclass(frozen=True, slots=True)
class Detail:
    """Something that a question needs to know before it can be asked."""

    name: str
    label: StrPromise
    initial: str


QUESTIONS: dict[str, tuple[StrPromise, StrPromise]] = {
    "second-printer": (
        gettext_lazy("Buy a second printer, or use a neighbour's?"),
        gettext_lazy("Compares one more machine like yours with a neighbour who prints for you."),
    ),
    "next-product": (
        gettext_lazy("Which product next?"),
        gettext_lazy("Describe it roughly; the machines, hands and customers that you have take it on."),
    ),
    "next-town": (
        gettext_lazy("Open in the next town?"),
        gettext_lazy("Counts the way, the rent and the longer queue."),
    ),
    "promise": (
        gettext_lazy("Promise 24 hours?"),
        gettext_lazy("More customers, more refunds: what is left?"),
    ),
    "share-capacity": (
        gettext_lazy("Share idle machines with other shops?"),
        gettext_lazy("Their work earns while yours waits for nobody."),
    ),
    "price": (
        gettext_lazy("Raise the price?"),
        gettext_lazy("Fewer customers who each leave more, or the other way round."),
    ),
    "stress": (
        gettext_lazy("Does the plan hold?"),
        gettext_lazy("Demand falls, a maker leaves, filament doubles, a rival undercuts you."),
    ),
    "mass-producer": (
        gettext_lazy("Could a mass producer serve these people better?"),
        gettext_lazy("One central factory with moulds, stock and parcels, on the same demand. It may win."),
    ),
}

DETAILS: dict[str, tuple[Detail, ...]] = {
    "next-product": (
        Detail("name", gettext_lazy("Name"), ""),
        Detail("orders_per_day", gettext_lazy("Orders a day (low..likely..high)"), "0.1..0.3..1"),
        Detail("price", gettext_lazy("Price without tax, in cents"), "1500"),
        Detail("print_h", gettext_lazy("Hours to print one"), "1..2..3"),
        Detail("mass_g", gettext_lazy("Grams of one"), "20..40..60"),
    ),
    "next-town": (
        Detail("name", gettext_lazy("Name"), ""),
        Detail("people", gettext_lazy("People who live there"), "15000"),
        Detail("people_here", gettext_lazy("People who live here"), "40000"),
        Detail("x_km", gettext_lazy("Kilometres east of here"), "10"),
        Detail("y_km", gettext_lazy("Kilometres north of here"), "5"),
        Detail("rent_per_day", gettext_lazy("Rent of a place there, cents a day (0: none)"), "0"),
    ),
}

_FIELDS: dict[str, StrPromise] = {
    "orders_per_day": gettext_lazy("orders a day"),
    "print_h": gettext_lazy("hours to print one"),
    "mass_g": gettext_lazy("grams of one"),
    "labour_min": gettext_lazy("minutes of hands on one"),
    "personal": gettext_lazy("share who want something of their own"),
    "takes_from_others": gettext_lazy("share taken from other products"),
    "hour_minor": gettext_lazy("cents per machine hour"),
    "failure": gettext_lazy("chance that a piece fails"),
    "material_minor_per_kg": gettext_lazy("material, cents a kilogram"),
    "wage_minor_per_h": gettext_lazy("wage, cents an hour"),
    "delivery_minor_per_km": gettext_lazy("delivery, cents a kilometre"),
    "price_elasticity": gettext_lazy("per cent fewer orders per per cent of price"),
    "wait_decay_per_day": gettext_lazy("share of orders lost per day of wait"),
    "rival_elasticity": gettext_lazy("per cent fewer orders per per cent that a rival is cheaper"),
    "jobs_per_day": gettext_lazy("jobs a day"),
    "tooling_minor": gettext_lazy("a mould, in cents"),
    "unit_minor": gettext_lazy("a moulded piece, in cents"),
    "lead_days": gettext_lazy("days until a batch is there"),
    "parcel_minor": gettext_lazy("a parcel, in cents"),
}
_OWNERS: dict[str, StrPromise] = {
    "peers": gettext_lazy("Other shops' work"),
    "customers": gettext_lazy("Customers"),
    "costs": gettext_lazy("Costs"),
    "plant": gettext_lazy("The mass producer"),
}
_WAYS: dict[str, StrPromise] = {
    "as it is": gettext_lazy("As it is"),
    "one more printer of our own": gettext_lazy("One more printer of our own"),
    "a neighbour prints, too": gettext_lazy("A neighbour prints, too"),
    "idle machines take other shops' work": gettext_lazy("Idle machines take other shops' work"),
    "demand −40 %": gettext_lazy("Demand falls by 40 %"),
    "filament twice as dear": gettext_lazy("Filament becomes twice as dear"),
    "a rival at −20 %": gettext_lazy("A rival is 20 % cheaper"),
    "one central mass producer": gettext_lazy("One central mass producer"),
}


def assumption_words(path: str, names: Mapping[str, str]) -> str:
    """Return what an assumption is called; its path is such as ``offers.name-sign.print_h``, ``names`` are by slug."""
    kind, _dot, rest = path.partition(".")
    owner, _dot, name = rest.rpartition(".")
    label = str(_FIELDS.get(name, name))
    return f"{names.get(owner, owner) or _OWNERS.get(kind, kind)}: {label}"


def way_words(name: str) -> str:
    """Return what a scenario is called in the reader's language."""
    if name in _WAYS:
        return str(_WAYS[name])
    if match := re.fullmatch(r"also (.+)", name):
        return _("Also {name}").format(name=match[1])
    if match := re.fullmatch(r"(.+) gone after half the time", name):
        return _("{name} stops after half the time").format(name=match[1])
    if match := re.fullmatch(r"ready in (\S+) h or money back", name):
        return _("Ready in {hours} hours or money back").format(hours=match[1])
    if re.fullmatch(r"[+-]\d+%", name):
        return _("Price {change}").format(change=name)
    return name


def source_words(source: str) -> str:
    """Return where a figure comes from; what is assumed is said to be."""
    assumed, _colon, why = source.partition(": ")
    if assumed == "assumed":
        return f"{_('assumed')}: {_known(why)}" if why else _("assumed")
    return _known(source)


_SOURCES: dict[str, StrPromise] = {
    "nobody has ordered it yet": gettext_lazy("nobody has ordered it yet"),
    "nobody has asked yet": gettext_lazy("nobody has asked yet"),
    "the materials on offer": gettext_lazy("the materials on offer"),
    "the shop's own wage": gettext_lazy("the shop's own wage"),
    "the design takes the customer's own measure or text": gettext_lazy(
        "the design takes the customer's own measure or text"
    ),
    "the design has options only": gettext_lazy("the design has options only"),
    "the machines' rates and energy, ± a fifth": gettext_lazy("the machines' rates and energy, ± a fifth"),
    "small made-to-order goods": gettext_lazy("small made-to-order goods"),
    "customers fetch it": gettext_lazy("customers fetch it"),
    "none offered": gettext_lazy("none offered"),
}
_COUNTED: tuple[tuple[str, StrPromise], ...] = (
    (r"(\d+) orders in (\d+) days", gettext_lazy("{0} orders in {1} days")),
    (r"(\d+) pieces that were ordered", gettext_lazy("{0} pieces that were ordered")),
    (r"(\d+) pieces that were priced", gettext_lazy("{0} pieces that were priced")),
    (
        r"(\d+) of (\d+) plates of this maker, and (\d+) of (\d+) of the others",
        gettext_lazy("{0} of {1} plates of this maker, and {2} of {3} of the others"),
    ),
)


def _known(source: str) -> str:
    """Return a source in the reader's language; what somebody typed stays as it is."""
    if source in _SOURCES:
        return str(_SOURCES[source])
    for pattern, words in _COUNTED:
        if found := re.fullmatch(pattern, source):
            return str(words).format(*found.groups())
    return source
