"""What makers say of their machines and spools reaches slicing, matching and price."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from glocal.production.own_machine import Differences
from glocal.shop.errors import NotFound, NotNow, OrderInvalid
from glocal.shop.jobs.models import Job
from glocal.shop.makers.models import MakerMachine, Spool
from glocal.shop.makers.workshop import MachineFacts, SpoolFacts, access_spool, keep_machine, keep_spool, models_called
from glocal.shop.workflow import job_steps
from glocal.shop.workflow.conclude import Verdict, conclude
from tests.shop.builders import make_machine
from tests.shop.conftest import ShopUnderTest

pytestmark = pytest.mark.django_db
FACTS = MachineFacts("Mine", "reference", Differences(), 60, 120.0, 5.0, enclosure=False, auto_clear=True)


def differ(machine: MakerMachine, **facts: Any) -> MakerMachine:
    return keep_machine(machine.maker, replace(FACTS, **facts), machine)


def test_a_model_is_found_by_its_name() -> None:
    names = [machine.name for machine in models_called("ender-3")]
    assert any("Ender-3" in name for name in names)
    assert models_called("  ") == []


def test_a_lower_machine_is_matched_sliced_and_priced_as_it_is(shop: ShopUnderTest) -> None:
    before = shop.quote(values={"height": 60.0}).quote
    assert before is not None
    differ(shop.machine, differences=Differences(height_mm=50, bed_x_mm=50, bed_y_mm=50))
    tall = shop.quote(values={"height": 60.0})
    assert tall.quote is None
    assert "50" in str(tall.refusal)
    differ(shop.machine, differences=Differences(height_mm=80), hourly_minor=60_000)
    dearer = shop.quote(values={"height": 60.0}).quote
    assert dearer is not None
    assert dearer["price_minor"] > before["price_minor"]


def test_a_nozzle_too_fine_for_the_layers_of_the_model_is_refused(shop: ShopUnderTest) -> None:
    with pytest.raises(OrderInvalid, match="too thick"):
        differ(shop.machine, differences=Differences(nozzle_mm=0.2))


def test_a_machine_does_not_change_under_waiting_jobs(shop: ShopUnderTest, job: Job) -> None:
    with pytest.raises(NotNow):
        differ(shop.machine, differences=Differences(height_mm=100))
    assert differ(shop.machine, hourly_minor=90).hourly_minor == 90


def test_a_new_machine_gets_a_name_of_its_own(shop: ShopUnderTest) -> None:
    maker = shop.machine.maker
    first, second = (keep_machine(maker, FACTS) for _ in range(2))
    assert len({shop.machine.slug, first.slug, second.slug}) == 3


def test_a_print_is_taken_from_the_spool(shop: ShopUnderTest, job: Job) -> None:
    Spool.objects.update(remaining_g=100.0)
    job_steps.mark_printing(job)
    conclude(job, Verdict("ok", "Printed.", mass_g=30.0))
    assert Spool.objects.get().remaining_g == 70.0


def test_what_is_left_on_the_spool_decides_who_can_make_it(shop: ShopUnderTest) -> None:
    Spool.objects.update(remaining_g=1.0)  # the slicer says 5 g
    refused = shop.quote()
    assert refused.quote is None
    assert "left" in str(refused.refusal)


def test_a_spool_is_only_its_makers(shop: ShopUnderTest) -> None:
    other = make_machine("other")
    spool = Spool.objects.get(machine=shop.machine)
    with pytest.raises(NotFound):
        access_spool(other.maker, str(spool.id))
    with pytest.raises(NotFound):
        keep_spool(shop.machine.maker, SpoolFacts("petg", "", None, other))
