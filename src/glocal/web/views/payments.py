"""How an order is paid, on its own page."""

from __future__ import annotations

import uuid
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.views.decorators.http import require_POST

from glocal.payment.books import Standing
from glocal.shop.orders.models import Order
from glocal.shop.orders.queries import access_order
from glocal.shop.payments.actions import choose_way
from glocal.shop.payments.hosted import FIRMS
from glocal.shop.payments.ledger import standing_of
from glocal.shop.payments.models import PayBy
from glocal.shop.payments.queries import payment_of, transfer_for, ways_to_pay
from glocal.shop.shops.models import Shop
from glocal.web.guard import open_to
from glocal.web.pay_words import state_in_words, way_back_in_words, way_in_words


def ways_as_rows(shop: Shop, chosen: str) -> list[dict[str, Any]]:
    """Return the shop's ways to be paid for radio buttons."""
    ways = ways_to_pay(shop)
    selected = chosen if chosen in ways else ways[0]
    return [{"id": way.value, "words": way_in_words(way), "chosen": way == selected} for way in ways]


def payment_context(order: Order) -> dict[str, Any] | None:
    """Return what an order's page says about its payment; None for what nobody pays."""
    payment = payment_of(order)
    if payment is None:
        return None
    now = standing_of(order)
    to_transfer = transfer_for(order, now) if payment.method == PayBy.TRANSFER else None
    return {
        "state": state_in_words(now.state, off=order.is_off),
        "standing": now,
        "owed_back_minor": max(0, -now.due_minor),
        "ways_back": _ways_back(now) if now.due_minor < 0 else [],
        "shows_way": now.due_minor > 0 or now.received_minor > 0,
        "method": payment.method,
        "online": payment.method in FIRMS and payment.method in ways_to_pay(order.quote.product.shop),
        "way": way_in_words(payment.method),
        "number": payment.number,
        "transfer": to_transfer.transfer if to_transfer else None,
        "iban": _in_fours(to_transfer.transfer.iban) if to_transfer else "",
        "code": _code_picture(to_transfer.payload) if to_transfer else "",
        "ways": ways_as_rows(order.quote.product.shop, payment.method) if now.due_minor > 0 else [],
    }


def _ways_back(now: Standing) -> list[str]:
    """Return how the money that is owed back comes, a sentence for each way in which it lies here."""
    return list(dict.fromkeys(way_back_in_words(account.value) for account in now.held_minor))


def _in_fours(iban: str) -> str:
    return " ".join(iban[start : start + 4] for start in range(0, len(iban), 4))


def _code_picture(payload: str) -> str:
    """Return the payment code as the guideline draws it: UTF-8, error correction M."""
    import segno

    picture: str = segno.make(payload, error="m", encoding="utf-8", micro=False, boost_error=False).svg_data_uri(
        scale=4, border=4, light="white", omitsize=True
    )
    return picture


@open_to("link")
@require_POST
def pay_by(request: HttpRequest, order_id: uuid.UUID, token: str) -> HttpResponse:
    """Choose another way to pay."""
    choose_way(access_order(order_id, token=token, action="pay"), request.POST.get("pay_by", ""))
    return redirect(f"{reverse('order', args=[order_id, token])}#pay")
