"""What customers do with orders. Each action checks, changes, tells the timeline and hands over, in one transaction."""

from __future__ import annotations

import re
import uuid
from dataclasses import dataclass
from datetime import datetime

from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.db import IntegrityError, transaction
from django.db.models import QuerySet
from django.utils import timezone

from glocal.shop.demand.actions import record_choices
from glocal.shop.demand.models import ChoiceKind
from glocal.shop.errors import KeyReused, NotNow, OrderInvalid, QuoteExpired, QuoteRefused
from glocal.shop.jobs.models import OPEN_STATES, Job
from glocal.shop.legal.actions import freeze_papers
from glocal.shop.makers.models import MakerMachine
from glocal.shop.orders.events import tell
from glocal.shop.orders.models import Order, OrderState, Piece
from glocal.shop.orders.path import hand_over_preparation
from glocal.shop.payments.actions import open_books
from glocal.shop.payments.ledger import charge_order
from glocal.shop.quotes.dates import ready_if_ordered
from glocal.shop.quotes.models import QuoteRecord
from glocal.shop.quotes.queries import get_quote
from glocal.shop.workflow.conclude import Verdict, conclude_from_outside
from glocal.shop.workflow.handover import send
from glocal.shop.workflow.names import print_id

MOST_ADDRESS = 1000
LANGUAGE = re.compile(r"[a-zA-Z]{2,3}(-[a-zA-Z0-9]{2,6})?")


@dataclass(frozen=True, slots=True)
class CustomerDetails:
    """Who orders. Nothing here ever enters a record that is shared.

    Parameters
    ----------
    name : str
        1 to 200 characters.
    email : str
        Where the link to the order goes.
    note : str
        What the customer wants the shop to know; up to 2,000 characters.
    language : str
        In which the shop speaks to the customer.
    address : str
        Where the order is brought to; up to 1,000 characters, needed for delivery only.
    """

    name: str
    email: str
    note: str = ""
    language: str = "en"
    address: str = ""

    def __post_init__(self) -> None:
        if not 1 <= len(self.name.strip()) <= 200:
            raise OrderInvalid("Your name is missing or too long.", help="Write 1 to 200 characters.", field="name")
        if not LANGUAGE.fullmatch(self.language):
            raise OrderInvalid(
                "“{said}” is no language.", help="Write it as en or pt-BR.", said=self.language[:80], field="language"
            )
        for field, text in (("name", self.name), ("note", self.note), ("address", self.address)):
            if "\x00" in text:  # PostgreSQL keeps no such text
                raise OrderInvalid("A character in it cannot be kept.", help="Type it anew.", field=field)
        if len(self.note) > 2000:
            raise OrderInvalid("The note is too long.", help="Write up to 2,000 characters.", field="note")
        if len(self.address) > MOST_ADDRESS:
            raise OrderInvalid("The address is too long.", help="Write up to 1,000 characters.", field="address")
        try:
            validate_email(self.email)
        except ValidationError:
            raise OrderInvalid(
                "“{said}” is not an e-mail address.",
                help="Write it as name@example.org.",
                said=self.email,
                field="email",
            ) from None


def place_order(
    quote_id: uuid.UUID | str,
    customer: CustomerDetails,
    *,
    idempotency_key: str,
    now: datetime | None = None,
    for_stock: bool = False,
    pay_by: str = "",
) -> Order:
    """Place an order for a frozen quote; the same key again returns the same order.

    With ``for_stock`` the shop orders ahead of demand: what it makes for its shelf is nobody's choice, and nobody pays.
    ``pay_by`` is one of the shop's ways to be paid, else its first.

    The order, its pieces, its first event and its workflow are written in one transaction: either all of them are, and
    the order will be carried to its end, or none is.

    Raises
    ------
    QuoteRefused, QuoteExpired
        When there is no price, or no longer.
    KeyReused
        When the key came before with another quote.
    """
    if not 1 <= len(idempotency_key) <= 200:
        raise OrderInvalid("The idempotency key must have 1 to 200 characters.", field="idempotency_key")
    quote = get_quote(quote_id)
    known = Order.objects.filter(idempotency_key=idempotency_key).first()
    if known is None:
        now = now or timezone.now()
        _check_orderable(quote, now)
        if quote.delivery and not customer.address.strip():
            raise OrderInvalid("The address is missing.", help="Say where it shall be brought.", field="address")
        quote.product.template()  # read from the disk before the transaction, which must be short
        try:
            with transaction.atomic():
                # two who order at once are promised one after the other
                list(MakerMachine.objects.select_for_update().filter(quotes=quote))
                promised_by = ready_if_ordered(quote, now).high
                return _write_order(quote, customer, idempotency_key, promised_by, for_stock=for_stock, pay_by=pay_by)
        except IntegrityError:  # a second click was faster
            known = Order.objects.filter(idempotency_key=idempotency_key).first()
            if known is None:
                raise
    if known.quote_id != quote.id:
        raise KeyReused("This order form was already used for another order.", help="Open the order form again.")
    return known


