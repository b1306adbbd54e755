"""Where and when a maker can be reached: said by themselves, or by the owner for them."""

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

from glocal.shop.error_words import error_text
from glocal.shop.makers.models import Maker
from glocal.shop.makers.presence import FARTHEST_KM, LONGEST_ADDRESS, Presence, say_presence
from glocal.shop.shops.models import Shop
from glocal.shop.shops.queries import the_shop
from glocal.shop.shops.settings import SettingWrong, to_minor
from glocal.web.number_field import NumberField
from glocal.web.seat import Seat
from glocal.web.views.workshop import maker_of_seat
from glocal.web.week_form import WeekForm, week_as_typed


class PresenceForm(WeekForm):
    """Place, hours, and how a piece gets from the maker to the customer."""

    town = forms.CharField(label=gettext_lazy("Town"), max_length=200)
    latitude = NumberField(label=gettext_lazy("Latitude"), min_value=-90, max_value=90)
    longitude = NumberField(
        label=gettext_lazy("Longitude"),
        min_value=-180,
        max_value=180,
        help_text=gettext_lazy(
            "From any map. Customers see how far it is, and the place to about a kilometre, not your address."
        ),
    )
    pickup_address = forms.CharField(
        label=gettext_lazy("Where exactly it is fetched"),
        max_length=LONGEST_ADDRESS,
        required=False,
        widget=forms.Textarea(attrs={"rows": 2, "dir": "auto", "autocomplete": "street-address"}),
        help_text=gettext_lazy("Only whoever has something lying ready with you reads it."),
    )
    offers_pickup = forms.BooleanField(label=gettext_lazy("Customers may pick it up"), required=False)
    delivers_km = NumberField(
        label=gettext_lazy("I bring it, up to so many km"), min_value=0.1, max_value=FARTHEST_KM, required=False
    )
    delivery = forms.DecimalField(
        label=gettext_lazy("Bringing one order costs"), min_value=Decimal(0), max_value=Decimal(100_000), required=False
    )

    def presence(self, shop: Shop) -> Presence:
        """Return what was typed in the shop's own units."""
        typed = self.cleaned_data
        return Presence(
            town=typed["town"],
            latitude=typed["latitude"],
            longitude=typed["longitude"],
            hours=self.week(),
            offers_pickup=typed["offers_pickup"],
            delivers_km=typed["delivers_km"],
            pickup_address=typed["pickup_address"],
            delivery_minor=to_minor(typed["delivery"] or Decimal(0), shop.currency),
        )


@require_http_methods(["GET", "HEAD", "POST"])
def presence_page(request: HttpRequest, seat: Seat, maker: str) -> HttpResponse:
    """Show where and when a maker can be reached, and take what changed."""
    row, shop = maker_of_seat(seat, maker), the_shop()
    form = PresenceForm(request.POST or None, initial=_initial(row, shop))
    if request.method == "POST" and form.is_valid():
        try:
            say_presence(row, form.presence(shop))
        except SettingWrong as refusal:
            field = str(refusal.data.get("field", ""))
            form.add_error(field if field in form.fields else None, error_text(refusal))
        else:
            messages.success(request, _("Kept."))
            return redirect(seat.home)
    context = {"maker": row, "form": form, "currency": shop.currency}
    return seat.page(request, "presence.html", context, status=422 if form.errors else 200)


def _initial(maker: Maker, shop: Shop) -> dict[str, Any]:
    unit = 10 ** get_currency_precision(shop.currency)
    plain = ("town", "latitude", "longitude", "offers_pickup", "delivers_km", "pickup_address")
    return {
        **{name: getattr(maker, name) for name in plain},
        "delivery": Decimal(maker.delivery_minor) / unit,
        **week_as_typed(maker.hours),
    }
