"""Mails about an order, in the customer's language: what was agreed when it was placed, and whenever it needs them."""

from __future__ import annotations

import logging
import uuid

from django.conf import settings
from django.contrib.auth import get_user_model
from django.core.mail import EmailMessage
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import override

from glocal.shop.legal.queries import pickup_address
from glocal.shop.orders.models import Order
from glocal.shop.payments.ledger import standing_of
from glocal.shop.workflow.handover import enqueue
from glocal.shop.workflow.names import NOTICES_QUEUE, ORDER_MAIL, order_mail_id

log = logging.getLogger(__name__)
COMES_LATE = "comes_late"
TO_CUSTOMER = frozenset(
    {"placed", "done", "needs_customer", "cannot_be_made", "cancelled", "refunded", "message", COMES_LATE}
)
"""Codes of events of which the customer hears by mail."""
TO_SHOP = frozenset({"message_to_shop"})


def mail_later(order: Order, code: str, *, about: uuid.UUID | int) -> None:
    """Have a mail sent, with the current transaction and once; without an address of the shop it would have no link."""
    if code in TO_CUSTOMER | TO_SHOP and settings.SITE_URL:
        enqueue(ORDER_MAIL, NOTICES_QUEUE, order_mail_id(code, about), str(order.id), code)


def send_order_mail(order_id: str, code: str) -> str:
    """Send a mail that is due, and return what became of it.

    A mail server that does not answer raises what it raises: whoever carries the mail tries again.
    """
    order = Order.objects.select_related("quote__product__shop", "machine__maker").filter(id=order_id).first()
    if order is None or not hasattr(order, "payment"):
        return "nobody's order"  # made for the shelf
    readers = _staff() if code in TO_SHOP else [order.customer_email] if order.customer_email else []
    if not readers:
        return "no address"
    _message(order, code, readers).send()
    return "sent"


def _staff() -> list[str]:
    staff = get_user_model().objects.filter(is_staff=True, is_active=True).exclude(email="")
    return list(staff.order_by("id").values_list("email", flat=True))


def _message(order: Order, code: str, readers: list[str]) -> EmailMessage:
    shop = order.quote.product.shop
    language = shop.language if code in TO_SHOP else order.language
    with override(language):
        title = order.text("title", language)
        openings = {
            "placed": _("We have your order, and begin."),
            "done": _("It is ready."),
            "needs_customer": _("We need your answer before we can go on."),
            "cannot_be_made": _("It cannot be made as you ordered it."),
            "cancelled": _("Your order was cancelled."),
            "refunded": _("You get money back."),
            COMES_LATE: _("It will be later than we promised. Your order's page has the day; you may cancel it there."),
            "message": _("The shop wrote to you about your order."),
            "message_to_shop": _("A customer wrote to you about an order."),
        }
        if code in TO_SHOP:
            path = reverse("desk-order", args=[order.id])
            lines = [openings[code], settings.SITE_URL + path]
        else:
            path = reverse("order", args=[order.id, order.token])
            key = _("The link is the key to your order; keep this mail.")
            more = _more(order, code)
            lines = [openings[code], *more, settings.SITE_URL + path, key]
        subject = f"{shop.name}: {title}"
    return EmailMessage(subject=" ".join(subject.split()), body="\n\n".join(lines) + "\n", to=readers)


def _more(order: Order, code: str) -> list[str]:
    """Return what a customer has to know besides: what was agreed, where it lies, or what is owed for nothing."""
    if code == "placed":
        return _agreed(order)
    if code == "done" and order.machine is not None:
        maker = order.machine.maker
        brought = _("{name} brings it to the address that you gave.")
        fetched = _("Fetch it at {name}, {town}.") if maker.town else _("Fetch it at {name}.")
        said = (brought if order.delivery_address else fetched).format(name=maker.name, town=maker.town)
        where = "" if order.delivery_address else pickup_address(maker, order.quote.product.shop)
        return [said, where] if where else [said]
    return [_owes(order)] if order.is_off and code != "message" else []


def _owes(order: Order) -> str:
    """Return what an order of which nothing comes means for its customer's money."""
    if standing_of(order).due_minor < 0:
        return _("The shop gives back what you paid; how, says the page of your order.")
    return _("You owe nothing for it.")


def _agreed(order: Order) -> list[str]:
    """Return what was agreed, on a durable medium (Directive 2011/83/EU, Article 8(7))."""
    papers = getattr(order, "papers", None)
    return [papers.sentence] if papers else []