def _check_orderable(quote: QuoteRecord, now: datetime) -> None:
    if quote.quote is None or quote.valid_until is None:
        raise QuoteRefused.kept(quote.refusal)
    if quote.valid_until < now:
        raise QuoteExpired(
            "This price was valid until {until} UTC.",
            help="Ask for the price again.",
            until=f"{quote.valid_until:%Y-%m-%d %H:%M}",
        )


def _write_order(
    quote: QuoteRecord,
    customer: CustomerDetails,
    idempotency_key: str,
    promised_by: datetime,
    *,
    for_stock: bool,
    pay_by: str,
) -> Order:
    if quote.quote is None or quote.total_minor is None:
        raise ValueError("a refused quote cannot be ordered")
    order = Order.objects.create(
        quote=quote,
        idempotency_key=idempotency_key,
        customer_name=customer.name.strip(),
        customer_email=customer.email,
        customer_note=customer.note,
        delivery_address=customer.address.strip() if quote.delivery else "",
        language=customer.language,
        sold_as=quote.product.words(),
        quantity=quote.quantity,
        total_minor=quote.total_minor,
        currency=quote.currency,
        promised_by=promised_by,
    )
    Piece.objects.bulk_create(Piece(order=order, number=number) for number in range(1, quote.quantity + 1))
    tell(order, "placed", "The order was placed.", data={"total_minor": order.total_minor, "currency": order.currency})
    freeze_papers(order, for_stock=for_stock)
    if not for_stock:
        template = quote.product.template()
        record_choices(template, quote.values, region=quote.region, kind=ChoiceKind.ORDERED, order=order)
        open_books(order, pay_by)
    hand_over_preparation(order)
    return order


@transaction.atomic
def cancel_order(order: Order) -> Order:
    """Cancel an order, or stop its print; what is printed already cannot be cancelled."""
    list(_open_jobs(order))  # jobs are locked before orders, everywhere
    order = Order.objects.select_for_update().get(id=order.id)
    if order.state == OrderState.CANCELLED:
        return order
    if order.state in {OrderState.PRINTED, OrderState.LEARNING} or order.is_final:
        raise NotNow("The order cannot be cancelled any more.", help="Ask the shop.", state=order.state)
    if order.cancel_asked:
        return order
    order.cancel_asked = True
    order.save(update_fields=["cancel_asked"])
    for job in _open_jobs(order):
        _cancel_job(order, job)
    order.refresh_from_db()
    if not order.is_final and not _open_jobs(order):
        tell(order, "cancelled", "The order was cancelled.", state=OrderState.CANCELLED)
    return order


def _open_jobs(order: Order) -> QuerySet[Job]:
    ids = Job.objects.filter(pieces__order=order, state__in=OPEN_STATES).values("id")
    return Job.objects.select_for_update().filter(id__in=ids).order_by("id")


def _cancel_job(order: Order, job: Job) -> None:
    """End a job that has not begun, or ask its workflow to stop; a plate is not stopped for one of several orders."""
    shared = job.pieces.exclude(order__cancel_asked=True).exists()
    if job.intent_at is None and not shared:
        conclude_from_outside(job, Verdict("cancelled", "The order was cancelled before its print started."))
        return
    words = "its plate is printed with others" if shared else "the printer will be stopped"
    tell(order, "cancel_asked", f"Cancelling was asked for; {words}.")
    send(print_id(job.id, job.run), {"kind": "cancel"}, key=f"cancel:{order.id}:{order.generation}")


def can_change_address(order: Order) -> bool:
    """Return whether an order is brought, and is not on its way yet."""
    return bool(order.delivery_address) and not order.is_off and order.handed_over_at is None


@transaction.atomic
def change_address(order: Order, address: str) -> Order:
    """Bring an order to another address than was first said; the timeline does not tell which."""
    order = Order.objects.select_for_update().get(id=order.id)
    if not can_change_address(order):
        raise NotNow("The address cannot be changed any more.", help="Ask the shop.", state=order.state)
    address = address.strip()
    if not address:
        raise OrderInvalid("The address is missing.", help="Say where it shall be brought.", field="address")
    if len(address) > MOST_ADDRESS:
        raise OrderInvalid("The address is too long.", help="Write up to 1,000 characters.", field="address")
    if address != order.delivery_address:
        order.delivery_address = address
        tell(order, "address_changed", "It is brought to another address.")
    return order


@transaction.atomic
def accept_exact_price(order: Order) -> Order:
    """Let the customer agree to the exact price after it left the band that was quoted; the order goes on."""
    order = Order.objects.select_for_update().get(id=order.id)
    if order.state != OrderState.NEEDS_CUSTOMER:
        raise NotNow("There is nothing to agree to in this order.", help="Load the page again.", state=order.state)
    order.accepted_price = True
    order.total_minor = order.exact["price_minor"]
    order.generation += 1
    order.save()
    if order.bookings.exists():
        charge_order(order)
    tell(order, "price_accepted", "The customer agreed to the exact price.", state=OrderState.PLACED)
    hand_over_preparation(order)
    return order
