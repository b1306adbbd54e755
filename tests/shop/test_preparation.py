"""From a placed order to a job in a printer's queue, with every stage's ways to fail."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.utils import timezone

from glocal.production.errors import SlicerCrashed, SlicerRejected, SlicerTimedOut
from glocal.shop.jobs.actions import go_on
from glocal.shop.models import Job, Order
from glocal.shop.orders.actions import accept_exact_price, cancel_order
from glocal.shop.workflow import prepare
from glocal.shop.workflow.stage import GO_ON, MOST_TRIES, STOP, Stage, run_stage
from glocal.web.order_words import event_in_words
from tests.shop import builders
from tests.shop.conftest import ShopUnderTest

STAGES = (prepare.check, prepare.slice_exactly, prepare.find_maker, prepare.lay_out)


def carry(order: Order, *stages: Stage) -> Order:
    """Run the stages that an order's workflow would run."""
    order.refresh_from_db()
    generation = order.generation
    for stage in stages or STAGES:
        if run_stage(stage, str(order.id), generation) != GO_ON:
            break
    order.refresh_from_db()
    return order


def codes(order: Order) -> list[str]:
    return [event.code for event in order.events.all()]


def test_an_order_gets_into_its_printers_queue(shop: ShopUnderTest) -> None:
    order = carry(shop.order())
    assert order.state == "queued"
    assert order.machine == shop.machine
    job = Job.objects.get()
    assert set(job.pieces.all()) == set(order.pieces.all())
    assert job.intent_at is None
    assert codes(order) == ["placed", "checking", "slicing", "sliced", "matching", "matched", "queued"]


def test_a_stage_that_runs_twice_has_its_effects_once(shop: ShopUnderTest) -> None:
    order = shop.order()
    for stage in STAGES:
        for _ in range(2):
            run_stage(stage, str(order.id), 1)
    assert Job.objects.count() == 1
    assert len(codes(order)) == len(set(codes(order)))


def test_the_reason_for_each_maker_is_kept(shop: ShopUnderTest) -> None:
    builders.make_machine("other", loaded=("pla",))
    order = carry(shop.order())
    assert [offer["maker"] for offer in order.match["accepted"]] == ["near"]
    (rejected,) = order.match["rejected"]
    assert (rejected["maker"], rejected["reasons"][0]["code"]) == ("other", "material")


@pytest.mark.parametrize("failure", [SlicerCrashed, SlicerTimedOut])
def test_a_slicer_that_fails_costs_time_and_not_the_order(
    shop: ShopUnderTest, failure: type[SlicerCrashed | SlicerTimedOut]
) -> None:
    order = shop.order()
    shop.slicer.failure = failure("The slicer fell over.", help="It usually gets up again.")
    order = carry(order)
    assert order.state == "failed_retry"
    assert order.generation == 2
    assert "The slicer fell over." in order.events.last().message
    assert "tried again" in order.events.last().message

    shop.slicer.failure = None
    assert carry(order).state == "queued"


def test_after_many_failures_a_person_is_asked(shop: ShopUnderTest) -> None:
    order = shop.order()
    shop.slicer.failure = SlicerCrashed("The slicer fell over.")
    for _ in range(MOST_TRIES):
        order = carry(order)
    assert order.state == "needs_maker"
    assert carry(order).state == "needs_maker"


def test_a_part_that_the_slicer_refuses_cannot_be_made(shop: ShopUnderTest) -> None:
    order = shop.order()
    shop.slicer.failure = SlicerRejected("No layers were detected.", help="Close the mesh.")
    order = carry(order)
    assert order.state == "cannot_be_made"
    assert "No layers were detected." in order.events.last().message


def test_a_machine_whose_file_is_unsafe_costs_not_the_order_but_is_passed_over(shop: ShopUnderTest) -> None:
    other = builders.make_machine("other")
    order = shop.order()
    good = shop.slicer.gcode.read_text()
    shop.slicer.gcode.write_text(good.replace("M104 S0\n", ""))  # the nozzle stays hot
    order = carry(order)
    assert (order.state, order.generation) == ("failed_retry", 2)
    assert "still heated" in order.events.last().message
    assert event_in_words("declined", order.events.last().message, order.events.last().data) == (
        "Its maker cannot print it; another one is looked for."
    )
    found_first = order.machine

    shop.slicer.gcode.write_text(good)
    order = carry(order)
    assert order.state == "queued"
    assert {found_first, order.machine} == {shop.machine, other}


def test_when_every_machine_turns_out_unfit_the_shop_decides(shop: ShopUnderTest) -> None:
    order = shop.order()
    shop.slicer.gcode.write_text(shop.slicer.gcode.read_text().replace("M104 S0\n", ""))
    carry(order)
    assert carry(order).state == "needs_maker"


