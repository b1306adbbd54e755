"""The form with which somebody adds a machine."""

from __future__ import annotations

from functools import lru_cache
from typing import Any

from babel.numbers import get_currency_precision
from django import forms
from django.utils.translation import gettext_lazy as _

from glocal.errors import GlocalError
from glocal.production.errors import UnknownMachine
from glocal.shop.error_words import error_text
from glocal.shop.makers.machines import NewMachine, add_machine
from glocal.shop.makers.models import Maker, MakerMachine
from glocal.shop.shops.models import Shop
from glocal.shop.shops.settings import to_minor
from glocal.web.number_field import NumberField

_MOST_CLOSE = 5
MATERIALS = ("pla", "petg", "asa", "abs", "tpu", "pc")


@lru_cache(maxsize=1)
def known_machines() -> tuple[tuple[str, str], ...]:
    """Return id and name of every machine that the slicer knows; empty where no slicer is installed."""
    from glocal.production.errors import ProfilesMissing
    from glocal.production.prusaslicer_profiles import find_machines

    try:
        return tuple((machine.id, machine.name) for machine in find_machines())
    except ProfilesMissing:
        return ()


class MachineForm(forms.Form):
    """What the shop must know of a machine to price and to place work on it."""

    name = forms.CharField(label=_("What you call it"), max_length=200)
    profile = forms.CharField(
        label=_("Which machine it is"),
        max_length=200,
        widget=forms.TextInput(attrs={"list": "known-machines", "autocomplete": "off", "dir": "ltr"}),
        help_text=_("Begin to type its name and choose from the list."),
    )
    hourly = forms.DecimalField(
        label=_("Wear and upkeep per hour of print"), min_value=0, max_value=1_000_000, initial="0.60"
    )
    power_w = NumberField(label=_("Power while it prints, W"), min_value=0, max_value=100_000, initial=120)
    setup_min = NumberField(label=_("Your minutes per plate"), min_value=0, max_value=1440, initial=8)
    loaded = forms.MultipleChoiceField(
        label=_("Loaded now"),
        choices=[(name, name.upper()) for name in MATERIALS],
        widget=forms.CheckboxSelectMultiple,
        required=False,
    )

    def save(self, maker: Maker, shop: Shop) -> MakerMachine | None:
        """Add the machine; return None, with the refusal in the form, when it cannot be."""
        typed = self.cleaned_data
        try:
            return add_machine(
                maker,
                NewMachine(
                    name=typed["name"],
                    profile_id=_id_of(typed["profile"]),
                    hourly_minor=to_minor(typed["hourly"], shop.currency),
                    power_w=typed["power_w"],
                    setup_min=typed["setup_min"],
                    loaded=tuple(typed["loaded"]),
                ),
            )
        except UnknownMachine:
            self.add_error("profile", _not_in_the_list(typed["profile"]))
            return None
        except GlocalError as refusal:
            field = str(refusal.data.get("field", "profile"))
            self.add_error(field if field in self.fields else "profile", error_text(refusal))
            return None


def usual_hourly(shop: Shop) -> str:
    """Return what an hour of wear usually costs: three hundredths of an hour of work."""
    precision = get_currency_precision(shop.currency)
    return f"{max(1.0, shop.terms['wage_minor_per_h'] * 0.03) / 10**precision:.{precision}f}"


def machine_form(shop: Shop, data: Any = None) -> MachineForm:
    """Return the form, with what is usual in this shop."""
    offered = list(dict.fromkeys(material.material_id for material in shop.materials.all()))
    return MachineForm(data, initial={"hourly": usual_hourly(shop), "loaded": offered})


def _id_of(typed: str) -> str:
    """Return a machine's id where its whole name was typed."""
    text = typed.strip()
    return next((machine_id for machine_id, name in known_machines() if name.casefold() == text.casefold()), text)


def _not_in_the_list(typed: str) -> str:
    from glocal.production.prusaslicer_profiles import find_machines

    close = [machine.name for machine in find_machines(typed)[:_MOST_CLOSE]]
    if close:
        return _("No machine is called just “{typed}”. Choose one of these: {names}.").format(
            typed=typed, names=" · ".join(close)
        )
    return _(
        "No machine in the list is called “{typed}”. Choose one most like it; bed and nozzle can be changed later."
    ).format(typed=typed)
