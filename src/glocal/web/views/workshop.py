"""A maker's machines and spools: pick a model by name, say what differs, what it costs, what is loaded."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from babel.numbers import get_currency_precision
from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods

from glocal.errors import BadInput, GlocalError
from glocal.production.materials import list_materials
from glocal.production.model import Machine
from glocal.production.own_machine import Differences
from glocal.production.prusaslicer_profiles import get_machine
from glocal.shop.access import require
from glocal.shop.error_words import error_text
from glocal.shop.errors import NotFound
from glocal.shop.makers.links import access_machine
from glocal.shop.makers.models import Maker, MakerMachine
from glocal.shop.makers.workshop import (
    MachineFacts,
    SpoolFacts,
    access_spool,
    keep_machine,
    keep_spool,
    model_and_differences,
    models_called,
)
from glocal.shop.shops.queries import the_shop
from glocal.web.number_field import NumberField, number_field
from glocal.web.seat import Seat

DIFFERENCES = ("nozzle_mm", "bed_x_mm", "bed_y_mm", "height_mm", "max_nozzle_c", "max_bed_c")


class MachineForm(forms.Form):
    """What differs from the model, and what an hour costs."""

    name = forms.CharField(label=gettext_lazy("What you call it"), max_length=200)
    nozzle_mm = number_field(gettext_lazy("Nozzle, mm"), 0.1, 2)
    bed_x_mm = number_field(gettext_lazy("Bed, left to right, mm"), 20, 3000)
    bed_y_mm = number_field(gettext_lazy("Bed, front to back, mm"), 20, 3000)
    height_mm = number_field(gettext_lazy("Height, mm"), 20, 3000)
    max_nozzle_c = number_field(gettext_lazy("Hottest nozzle, °C"), 150, 600)
    max_bed_c = number_field(gettext_lazy("Hottest bed, °C"), 0, 250)
    hourly = forms.DecimalField(label=gettext_lazy("Cost of an hour"), min_value=Decimal(0), max_value=Decimal(100_000))
    power_w = NumberField(label=gettext_lazy("Electric power while printing, W"), min_value=0, max_value=20_000)
    setup_min = NumberField(label=gettext_lazy("Your minutes for one plate"), min_value=0, max_value=1440)
    enclosure = forms.BooleanField(label=gettext_lazy("It has a closed chamber"), required=False)
    auto_clear = forms.BooleanField(label=gettext_lazy("It clears its plate by itself"), required=False)

    def facts(self, model_id: str, unit: int) -> MachineFacts:
        """Return what was typed in the shop's own units."""
        typed = self.cleaned_data
        return MachineFacts(
            name=typed["name"],
            model_id=model_id,
            differences=Differences(**{name: typed[name] for name in DIFFERENCES}),
            hourly_minor=int((typed["hourly"] * unit).to_integral_value()),
            power_w=typed["power_w"],
            setup_min=typed["setup_min"],
            enclosure=typed["enclosure"],
            auto_clear=typed["auto_clear"],
        )


class SpoolForm(forms.Form):
    """One spool."""

    material_id = forms.ChoiceField(label=gettext_lazy("Material"))
    colour = forms.CharField(label=gettext_lazy("Colour"), max_length=40, required=False)
    remaining_g = number_field(gettext_lazy("Left on it, g"), 0, 50_000)

    def __init__(self, *arguments: Any, **named: Any) -> None:
        super().__init__(*arguments, **named)
        field = self.fields["material_id"]
        if isinstance(field, forms.ChoiceField):
            field.choices = [(material.id, material.name) for material in list_materials()]


@require_http_methods(["GET", "HEAD", "POST"])
def settings_page(request: HttpRequest, seat: Seat, machine: str) -> HttpResponse:
    """Show and change what a machine is."""
    row = access_machine(machine, actor=seat.actor)
    model_id, differences = model_and_differences(row)
    return _machine_page(request, seat, row.maker, row, _initial(row, differences), model_id)


@require_http_methods(["GET", "HEAD", "POST"])
def new_page(request: HttpRequest, seat: Seat, maker: str) -> HttpResponse:
    """Add a machine to a maker: first its model, then what differs."""
    return _machine_page(request, seat, maker_of_seat(seat, maker), None, {"power_w": 120, "setup_min": 8}, "")


