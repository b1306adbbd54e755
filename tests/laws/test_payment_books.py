"""Whatever is ordered, paid, refunded and cancelled, in any order: no minor unit appears or vanishes."""

from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st

from glocal.payment.books import MONEY, Account, Booking, charge, receive, refund, standing
from glocal.payment.errors import BookingInvalid

sums = st.integers(1, 10**9)
steps = st.one_of(
    st.tuples(st.just("charge"), st.integers(0, 10**9), st.floats(0, 1)),
    st.tuples(st.just("receive"), sums, st.sampled_from(MONEY)),
    st.tuples(st.just("refund"), sums, st.sampled_from(MONEY)),
)


@settings(max_examples=100, deadline=None)
@given(st.lists(steps, max_size=12))
def test_sums_are_conserved(story: list[tuple[str, int, object]]) -> None:
    bookings: list[Booking] = []
    came = went = 0
    for what, amount, how in story:
        now = standing(bookings)
        try:
            if what == "charge":
                bookings += charge(now, amount, int(amount * float(str(how))))
                assert standing(bookings).charged_minor == amount
            elif what == "receive":
                bookings += receive(Account(str(how)), amount)
                came += amount
            else:
                bookings += refund(now, Account(str(how)), amount)
                went += amount
        except BookingInvalid:
            assert standing(bookings) == now
    now = standing(bookings)
    assert (now.received_minor, now.returned_minor) == (came, went)
    assert sum(now.held_minor.values()) == came - went
    assert all(held > 0 for held in now.held_minor.values())
    assert 0 <= now.tax_minor <= now.charged_minor
    balance = dict.fromkeys(Account, 0)
    for booking in bookings:
        balance[booking.debit] += booking.amount_minor
        balance[booking.credit] -= booking.amount_minor
    assert sum(balance.values()) == 0
    assert balance[Account.CUSTOMER] == now.due_minor


@settings(max_examples=100, deadline=None)
@given(sums, st.floats(0, 0.5), st.lists(st.integers(1, 1000), min_size=1, max_size=6))
def test_partial_refunds_add_up_to_the_whole(total: int, rate: float, weights: list[int]) -> None:
    from glocal.values import split_minor

    bookings = charge(standing([]), total, int(total * rate))
    bookings += receive(Account.BANK, total)
    for part in split_minor(total, weights):
        if part:
            bookings += refund(standing(bookings), Account.BANK, part)
    done = standing(bookings)
    assert (done.charged_minor, done.tax_minor, done.due_minor, done.held_minor) == (0, 0, 0, {})
