"""A maker who does not answer any more, with plates on the machine: nothing is lost."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.utils import timezone

from glocal.errors import GlocalError
from glocal.shop.jobs.actions import maker_answer
from glocal.shop.makers.actions import vouch
from glocal.shop.makers.track import TrackRecords
from glocal.shop.models import Job, Maker, Order
from glocal.shop.workers.dark import move_on
from glocal.shop.workflow.job_steps import mark_printing
from tests.shop import builders
from tests.shop.conftest import ShopUnderTest
from tests.shop.test_preparation import carry

DAY_S = 86_400.0


def test_the_orders_of_a_silent_maker_go_to_the_next(shop: ShopUnderTest) -> None:
    orders = [carry(shop.order()) for _ in range(3)]
    builders.make_machine("other")
    for job in Job.objects.all():
        mark_printing(job)
    later = timezone.now() + timedelta(days=1)
    assert move_on(later, dark_s=DAY_S) == []  # they are asked first, each by its plate
    assert {job.state for job in Job.objects.all()} == {"unknown"}
    assert {Order.objects.get(id=order.id).state for order in orders} == {"needs_maker"}

    moved = move_on(later + timedelta(days=2), dark_s=DAY_S)
    assert len(moved) == 3
    assert move_on(later + timedelta(days=2), dark_s=DAY_S) == []
    for order in orders:
        carried = carry(order)
        assert (carried.state, carried.machine.slug) == ("queued", "other-1")
        reasons = {each["maker"]: each["reasons"][0]["code"] for each in carried.match["rejected"]}
        assert reasons == {"near": "away"}
    assert Job.objects.filter(state="queued").count() == 3


def test_who_answers_gets_work_again(shop: ShopUnderTest) -> None:
    carry(shop.order())
    Maker.objects.filter(slug="near").update(silent_since=timezone.now())
    maker_answer(Job.objects.get().id, "started")
    assert Maker.objects.get(slug="near").silent_since is None


def test_work_is_not_taken_from_the_only_maker(shop: ShopUnderTest) -> None:
    carry(shop.order())
    Job.objects.update(state="unknown", state_at=timezone.now() - timedelta(days=9))
    assert move_on(timezone.now(), dark_s=DAY_S) == []


def test_a_new_maker_gets_one_plate_until_somebody_vouches(shop: ShopUnderTest) -> None:
    Maker.objects.filter(slug="near").update(on_probation=True)
    new = Maker.objects.get(slug="near")
    assert TrackRecords.read().plates_left(new) == 1
    carry(shop.order())
    assert TrackRecords.read().plates_left(new) == 0
    with pytest.raises(GlocalError):
        vouch(new, new)
    vouch(new, builders.make_machine("other").maker)
    assert TrackRecords.read().plates_left(new) == 0  # whose own prints are not known cannot vouch
