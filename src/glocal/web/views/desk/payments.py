"""The owner's pages about money: what is due, what came, what goes back, and how the shop is paid."""

from __future__ import annotations

import uuid
from typing import Any

from django import forms
from django.conf import settings
from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from glocal.errors import BadInput
from glocal.payment.books import Account
from glocal.shop.error_words import error_text
from glocal.shop.errors import MoreThanDue, OrderInvalid
from glocal.shop.orders.models import Order
from glocal.shop.orders.queries import access_order
from glocal.shop.payments.actions import BY_HAND, change_keys, change_transfer_terms, money_received, refund_by_hand
from glocal.shop.payments.hosted import FIRMS, refund_hosted
from glocal.shop.payments.ledger import standing_of
from glocal.shop.payments.models import PayBy
from glocal.shop.payments.queries import money_accounts, off_because, payment_of, terms_of_payment, with_due
from glocal.shop.shops.models import Shop
from glocal.shop.shops.queries import the_shop
from glocal.values import new_id
from glocal.web.guard import actor_of_request, owner_only
from glocal.web.numbers import minor_from
from glocal.web.page import desk_page
from glocal.web.pay_words import account_in_words, state_in_words, way_in_words

PER_PAGE = 50
SHOWN = ("due", "back", "all")


@owner_only
@require_safe
def payments_page(request: HttpRequest) -> HttpResponse:
    """List orders by what they owe."""
    shown = request.GET.get("show", "due")
    shown = shown if shown in SHOWN else "all"
    orders = with_due(Order.objects.select_related("quote__product", "payment"), only=shown).order_by("-id")
    number = request.GET.get("q", "").strip()
    if number:
        orders = orders.filter(payment__number__icontains="".join(number.split()))
    found = Paginator(orders, PER_PAGE).get_page(request.GET.get("page"))
    language = get_language() or "en"
    rows = [
        {
            "order": order,
            "title": order.text("title", language),
            "way": way_in_words(order.payment.method)[0],
            "back_minor": max(0, -order.due_minor),
        }
        for order in found
    ]
    tabs = [
        {"id": "due", "label": _("Still to be paid")},
        {"id": "back", "label": _("To give back")},
        {"id": "all", "label": _("All")},
    ]
    context = {"rows": rows, "found": found, "tabs": tabs, "shown": shown, "q": number}
    return desk_page(request, "payments.html", context)


@owner_only
@require_safe
def payment_page(request: HttpRequest, order_id: uuid.UUID) -> HttpResponse:
    """Show one order's books, and take what came in or goes back."""
    return _show(request, _order(request, order_id, "pay"))


@owner_only
@require_POST
def received(request: HttpRequest, order_id: uuid.UUID) -> HttpResponse:
    """Note money that came; more than is due is asked about once."""
    order, sent = _order(request, order_id, "pay"), request.POST
    account, amount = _account(request), _amount(request, order)
    try:
        new = money_received(order, account, amount, key=sent.get("key", ""), beyond_due="beyond_due" in sent)
    except MoreThanDue as error:
        return _show(request, order, beyond=error_text(error))
    messages.success(request, _("Noted.") if new else _("This was noted before; nothing changed."))
    return redirect(reverse("desk-payment", args=[order_id]))


@owner_only
@require_POST
def refunded(request: HttpRequest, order_id: uuid.UUID) -> HttpResponse:
    """Note money that went back."""
    order = _order(request, order_id, "refund")
    sent = request.POST
    account, amount = _account(request), _amount(request, order)
    key, reason = sent.get("key", ""), sent.get("reason", "")
    if account in BY_HAND:
        new = refund_by_hand(order, account, amount, key=key, reason=reason)
        messages.success(request, _("Noted.") if new else _("This was noted before; nothing changed."))
    elif account.value in FIRMS:
        refund_hosted(order, PayBy(account.value), amount, form_key=key, reason=reason)
        messages.success(request, _("The payment firm gives it back."))
    else:
        raise OrderInvalid("Money lies in cash, at the bank or at a payment firm.", field="account")
    return redirect(reverse("desk-payment", args=[order_id]))


def _order(request: HttpRequest, order_id: uuid.UUID, action: str) -> Order:
    return access_order(order_id, actor=actor_of_request(request), action=action)


