"""The checkout: what is bought, for whom, and how it gets there."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from django import forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods

from glocal.shop.accounts.queries import mail_of
from glocal.shop.error_words import error_in_words
from glocal.shop.errors import KeyReused, OrderInvalid, QuoteExpired
from glocal.shop.makers.queries import somebody_brings
from glocal.shop.orders.actions import CustomerDetails, place_order
from glocal.shop.parts.finding_words import findings_in_words
from glocal.shop.products.describe import describe_materials, describe_values
from glocal.shop.quotes.actions import quote_product
from glocal.shop.quotes.dates import ready_if_ordered
from glocal.shop.quotes.models import Prefer, QuoteRecord
from glocal.shop.quotes.options import QuoteOptions
from glocal.shop.quotes.queries import get_quote
from glocal.shop.quotes.words import lines_in_words, rush_in_words
from glocal.shop.sessions.access import session_of_link
from glocal.shop.sessions.actions import note_order
from glocal.values import new_id
from glocal.web.guard import open_to
from glocal.web.links import part_url
from glocal.web.page import page
from glocal.web.papers import before_buying
from glocal.web.preferences import preferences_as_rows
from glocal.web.views.payments import ways_as_rows

MOST_AT_ONCE = 20


class CheckoutForm(forms.Form):
    """Who orders, and how the part gets there."""

    name = forms.CharField(label=_("Your name"), max_length=200)
    email = forms.EmailField(label=_("Your e-mail address"), help_text=_("For the link to your order; nothing else."))
    note = forms.CharField(
        label=_("A note to the maker"),
        max_length=2000,
        required=False,
        widget=forms.Textarea(attrs={"rows": 3}),
    )
    address = forms.CharField(
        label=_("Your address"),
        help_text=_("Where it shall be brought. The maker sees it when it is ready, not before."),
        max_length=1000,
        widget=forms.Textarea(attrs={"rows": 3, "autocomplete": "street-address"}),
    )
    idempotency_key = forms.CharField(max_length=200, widget=forms.HiddenInput)
    orders_seen = forms.IntegerField(required=False, widget=forms.HiddenInput)  # of this price, when it was shown
    design = forms.CharField(max_length=64, required=False, widget=forms.HiddenInput)
    ready_by = forms.DateTimeField(required=False, widget=forms.HiddenInput)  # the day that was shown
    pay_by = forms.CharField(max_length=10, required=False, widget=forms.HiddenInput)  # drawn as radio buttons

    def __init__(self, *args: Any, delivery: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if not delivery:
            del self.fields["address"]


@dataclass(frozen=True, slots=True)
class Way:
    """Where the checkout's steps lead: within the shop's own pages, or within a frame on another site."""

    frame: str = "web/base.html"
    checkout: Callable[[object], str] = lambda quote: reverse("checkout", args=[quote])
    product: Callable[[str], str] = lambda slug: reverse("product", args=[slug])
    order: Callable[[object, str], str] = lambda order, token: reverse("order", args=[order, token])
    context: Mapping[str, Any] = field(default_factory=dict)


@open_to("everybody")
@require_http_methods(["GET", "HEAD", "POST"])
def checkout_page(request: HttpRequest, quote_id: uuid.UUID) -> HttpResponse:
    """Show the quote and take the order."""
    return checkout_steps(request, quote_id, Way())


def checkout_steps(request: HttpRequest, quote_id: uuid.UUID, way: Way) -> HttpResponse:
    """Show the quote and take the order; a changed material, number or way of delivery makes a new quote."""
    quote = get_quote(quote_id)
    wanted = _terms(request.POST or request.GET, quote)
    changed = wanted != _terms({}, quote)
    if changed:
        quote = _other_way(quote, wanted) or _requote(quote, **wanted)
    if request.method != "POST":
        return _show(request, quote, _form(request, quote), way)
    if changed:  # the customer agrees to a price only after seeing it
        return _show(request, quote, _form(request, quote), way, changed=True)
    return _take_order(request, quote, wanted, way)


def _take_order(request: HttpRequest, quote: QuoteRecord, wanted: dict[str, Any], way: Way) -> HttpResponse:
    form = CheckoutForm(request.POST, delivery=quote.delivery)
    if form.is_valid():
        if _moved(quote, form.cleaned_data["ready_by"]):
            return _show(request, quote, _form(request, quote), way, moved=True)
        if _ordered(quote, key=form.cleaned_data["idempotency_key"]) > (form.cleaned_data["orders_seen"] or 0):
            return _show(request, quote, _form(request, quote), way)
        try:
            return _place(quote, form, way)
        except QuoteExpired:
            fresh = _requote(quote, **wanted)
            return _show(request, fresh, _form(request, fresh), way, changed=True)
        except KeyReused:  # somebody ordered, went back, and stands before the form as it first was
            return _show(request, quote, _form(request, quote, key=str(new_id())), way, again=True)
        except OrderInvalid as error:
            field = error.data.get("field")
            form.add_error(field if field in form.fields else None, error_in_words(error)["message"])
    return _show(request, quote, form, way, status=422)


def _ordered(quote: QuoteRecord, *, key: str = "") -> int:
    """Return how often this price was ordered by other forms than the one with this key."""
    return quote.orders.exclude(idempotency_key=key).count()


def _moved(quote: QuoteRecord, shown: datetime | None) -> bool:
    """Return whether the day to be promised is later by now than what the customer saw."""
    if shown is None or quote.quote is None:
        return False
    zone = ZoneInfo(quote.product.shop.timezone)
    by = ready_if_ordered(quote, timezone.now()).high
    return by.astimezone(zone).date() > shown.astimezone(zone).date()


def _form(request: HttpRequest, quote: QuoteRecord, *, key: str = "") -> CheckoutForm:
    """Return the form with what was typed so far and its key, which makes a second click harmless.

    The form keeps its key while material, number or delivery change in it: whoever goes back to it after ordering has
    ordered with this key. An address that somebody else wrote never sets one.
    """
    typed = request.POST or request.GET
    kept = {name: typed.get(name, "") for name in ("name", "email", "note", "address", "design")}
    session = session_of_link(kept["design"])
    if session is not None and request.method != "POST":
        kept |= {"name": kept["name"] or session.customer_name, "email": kept["email"] or session.customer_email}
    if request.method != "POST" and not kept["email"]:
        kept["email"] = mail_of(request.user)
    ours = request.method == "POST" or "HX-Request" in request.headers
    key = key or (typed.get("idempotency_key", "")[:200] if ours else "") or str(new_id())
    ready_by = ready_if_ordered(quote, timezone.now()).high.isoformat() if quote.quote else ""
    hidden = {"idempotency_key": key, "ready_by": ready_by, "orders_seen": _ordered(quote, key=key)}
    return CheckoutForm(initial={**kept, **hidden}, delivery=quote.delivery)


def _terms(sent: Any, quote: QuoteRecord) -> dict[str, Any]:
    """Return material, quantity, delivery, rush and preference as the form says, else as the quote has them."""
    quantity = str(sent.get("quantity", ""))
    return {
        "material_id": sent.get("material") or quote.choice,
        "quantity": int(quantity) if quantity.isdecimal() and int(quantity) <= MOST_AT_ONCE else quote.quantity,
        "delivery": sent["delivery"] == "1" if "delivery" in sent else quote.delivery,
        "rush": sent["rush"] == "1" if "rush" in sent else quote.rush,
        "prefer": sent["prefer"] if sent.get("prefer") in Prefer.values else quote.prefer,
        "may_wait": sent["may_wait"] == "1" if "may_wait" in sent else quote.hold_h > 0,
    }


def _other_way(quote: QuoteRecord, wanted: dict[str, Any]) -> QuoteRecord | None:
    """Return the quote of the same thing at once or with waiting, if that is all that changed."""
    if {**_terms({}, quote), "may_wait": wanted["may_wait"]} != wanted:
        return None
    return quote.alternatives.first() if wanted["may_wait"] else quote.alternative_to


def _requote(quote: QuoteRecord, *, may_wait: bool, **changes: Any) -> QuoteRecord:
    options = replace(QuoteOptions.of(quote), **{"colour": "", **changes})  # the material says its colour itself
    view = quote_product(quote.product, quote.values, options, ways=True)
    at_once = get_quote(view.id)
    return (at_once.alternatives.first() if may_wait else None) or at_once


def _paces(quote: QuoteRecord, now: datetime) -> list[dict[str, Any]]:
    """Return what the customer may choose between, at once first: nothing when there is but one way."""
    at_once = quote.alternative_to or quote
    rows = [at_once, *at_once.alternatives.all()]
    if len(rows) < 2:
        return []
    return [
        {
            "quote": row,
            "chosen": row.id == quote.id,
            "value": "1" if row.hold_h else "0",
            "hold_h": round(row.hold_h),
            "ready_at": ready_if_ordered(row, now).at,
        }
        for row in rows
    ]


def _place(quote: QuoteRecord, form: CheckoutForm, way: Way) -> HttpResponse:
    typed = form.cleaned_data
    customer = CustomerDetails(
        typed["name"], typed["email"], typed["note"], get_language() or "en", address=typed.get("address", "")
    )
    order = place_order(quote.id, customer, idempotency_key=typed["idempotency_key"], pay_by=typed["pay_by"])
    session = session_of_link(typed["design"])
    if session is not None:
        note_order(session, order)
    return redirect(way.order(order.id, order.token))


def _show(
    request: HttpRequest,
    quote: QuoteRecord,
    form: CheckoutForm,
    way: Way,
    *,
    changed: bool = False,
    again: bool = False,
    moved: bool = False,
    status: int = 200,
) -> HttpResponse:
    product = quote.product
    language = get_language() or product.shop.language
    now = timezone.now()
    dates = ready_if_ordered(quote, now) if quote.quote else None
    context = {
        "shop": product.shop,
        "product": product,
        "title": product.text("title", language),
        "quote": quote,
        "refusal": error_in_words(quote.refusal) if quote.refusal else None,
        "warnings": findings_in_words(found for found in quote.findings if found["severity"] == "warning"),
        "rush": rush_in_words(quote),
        "brings": quote.delivery or somebody_brings(),
        "saving_minor": (quote.quote or {}).get("plate_saving_minor", 0),
        "lines": lines_in_words(quote.quote) if quote.quote else [],
        "ready_at": dates.at if dates else None,
        "ready_by": dates.high if dates else None,
        "values": describe_values(product, quote.values, language),
        "materials": describe_materials(product, list(product.shop.materials.all())),
        "picture": part_url(quote.part, "png"),
        "form": form,
        "law": before_buying(quote) if quote.quote else None,
        "ways": ways_as_rows(product.shop, (request.POST or request.GET).get("pay_by", "")),
        "changed": changed,
        "ordered": again or bool(form.initial.get("orders_seen")),
        "moved": moved,
        "paces": _paces(quote, now),
        "preferences": preferences_as_rows(quote),
        "quantities": range(1, MOST_AT_ONCE + 1),
        "frame": way.frame,
        "address": way.checkout(quote.id),
        "back": way.product(product.slug),
        **way.context,
    }
    return page(request, "checkout.html", context, status=status)