def test_an_exact_price_above_the_band_asks_the_customer(shop: ShopUnderTest) -> None:
    order = shop.order(exact=True)
    quoted = order.total_minor
    shop.slicer.time_s *= 40
    order = carry(order)
    assert order.state == "needs_customer"
    assert order.total_minor == quoted
    assert carry(order).state == "needs_customer"  # nothing goes on by itself

    order = accept_exact_price(order)
    assert order.total_minor == order.exact["price_minor"] > quoted
    assert carry(order).state == "queued"


def test_an_exact_price_below_the_band_lowers_the_price(shop: ShopUnderTest) -> None:
    shop.slicer.time_s = 40_000
    order = shop.order(exact=True)
    quoted = order.total_minor
    shop.slicer.time_s = 600
    order = carry(order)
    assert order.state == "queued"
    assert order.total_minor < quoted


def test_a_maker_who_left_meanwhile_is_not_chosen(shop: ShopUnderTest) -> None:
    order = shop.order()
    shop.machine.is_active = False
    shop.machine.save()
    builders.make_machine("other")
    assert carry(order).machine.slug == "other-1"


def test_when_nobody_is_left_the_order_waits_for_the_shop_and_says_why(shop: ShopUnderTest) -> None:
    order = shop.order()
    builders.make_machine("other", loaded=("pla",))
    shop.machine.is_active = False
    shop.machine.save()
    order = carry(order)
    assert order.state == "needs_maker"
    assert "Other" in order.events.last().message

    shop.machine.is_active = True
    shop.machine.save()
    assert carry(go_on(order)).state == "queued"


def test_a_cancelled_order_is_not_prepared(shop: ShopUnderTest) -> None:
    order = shop.order()
    cancel_order(order)
    assert carry(order).state == "cancelled"
    assert not Job.objects.exists()


def test_an_old_generation_does_nothing(shop: ShopUnderTest) -> None:
    order = shop.order()
    Order.objects.filter(id=order.id).update(generation=2)
    assert run_stage(prepare.check, str(order.id), 1) == STOP
    assert codes(order) == ["placed"]


def test_pieces_that_do_not_fit_on_one_plate_get_several_jobs(shop: ShopUnderTest) -> None:
    order = carry(shop.order(side=90.0, quantity=6))
    jobs = list(Job.objects.all())
    assert order.state == "queued"
    assert len(jobs) > 1
    assert sorted(piece.number for job in jobs for piece in job.pieces.all()) == [1, 2, 3, 4, 5, 6]


def test_when_all_makers_are_away_customers_are_told_so_and_orders_wait(shop: ShopUnderTest) -> None:
    order = shop.order()
    shop.machine.maker.is_active = False
    shop.machine.maker.save()
    refusal = shop.quote().refusal
    assert (refusal["code"], refusal["message"]) == ("nobody_at_work", "Nobody takes work here at the moment.")
    order = carry(order)
    assert order.state == "failed_retry"
    last = order.events.last()
    for to_shop in (True, False):
        said = event_in_words(last.code, last.message, last.data, to_shop=to_shop)
        assert said == "Nobody takes work here at the moment. The order is kept, and is tried again by itself."


def test_a_promise_that_nobody_can_keep_is_told_once_with_the_likely_day(shop: ShopUnderTest) -> None:
    order = shop.order()
    shop.machine.busy_until = timezone.now() + timedelta(days=4)
    shop.machine.save()
    order = carry(order)
    assert order.state == "queued"
    assert order.comes_late
    assert order.ready_at is not None
    assert order.promised_by < order.ready_at
    assert codes(order).count("comes_late") == 1
    shop.machine.refresh_from_db()
    Order.objects.filter(id=order.id).update(generation=2)
    carry(order, prepare.find_maker)
    assert codes(order).count("comes_late") == 1


def test_a_promise_to_bring_it_holds_at_the_customers_door(shop: ShopUnderTest) -> None:
    """The maker who was quoted brings it within hours; they leave, and who is left takes four days to bring it."""
    shop.machine.maker.delivers_km = 50.0
    shop.machine.maker.delivery_h = 2.0
    shop.machine.maker.save()
    order = shop.order(delivery=True, address="1 Quai du Port")
    slow = builders.make_machine("slow").maker
    slow.delivers_km, slow.delivery_h = 50.0, 96.0
    slow.save()
    shop.machine.is_active = False
    shop.machine.save()
    order = carry(order)
    assert order.machine.maker == slow
    assert order.comes_late
    assert order.ready_at > timezone.now() + timedelta(days=4)
