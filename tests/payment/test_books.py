"""One order's books: a small order worked by hand."""

from __future__ import annotations

import pytest

from glocal.payment.books import Account, Booking, PaymentState, Standing, charge, receive, refund, standing
from glocal.payment.errors import BookingInvalid

EMPTY = standing([])


def after(*steps: list[Booking]) -> Standing:
    return standing([booking for step in steps for booking in step])


ORDERED = charge(EMPTY, 1000, 167)  # 10.00 with 20 % tax in it: 8.33 + 1.67
PAID = receive(Account.BANK, 1000)


def test_an_order_is_owed_then_paid() -> None:
    assert (after(ORDERED).due_minor, after(ORDERED).state) == (1000, PaymentState.UNPAID)
    assert (after(ORDERED, PAID).due_minor, after(ORDERED, PAID).state) == (0, PaymentState.PAID)


def test_a_third_goes_back_with_its_tax() -> None:
    paid = after(ORDERED, PAID)
    back = refund(paid, Account.BANK, 300)
    now = after(ORDERED, PAID, back)
    # 300 of 1000: tax 300 · 167 / 1000 = 50.1, so 50; net 250
    assert (now.charged_minor, now.tax_minor, now.due_minor, now.state) == (700, 117, 0, PaymentState.PAID)


def test_a_cancelled_order_owes_back_what_was_paid_and_then_nothing() -> None:
    cancelled = charge(after(ORDERED, PAID), 0, 0)
    owing = after(ORDERED, PAID, cancelled)
    assert (owing.due_minor, owing.state) == (-1000, PaymentState.OWED_BACK)
    back = refund(owing, Account.BANK, 1000)
    done = after(ORDERED, PAID, cancelled, back)
    assert (done.charged_minor, done.due_minor, done.state) == (0, 0, PaymentState.REFUNDED)


def test_paid_twice_is_owed_back_once() -> None:
    twice = after(ORDERED, PAID, receive(Account.CASH, 1000))
    assert twice.due_minor == -1000
    back = refund(twice, Account.CASH, 1000)
    assert after(ORDERED, PAID, receive(Account.CASH, 1000), back).charged_minor == 1000


def test_a_new_price_moves_the_difference_only() -> None:
    assert charge(after(ORDERED), 1100, 184) == [
        Booking(Account.CUSTOMER, Account.SALES, 83),
        Booking(Account.CUSTOMER, Account.TAX, 17),
    ]
    assert charge(after(ORDERED), 1000, 167) == []


def test_nothing_more_goes_back_than_came_that_way() -> None:
    paid = after(ORDERED, PAID)
    for account, amount in ((Account.BANK, 1001), (Account.CASH, 1), (Account.BANK, 0), (Account.BANK, -5)):
        with pytest.raises(BookingInvalid):
            refund(paid, account, amount)
    with pytest.raises(BookingInvalid):
        refund(paid, Account.SALES, 1)
