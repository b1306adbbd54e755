"""The owner's desk: what needs them, orders with their margins, pages by key, how often the database is asked."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from benchmarks.desk_data import fill
from glocal.shop.keyed_pages import keyed_page
from glocal.shop.makers.models import PrinterConnection, PrinterKind
from glocal.shop.orders.actions import CustomerDetails, place_order
from glocal.shop.orders.listing import OrderFilter, list_orders
from glocal.web.desk_nav import navigation
from tests.shop.builders import make_machine

pytestmark = pytest.mark.django_db
MOST_QUERIES = 12


@pytest.fixture
def owner(client: Client, django_user_model: Any) -> Client:
    client.force_login(django_user_model.objects.create(username="ann", is_staff=True))
    return client


@pytest.fixture
def past(product: Any, machine: Any) -> None:
    fill(40, now=timezone.now(), days=20, open_orders=12)


@pytest.fixture
def read(owner: Client) -> Callable[[str], str]:
    """Open a page, count what it asks of the database, and return its text."""

    def read(address: str) -> str:
        with CaptureQueriesContext(connection) as asked:
            response = owner.get(address)
        assert response.status_code == 200
        assert len(asked) <= MOST_QUERIES, f"{address}: {len(asked)} queries: {[one['sql'][:90] for one in asked]}"
        return str(response.content.decode())

    return read


def test_the_first_page_says_what_needs_the_owner(read: Callable[[str], str], past: None, machine: Any) -> None:
    from glocal.shop.models import Job

    machine.spools.update(remaining_g=40.0)
    job = Job.objects.filter(state="queued").first() or Job.objects.first()
    assert job is not None
    Job.objects.filter(id=job.id).update(state="unknown")
    said = read("/desk/")
    assert "Prints of which nobody knows what became: 1" in said
    assert "40 g" in said
    assert "Waits for the customer" in said or "Waits for its maker" in said


def test_a_plate_for_a_machine_without_connection_is_the_owners_to_print(
    read: Callable[[str], str], past: None, machine: Any
) -> None:
    from glocal.shop.models import Job

    Job.objects.update(state="printed")
    Job.objects.filter(id=Job.objects.values("id")[:1]).update(state="queued")
    said = read("/desk/")
    assert "Plates to be printed by hand: 1" in said
    assert f'href="/maker/{machine.maker.slug}' in said
    PrinterConnection.objects.create(machine=machine, kind=PrinterKind.OCTOPRINT)
    assert "by hand" not in read("/desk/")


def test_what_is_ready_stands_on_the_first_page_until_its_customer_has_it(
    read: Callable[[str], str], owner: Client, quote: Any, machine: Any, no_engine: list[Any]
) -> None:
    order = place_order(quote.id, CustomerDetails("Ada", "ada@example.org"), idempotency_key="once")
    type(order).objects.filter(id=order.id).update(state="done", machine=machine)
    assert re.search(
        r"Ready for their customers.*Fetched at .*Near.*Still to be paid <bdi>€10.00", read("/desk/"), re.S
    )
    assert "The customer has it and paid €10.00 in cash" in read(f"/desk/orders/{order.id}/")
    owner.post(f"/desk/orders/{order.id}/hand-over/")
    assert re.search(r"(?s)Ready for their customers.*Handed over .*Still to be paid", read("/desk/"))
    owner.post(f"/desk/orders/{order.id}/hand-over-paid/")
    assert "Ready for their customers" not in read("/desk/")
    assert "You have it" in owner.get(f"/orders/{order.id}/{order.token}/").content.decode()
    stock = place_order(quote.id, CustomerDetails("Us", "us@example.org"), idempotency_key="shelf", for_stock=True)
    type(order).objects.filter(id=stock.id).update(state="done", machine=machine)
    assert "The customer has it" not in read(f"/desk/orders/{stock.id}/")


def test_an_empty_shop_says_what_to_do(read: Callable[[str], str], product: Any) -> None:
    today = read("/desk/")
    assert "No plate waits." in today
    assert "Machines of which nobody knows what is loaded" not in today
    make_machine("bare").spools.all().delete()
    assert "nothing is made on them: 1" in read("/desk/")
    assert "Nobody is named yet who answers for the goods" in today
    assert "Nobody has ordered yet." in read("/desk/orders/")
    assert "No order is like that." in read("/desk/orders/?q=nobody")


@pytest.mark.usefixtures("past")
def test_no_page_of_the_desk_asks_often(read: Callable[[str], str], product: Any, machine: Any) -> None:
    from glocal.shop.models import Choice, DesignSession, Order, Wish

    several, shop = range(MOST_QUERIES), product.shop
    DesignSession.objects.bulk_create(
        DesignSession(product=product, opening_key=str(n), region="FR", token=str(n)) for n in several
    )
    Wish.objects.bulk_create(Wish(shop=shop, product=product, key=str(n), text="Wider", region="FR") for n in several)
    offered = {"product_slug": product.slug, "parameter": "shape", "offered": ["Square", "Round"], "kind": "ordered"}
    chosen = [("FR", "Round")] * 18 + [("DE", "Square")] * 18
    Choice.objects.bulk_create(Choice(**offered, region=region, chosen=option) for region, option in chosen)
    order, maker = Order.objects.latest("id"), machine.maker.slug
    details = (
        f"/desk/orders/{order.id}/",
        f"/desk/people/?email={order.customer_email}",
        "/desk/customers/?q=ada&before=x",
        "/desk/payments/?show=all",
        "/desk/payments/terms/",
        "/desk/proposals/",
        f"/desk/products/{product.slug}/",
        f"/desk/products/{product.slug}/version/",
        f"/desk/products/{product.slug}/share/",
        "/desk/products/new/",
        "/desk/products/commons/",
        f"/desk/makers/{maker}/presence/",
        f"/desk/machines/{machine.slug}/settings/",
        f"/desk/machines/{machine.slug}/spools/",
        f"/desk/machines/{machine.slug}/connection/",
        f"/desk/machines/{machine.slug}/idle/",
    )
    for address in (*(str(entry["href"]) for entry in navigation("")), *details):
        assert "<h1>" in read(address) or address == "/desk/proposals/"


def test_orders_are_found_by_what_the_owner_remembers(read: Callable[[str], str], past: None) -> None:
    from glocal.shop.models import Order

    order = Order.objects.filter(state="done").order_by("-id").first()
    assert order is not None
    for text in (order.customer_name.upper(), order.customer_email, str(order.id), str(order.pieces.get().id)):
        assert f"/desk/orders/{order.id}/" in read(f"/desk/orders/?q={text}")
    assert f"/desk/orders/{order.id}/" not in read("/desk/orders/?state=waiting")
    assert f"/desk/orders/{order.id}/" in read("/desk/orders/?state=done&before=&maker=near&product=peg&since=nonsense")


def test_pages_by_key_show_every_order_once(past: None) -> None:
    from glocal.shop.models import Order

    seen, key = [], ""
    while True:
        page = keyed_page(Order.objects.all(), 7, before=key)
        seen += [order.id for order in page.rows]
        key = page.older
        if not key:
            break
    assert seen == list(Order.objects.order_by("-id").values_list("id", flat=True))
    back = keyed_page(Order.objects.all(), 7, after=str(seen[14]))
    assert [order.id for order in back.rows] == seen[7:14]
    assert back.newer
    assert keyed_page(Order.objects.all(), 7, before="'; DROP").rows


def test_an_order_shows_what_was_planned_and_what_came(read: Callable[[str], str], past: None) -> None:
    from glocal.shop.models import Order

    done = Order.objects.filter(state="done").latest("id")
    said = read(f"/desk/orders/{done.id}/")
    assert "Time and material were measured." in said
    row = next(each for each in list_orders(OrderFilter(text=str(done.id))).rows)
    assert row.planned is not None
    assert row.actual is not None
    assert row.planned.paid_minor == done.total_minor
    assert row.planned.tax_minor + row.planned.cost_minor + row.planned.left_minor == done.total_minor


def test_the_owner_lets_an_order_go_on(owner: Client, past: None, no_engine: list[Any]) -> None:
    from glocal.shop.models import Order

    order = Order.objects.order_by("id").last()
    assert order is not None
    order.state = "needs_maker"
    order.save()
    order.pieces.get().jobs.all().update(state="failed")
    owner.post(f"/desk/orders/{order.id}/go-on/")
    order.refresh_from_db()
    assert order.state == "placed"
    assert no_engine


def test_the_week_begins_on_the_shops_monday(past: None, product: Any) -> None:
    from glocal.shop.desk.queries import week_start, weeks

    now = timezone.now()
    start = week_start(product.shop, now)
    assert (start.weekday(), start.hour) == (0, 0)
    assert timedelta(0) <= now - start < timedelta(days=7)
    this, last = weeks(product.shop, now)
    assert this.orders + last.orders > 0
    assert this.paid_minor >= this.left_minor


def test_every_state_has_words() -> None:
    from glocal.shop.jobs.models import JobState
    from glocal.shop.makers.models import PlateState
    from glocal.shop.orders.models import OrderState
    from glocal.shop.outcomes.models import Phase
    from glocal.web.desk_words import job_in_words, owner_order_in_words, phase_in_words, plate_in_words

    told = [[*map(job_in_words, JobState)], [*map(plate_in_words, PlateState)], [*map(phase_in_words, Phase)]]
    assert all(map(all, told))
    assert all(map(owner_order_in_words, OrderState))
