"""What no workflow carries any more is found and carried on; what is carried is left alone."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.utils import timezone

from glocal.shop.models import Job, Order
from glocal.shop.workers import sweep as sweeping
from glocal.shop.workers.sweep import sweep
from glocal.shop.workflow.conclude import Verdict, conclude
from tests.shop.conftest import ShopUnderTest
from tests.shop.test_preparation import carry


@pytest.fixture
def carried(monkeypatch: pytest.MonkeyPatch) -> set[str]:
    """Return the identities of the workflows that the engine carries, to be filled by the test."""
    running: set[str] = set()
    monkeypatch.setattr(sweeping, "_carried", lambda names: running & set(names))
    return running


def test_what_is_carried_or_fresh_is_left_alone(shop: ShopUnderTest, carried: set[str]) -> None:
    order = shop.order()
    assert sweep(timezone.now(), quiet_s=60) == []
    carried.add(f"order:{order.id}:1")
    assert sweep(timezone.now() + timedelta(seconds=61), quiet_s=60) == []


def test_a_lost_order_goes_on(shop: ShopUnderTest, carried: set[str]) -> None:
    order = shop.order()
    assert sweep(timezone.now() + timedelta(seconds=61), quiet_s=60) == [f"order {order.id}"]
    order.refresh_from_db()
    assert (order.state, order.generation) == ("failed_retry", 2)
    assert carry(order).state == "queued"


def test_a_lost_job_gets_another_workflow(shop: ShopUnderTest, carried: set[str]) -> None:
    carry(shop.order())
    job = Job.objects.get()
    assert sweep(timezone.now() + timedelta(seconds=61), quiet_s=60) == [f"job {job.id}"]
    assert Job.objects.get().run == 2
    carried.add(f"job:{job.id}:2")
    assert sweep(timezone.now() + timedelta(seconds=61), quiet_s=60) == []


def test_an_order_lost_after_its_print_is_not_printed_again(shop: ShopUnderTest, carried: set[str]) -> None:
    order = carry(shop.order())
    conclude(Job.objects.get(), Verdict("ok", "The printer finished it."))
    sweep(timezone.now() + timedelta(seconds=61), quiet_s=60)
    order = carry(order)
    assert (order.state, Job.objects.count()) == ("printed", 1)


def test_an_order_that_waits_for_a_person_is_not_lost(shop: ShopUnderTest, carried: set[str]) -> None:
    Order.objects.filter(id=shop.order().id).update(state="needs_customer")
    assert sweep(timezone.now() + timedelta(seconds=61), quiet_s=60) == []
