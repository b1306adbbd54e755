"""Read and write the books of an order. Who writes holds the order's row: books are never written twice at once."""

from __future__ import annotations

from collections.abc import Iterable

from django.db import transaction

from glocal.payment.books import Account, Booking, Standing, charge, standing
from glocal.shop.orders.models import Order
from glocal.shop.payments.models import BookingEntry
from glocal.values import split_minor


def standing_of(order: Order) -> Standing:
    """Return what the order's books come to."""
    return sum_up(order.bookings.all())


def sum_up(entries: Iterable[BookingEntry]) -> Standing:
    """Return what entries come to."""
    return standing(Booking(Account(row.debit), Account(row.credit), row.amount_minor) for row in entries)


def write(order: Order, key: str, bookings: Iterable[Booking]) -> bool:
    """Write one deed into the books, once per key; return whether it was new. Call it with the order's row held."""
    if BookingEntry.objects.filter(key=key).exists():
        return False
    BookingEntry.objects.bulk_create(
        BookingEntry(
            order=order,
            key=key,
            line=line,
            debit=booking.debit.value,
            credit=booking.credit.value,
            amount_minor=booking.amount_minor,
            currency=order.currency,
        )
        for line, booking in enumerate(bookings, start=1)
    )
    return True


@transaction.atomic
def charge_order(order: Order) -> None:
    """Let the books say what the order comes to by now: its total, or nothing once it is off."""
    Order.objects.select_for_update().filter(id=order.id).first()
    quote = order.quote.quote or {}
    total = 0 if order.is_off else order.total_minor
    tax_share = [max(0, order.quote.total_minor or 0) - quote.get("tax_minor", 0), quote.get("tax_minor", 0)]
    tax = split_minor(total, tax_share)[1] if total and sum(tax_share) else 0
    bookings = charge(standing_of(order), total, tax)
    if bookings:
        write(order, f"charge:{order.id}:{order.bookings.count()}", bookings)  # the row is held: the count is its own


def follow_order(order: Order) -> None:
    """Take an order that is off out of the books; what was never charged (made for the shelf) stays out of them."""
    if order.is_off and order.bookings.exists():
        charge_order(order)