def maker_of_seat(seat: Seat, slug: str) -> Maker:
    """Return a maker to themselves and to the owner."""
    missing = NotFound("There is no such maker.", help="Go back to the list.")
    maker = Maker.objects.filter(slug=slug).first()
    if maker is None:
        raise missing
    require("maker", "see", seat.actor.relation(maker=maker.id), missing)
    return maker


def _machine_page(  # noqa: PLR0917 - one page with two ways in
    request: HttpRequest, seat: Seat, maker: Maker, row: MakerMachine | None, initial: dict[str, Any], model_id: str
) -> HttpResponse:
    shop = the_shop()
    unit = 10 ** get_currency_precision(shop.currency)
    asked = request.POST.get("model") or request.GET.get("model") or model_id
    model = _model(asked)
    words = request.GET.get("q", "")[:100]
    form = MachineForm(
        request.POST or None, initial={**initial, **({"name": model.name} if row is None and model else {})}
    )
    if request.method == "POST" and model is not None and form.is_valid():
        try:
            kept = keep_machine(maker, form.facts(model.id, unit), row)
        except BadInput as refusal:
            form.add_error(None, error_text(refusal))
        else:
            messages.success(request, _("Kept."))
            return redirect(seat.url("machine-spools", kept.slug) if row is None else seat.home)
    context = {
        "maker": maker,
        "machine": row,
        "model": model,
        "changed": row is not None and model is not None and model.id != model_id,
        "form": form,
        "currency": shop.currency,
        "q": words,
        "found": models_called(words),
        "like": _as_model(model) if model else {},
    }
    return seat.page(request, "machine_settings.html", context, status=422 if request.method == "POST" else 200)


def _model(model_id: str) -> Machine | None:
    try:
        return get_machine(model_id) if model_id else None
    except GlocalError:
        return None


def _as_model(model: Machine) -> dict[str, str]:
    """Return the model's own figures, shown beside the fields that may differ."""
    return {name: f"{value:g}" for name in DIFFERENCES if (value := getattr(model, name)) is not None}


def _initial(row: MakerMachine, differences: Differences) -> dict[str, Any]:
    unit = 10 ** get_currency_precision(the_shop().currency)
    plain = ("name", "power_w", "setup_min", "enclosure", "auto_clear")
    return {
        **{name: getattr(row, name) for name in plain},
        **{name: getattr(differences, name) for name in DIFFERENCES},
        "hourly": Decimal(row.hourly_minor) / unit,
    }


@require_http_methods(["GET", "HEAD", "POST"])
def spools_page(request: HttpRequest, seat: Seat, machine: str) -> HttpResponse:
    """Show what is loaded and what lies on the shelf; change, add, throw away."""
    row = access_machine(machine, actor=seat.actor)
    failed: SpoolForm | None = None
    if request.method == "POST":
        failed = _change_spools(request, row)
        if failed is None:
            return redirect(seat.url("machine-spools", row.slug))
    spools = row.maker.spools.filter(machine=row) | row.maker.spools.filter(machine__isnull=True)
    rows = [{"spool": spool, "form": _spool_form(spool)} for spool in spools.select_related("machine").order_by("id")]
    context = {"machine": row, "rows": rows, "fresh": failed or SpoolForm(prefix="new")}
    return seat.page(request, "machine_spools.html", context, status=422 if failed else 200)


def _spool_form(spool: Any) -> SpoolForm:
    initial = {name: getattr(spool, name) for name in ("material_id", "colour", "remaining_g")}
    return SpoolForm(prefix=str(spool.id), initial=initial)


def _change_spools(request: HttpRequest, row: MakerMachine) -> SpoolForm | None:
    """Do what a form of the page asks; return it when something in it is not right."""
    named = request.POST.get("spool", "new")
    spool = None if named == "new" else access_spool(row.maker, named)
    if spool is not None and "throw_away" in request.POST:
        spool.delete()
        return None
    form = SpoolForm(request.POST, prefix=named)
    if not form.is_valid():
        return form
    typed = form.cleaned_data
    machine = row if request.POST.get("where") == "machine" else None
    keep_spool(row.maker, SpoolFacts(typed["material_id"], typed["colour"], typed["remaining_g"], machine), spool)
    return None
