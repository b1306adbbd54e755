"""A machine's idle time: offered to other shops under conditions, shown as it will be published, taken back."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

from babel.dates import format_skeleton
from babel.numbers import get_currency_precision
from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from glocal.commons.schema import WEEKDAYS
from glocal.errors import BadInput
from glocal.production.materials import list_materials
from glocal.shop.commons.capacity import Conditions, offer_idle_time, standing_offer, take_back_offer
from glocal.shop.error_words import error_text
from glocal.shop.makers.links import access_machine
from glocal.shop.makers.models import MakerMachine
from glocal.shop.shops.models import Shop
from glocal.shop.shops.queries import the_shop
from glocal.shop.shops.settings import to_minor
from glocal.web.number_field import NumberField
from glocal.web.region_map import region_name
from glocal.web.seat import Seat

MONTHS_AHEAD = 6


class IdleForm(forms.Form):
    """The conditions; what is not said here is not published."""

    materials = forms.MultipleChoiceField(
        label=gettext_lazy("Materials that may be asked for"), widget=forms.CheckboxSelectMultiple
    )
    until = forms.ChoiceField(label=gettext_lazy("Until the end of"))
    hourly = forms.DecimalField(
        label=gettext_lazy("Price of a machine hour"), required=False, min_value=0, max_value=1_000_000,
        help_text=gettext_lazy("Empty: to be asked."),
    )  # fmt: skip
    days = forms.MultipleChoiceField(
        label=gettext_lazy("Days on which it is idle"), widget=forms.CheckboxSelectMultiple, required=False,
        help_text=gettext_lazy("None chosen: any day."),
    )  # fmt: skip
    wait_days = forms.IntegerField(
        label=gettext_lazy("Days until a first plate can begin"), min_value=0, max_value=60, initial=1
    )
    hours = NumberField(label=gettext_lazy("Machine hours in all"), required=False, min_value=1, max_value=1000)
    most_x = NumberField(
        label=gettext_lazy("Largest part, left to right, mm"), required=False, min_value=1, max_value=3000
    )
    most_y = NumberField(
        label=gettext_lazy("Largest part, front to back, mm"), required=False, min_value=1, max_value=3000
    )
    most_z = NumberField(label=gettext_lazy("Largest part, height, mm"), required=False, min_value=1, max_value=3000)
    tell_place = forms.BooleanField(
        label=gettext_lazy("Say roughly where it is, to about ten kilometres"), required=False
    )

    def __init__(self, *arguments: Any, **named: Any) -> None:
        super().__init__(*arguments, **named)
        choices = {
            "materials": [(each.id, each.name) for each in list_materials()],
            "until": _months(),
            "days": _weekdays(),
        }
        for name, offered in choices.items():
            field = self.fields[name]
            if isinstance(field, forms.ChoiceField):
                field.choices = offered

    def clean(self) -> dict[str, Any]:
        """Take the largest part with all three sides, or none."""
        typed = super().clean() or {}
        sides = [typed.get(name) for name in ("most_x", "most_y", "most_z")]
        if any(sides) and not all(sides):
            self.add_error("most_x", _("Say all three sides, or none."))
        return typed

    def conditions(self, shop: Shop) -> Conditions:
        """Return what was typed."""
        typed = self.cleaned_data
        most = (typed["most_x"], typed["most_y"], typed["most_z"])
        return Conditions(
            materials=tuple(typed["materials"]),
            until=typed["until"],
            hour_minor=None if typed["hourly"] is None else to_minor(typed["hourly"], shop.currency),
            max_extent_mm=most if all(most) else None,
            days=tuple(typed["days"]),
            wait_days=typed["wait_days"],
            hours=typed["hours"],
            tell_place=typed["tell_place"],
        )


def _months() -> list[tuple[str, str]]:
    language = (get_language() or "en").replace("-", "_")
    now = timezone.now()
    counted = [divmod(now.year * 12 + now.month - 1 + ahead, 12) for ahead in range(MONTHS_AHEAD)]
    first = [date(year, month + 1, 1) for year, month in counted]
    return [(f"{month:%Y-%m}", format_skeleton("yMMMM", month, locale=language)) for month in first]


def _weekdays() -> list[tuple[str, str]]:
    from babel import Locale

    names = Locale.parse((get_language() or "en").replace("-", "_")).days["format"]["wide"]
    return [(day, names[number]) for number, day in enumerate(WEEKDAYS)]


@require_http_methods(["GET", "HEAD", "POST"])
def idle_page(request: HttpRequest, seat: Seat, machine: str) -> HttpResponse:
    """Show what is offered of a machine; offer it, or take it back."""
    row = access_machine(machine, actor=seat.actor, action="change")
    shop = the_shop()
    if request.method == "POST" and "take_back" in request.POST:
        take_back_offer(row)
        messages.success(request, _("Taken back. Shops that follow you erase their copy when they next look."))
        return redirect(seat.url("machine-idle", row.slug))
    form = IdleForm(request.POST or None, initial=_initial(row, shop))
    if request.method == "POST" and form.is_valid():
        try:
            offer_idle_time(shop, row, form.conditions(shop), said_by="maker" if seat.link else "owner")
        except BadInput as refusal:
            form.add_error(None, error_text(refusal))
        else:
            messages.success(request, _("Published for the shops that follow you."))
            return redirect(seat.url("machine-idle", row.slug))
    context = {"machine": row, "form": form, "offer": standing_offer(row), "currency": shop.currency, "shop": shop}
    context["region"] = region_name(shop.region, get_language() or "en")
    return seat.page(request, "machine_idle.html", context, status=422 if request.method == "POST" else 200)


def _initial(row: MakerMachine, shop: Shop) -> dict[str, Any]:
    """Return the standing offer's conditions, else what is loaded and what an hour costs."""
    unit = 10 ** get_currency_precision(shop.currency)
    offer = standing_offer(row)
    if offer is None:
        loaded = sorted({spool.material_id for spool in row.spools.all()})
        return {"materials": loaded, "hourly": Decimal(row.hourly_minor) / unit}
    said = Conditions(**offer.conditions)
    sides = said.max_extent_mm or (None, None, None)
    return {
        **offer.conditions,
        "hourly": None if said.hour_minor is None else Decimal(said.hour_minor) / unit,
        **dict(zip(("most_x", "most_y", "most_z"), sides, strict=True)),
    }
