"""Orders that may wait share a plate: one job, each with its own price and state, whatever happens meanwhile."""

from __future__ import annotations

import uuid
from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from glocal.shop.models import Job, Order, QuoteRecord
from glocal.shop.orders.actions import CustomerDetails, cancel_order, place_order
from glocal.shop.orders.models import OrderState
from glocal.shop.workers.sweep import PREPARED_STATES
from glocal.shop.workflow import prepare, share_plate
from glocal.shop.workflow.conclude import Verdict, conclude
from glocal.shop.workflow.stage import STOP, run_stage
from tests.shop.conftest import ShopUnderTest
from tests.shop.test_preparation import carry

PREPARATION = (prepare.check, prepare.slice_exactly, prepare.find_maker, share_plate.hold, prepare.lay_out)
CLOSING = (share_plate.close_plate, prepare.lay_out)


@pytest.fixture
def waiting(shop: ShopUnderTest) -> ShopUnderTest:
    """Return a shop that lets orders wait for a day, and expects two more in it."""
    orders = {"value": 2.0, "low": 1.0, "high": 4.0, "source": "said by the test"}
    shop.shop.assumptions |= {"plate_hold": {"hold_h": 24.0, "orders_per_day": orders}}
    shop.shop.terms |= {"minimum_minor": 0}
    shop.shop.save()
    shop.product.refresh_from_db()
    return shop


def ways(shop: ShopUnderTest, **changes: Any) -> tuple[QuoteRecord, QuoteRecord | None]:
    view = shop.quote(ways=True, **changes)
    at_once = QuoteRecord.objects.get(id=view.id)
    return at_once, at_once.alternatives.first()


def order(shop: ShopUnderTest, **changes: Any) -> Order:
    """Place an order that may wait, and carry it until it waits."""
    _, quote = ways(shop, **changes)
    assert quote is not None
    placed = place_order(quote.id, CustomerDetails("Ann", "ann@example.org"), idempotency_key=str(uuid.uuid4()))
    return carry(placed, *PREPARATION)


def test_who_may_wait_pays_less_and_is_told_when(waiting: ShopUnderTest) -> None:
    at_once, later = ways(waiting)
    assert later is not None
    # set-up is 5 min at 24.00 an hour; of 1/(1+n), n Poisson with mean 2, the mean is (1 - e^-2)/2 = 0.432
    assert at_once.quote is not None
    assert later.quote is not None
    assert later.quote["share_of_plate"] == pytest.approx(0.432, abs=0.001)
    setup = {line["code"]: line["amount_minor"] for line in later.quote["lines"]}["setup"]
    assert setup == round(200 * 0.43233)
    assert later.total_minor < at_once.total_minor
    assert later.quote["ready"]["at"] > at_once.quote["ready"]["at"]
    assert waiting.quote(ways=True).ways[0]["saving_minor"] == at_once.total_minor - later.total_minor


def test_nobody_is_offered_to_wait_for_nothing(waiting: ShopUnderTest) -> None:
    assert ways(waiting, side=200.0)[1] is None  # nobody else finds room beside it
    waiting.shop.assumptions["plate_hold"]["orders_per_day"] |= {"value": 0.0, "low": 0.0, "high": 0.0}
    waiting.shop.save()
    waiting.product.refresh_from_db()
    assert ways(waiting)[1] is None


def test_orders_wait_and_then_share_one_plate(waiting: ShopUnderTest) -> None:
    first, second = order(waiting), order(waiting, quantity=2)
    assert {first.state, second.state} == {OrderState.HELD}
    assert timedelta(hours=23) < first.hold_until - timezone.now() <= timedelta(hours=24)
    assert not Job.objects.exists()
    prices = first.total_minor, second.total_minor

    first = carry(first, *CLOSING)
    second.refresh_from_db()
    job = Job.objects.get()
    assert job.pieces.count() == 3
    assert {first.state, second.state} == {OrderState.QUEUED}
    assert (first.total_minor, second.total_minor) == prices
    assert run_stage(share_plate.close_plate, str(second.id), second.generation) == STOP  # its own time comes later
    assert Job.objects.count() == 1

    conclude(job, Verdict("ok", "The printer finished it."))
    first.refresh_from_db()
    second.refresh_from_db()
    assert {first.state, second.state} == {OrderState.PRINTED}


def test_closing_twice_prints_once(waiting: ShopUnderTest) -> None:
    first, _ = order(waiting), order(waiting)
    for _ in range(2):
        run_stage(share_plate.close_plate, str(first.id), first.generation)
    assert Job.objects.count() == 1


def test_who_waits_alone_is_printed_alone(waiting: ShopUnderTest) -> None:
    assert carry(order(waiting), *CLOSING).state == OrderState.QUEUED
    assert Job.objects.get().pieces.count() == 1


def test_a_full_plate_does_not_wait(waiting: ShopUnderTest, monkeypatch: pytest.MonkeyPatch) -> None:
    delays: list[timedelta | None] = []
    monkeypatch.setattr(share_plate, "enqueue", lambda *_, delay=None, **__: delays.append(delay))
    for _ in range(3):
        order(waiting, side=70.0, quantity=2)  # 6 × 4,900 mm² are more than half of 250 × 210
    assert delays == [timedelta(hours=24), timedelta(hours=24), None]


def test_who_cancels_while_the_plate_is_sliced_is_not_on_it(
    waiting: ShopUnderTest, monkeypatch: pytest.MonkeyPatch
) -> None:
    first, second, third = (order(waiting) for _ in range(3))
    real = share_plate.ready_plate

    def slow(*arguments: Any) -> Any:
        ready = real(*arguments)
        if len(waiting.slicer.plates[-1].pieces) == 3:
            cancel_order(second)
        return ready

    monkeypatch.setattr(share_plate, "ready_plate", slow)
    assert carry(first, *CLOSING).state == OrderState.QUEUED
    assert {piece.order_id for piece in Job.objects.get().pieces.all()} == {first.id, third.id}
    second.refresh_from_db()
    assert second.state == OrderState.CANCELLED


def test_who_cancels_a_closed_plate_gets_nothing_and_stops_nobody(waiting: ShopUnderTest) -> None:
    first, second = order(waiting), order(waiting)
    carry(first, *CLOSING)
    cancel_order(second)
    job = Job.objects.get()
    conclude(job, Verdict("ok", "The printer finished it."))
    states = [Order.objects.get(id=each.id).state for each in (first, second)]
    assert states == [OrderState.PRINTED, OrderState.CANCELLED]


def test_a_plate_that_fails_is_printed_again_for_each(waiting: ShopUnderTest) -> None:
    first, second = order(waiting), order(waiting)
    carry(first, *CLOSING)
    conclude(Job.objects.get(), Verdict("machine_fault", "The nozzle is blocked."))
    for each in (first, second):
        assert carry(each, *PREPARATION).state == OrderState.QUEUED  # without waiting once more
    assert Job.objects.count() == 3


def test_waiting_orders_are_looked_after() -> None:
    assert OrderState.HELD in PREPARED_STATES