def _account(request: HttpRequest) -> Account:
    try:
        return Account(request.POST.get("account", ""))
    except ValueError:
        raise OrderInvalid("Say whether it was cash or the bank account.", field="account") from None


def _amount(request: HttpRequest, order: Order) -> int:
    amount = minor_from(request.POST.get("amount", ""), order.currency, get_language() or "en")
    if amount is None:
        raise OrderInvalid("This is not a sum of money.", help="Write it as 12.40, without currency.", field="amount")
    return amount


def _show(request: HttpRequest, order: Order, *, beyond: str = "") -> HttpResponse:
    now = standing_of(order)
    payment = payment_of(order)
    held = money_accounts(order)
    context: dict[str, Any] = {
        "order": order,
        "title": order.text("title", get_language() or "en"),
        "payment": payment,
        "way": way_in_words(payment.method)[0] if payment else "",
        "standing": now,
        "state": state_in_words(now.state, off=order.is_off, desk=True),
        "back_minor": max(0, -now.due_minor),
        "bookings": [
            {"row": row, "debit": account_in_words(row.debit), "credit": account_in_words(row.credit)}
            for row in order.bookings.all()
        ],
        "accounts": [(account.value, account_in_words(account.value)) for account in BY_HAND],
        "held": [(name, account_in_words(name), minor) for name, minor in held.items()],
        "key": str(new_id()),
        "beyond": beyond,
        "typed": request.POST,
    }
    return desk_page(request, "payment.html", context)


class TransferForm(forms.Form):
    """How the shop takes money without a payment firm."""

    at_pickup = forms.BooleanField(label=gettext_lazy("Customers may pay when they get the piece"), required=False)
    holder = forms.CharField(label=gettext_lazy("Whose account"), max_length=70, required=False)
    iban = forms.CharField(
        label="IBAN",
        max_length=50,
        required=False,
        help_text=gettext_lazy("For transfers in euros; leave it empty to take none."),
    )
    bic = forms.CharField(label="BIC", max_length=20, required=False)


class KeysForm(forms.Form):
    """Keys of payment firms; what is stored is never shown again."""

    stripe_key = forms.CharField(label=gettext_lazy("Stripe: secret key"))
    stripe_webhook = forms.CharField(label=gettext_lazy("Stripe: signing secret of the webhook"))
    mollie_key = forms.CharField(label=gettext_lazy("Mollie: API key"))

    def __init__(self, *args: Any, **named: Any) -> None:
        super().__init__(*args, **named)
        for field in self.fields.values():
            field.required = False
            field.widget = forms.PasswordInput(attrs={"autocomplete": "off", "maxlength": 300})


@owner_only
@sensitive_post_parameters()
@require_http_methods(["GET", "HEAD", "POST"])
def payment_terms(request: HttpRequest) -> HttpResponse:
    """Let the owner say how the shop is paid."""
    shop = the_shop()
    terms = terms_of_payment(shop)
    if request.method == "POST" and "keys" in request.POST:
        keys = KeysForm(request.POST)
        if keys.is_valid():
            change_keys(shop, **keys.cleaned_data)
            messages.success(request, _("Saved."))
        return redirect("desk-payment-terms")
    initial = {name: getattr(terms, name) for name in ("at_pickup", "holder", "iban", "bic")}
    form = TransferForm(request.POST or None, initial=initial)
    if request.method == "POST" and form.is_valid():
        try:
            change_transfer_terms(shop, **form.cleaned_data)
        except BadInput as error:
            field = error.data.get("field")
            form.add_error(field if field in form.fields else None, error_text(error))
        else:
            messages.success(request, _("Saved."))
            return redirect("desk-payment-terms")
    context = {"form": form, "keys": KeysForm(), "firms": _firms(shop)}
    return desk_page(request, "payment_terms.html", context, status=422 if form.errors else 200)


def _firms(shop: Shop) -> list[dict[str, str]]:
    """Return whether each payment firm is on, and the address that it sends its notices to."""
    why = {
        "": _("on"),
        "no_key": _("off: no key"),
        "currency": _("off: not for this currency"),
        "no_address": _("off: the shop has no public address (GLOCAL_URL)"),
    }
    return [
        {
            "name": firm.value.title(),
            "state": why[off_because(shop, firm)],
            "notices": settings.SITE_URL + reverse("pay-notice", args=[firm.value]),
        }
        for firm in FIRMS
    ]
