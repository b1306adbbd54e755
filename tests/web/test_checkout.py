"""From a price to an order."""

from __future__ import annotations

import re
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from glocal.shop.quotes.options import QuoteOptions
from glocal.shop.quotes.view import view_of
from tests.web.builders import make_quote, refuse

pytestmark = pytest.mark.django_db
ADA = {"name": "Adé Ọlá", "email": "ade@example.org", "note": "", "material": "petg", "quantity": "1", "delivery": "0"}


def page_of(client: Client, quote: Any, **query: str) -> str:
    return client.get(f"/checkout/{quote.id}/", query).content.decode()


def key_of(page: str) -> str:
    return re.search(r'name="idempotency_key" value="([^"]+)"', page)[1]


def send(client: Client, quote: Any, **changes: str) -> Any:
    key = key_of(page_of(client, quote))
    return client.post(f"/checkout/{quote.id}/", {**ADA, "idempotency_key": key, **changes})


def orders() -> int:
    from glocal.shop.models import Order

    return Order.objects.count()


def test_the_page_shows_lines_total_uncertainty_and_date(client: Client, quote: Any) -> None:
    page = page_of(client, quote)
    for words in ("Material, 5 g", "Work by hand", "€2.00", "€8.00", "€10.00", "€9.00 to €12.00", "Ready", "8 mm"):
        assert words in page


def test_an_order_is_placed_once_however_often_the_form_is_sent(
    client: Client, quote: Any, no_engine: list[Any]
) -> None:
    key = key_of(page_of(client, quote))
    first = client.post(f"/checkout/{quote.id}/", {**ADA, "idempotency_key": key})
    second = client.post(f"/checkout/{quote.id}/", {**ADA, "idempotency_key": key})
    assert first.status_code == 302
    assert first.headers["Location"] == second.headers["Location"]
    assert orders() == 1
    assert len(no_engine) == 1
    assert "We have your order" in client.get(first.headers["Location"]).content.decode()


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"email": "not an address"}, "Enter a valid email address."),
        ({"name": ""}, "This field is required."),
        ({"name": "   "}, "This field is required."),
        ({"idempotency_key": ""}, "This field is required."),
    ],
)
def test_a_wrong_field_is_said_beside_it_and_nothing_is_ordered(
    client: Client, quote: Any, no_engine: list[Any], changes: dict[str, str], words: str
) -> None:
    response = send(client, quote, **changes)
    assert response.status_code == 422
    assert words in response.content.decode()
    assert orders() == 0


def test_another_way_of_delivery_is_a_new_price_that_must_be_seen_first(
    client: Client, quote: Any, machine: Any, no_engine: list[Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    asked = []

    def quote_product(product: Any, values: Any, options: QuoteOptions, *, ways: bool) -> Any:
        asked.append((options, ways))
        return view_of(make_quote(product, machine, total_minor=1490, delivery=options.delivery))

    monkeypatch.setattr("glocal.web.views.checkout.quote_product", quote_product)
    response = send(client, quote, delivery="1")
    page = response.content.decode()
    assert asked == [(QuoteOptions("petg", "FR", 1, delivery=True), True)]
    assert 'name="address"' in page
    assert "The price is new." in page
    assert "€14.90" in page
    assert 'value="Adé Ọlá"' in page
    assert orders() == 0


@pytest.mark.usefixtures("no_engine")
def test_who_goes_back_to_the_form_as_it_first_was_is_asked_before_a_second_order(
    client: Client, quote: Any, product: Any, machine: Any, no_engine: list[Any]
) -> None:
    first = key_of(page_of(client, quote))
    assert key_of(page_of(client, quote, idempotency_key=first)) != first, "no link sets somebody's key"
    ours = client.get(f"/checkout/{quote.id}/", {"idempotency_key": first}, headers={"HX-Request": "true"})
    assert key_of(ours.content.decode()) == first, "the same form with another material keeps its key"
    other = make_quote(product, machine)
    client.post(f"/checkout/{other.id}/", {**ADA, "idempotency_key": first})
    back = client.post(f"/checkout/{quote.id}/", {**ADA, "idempotency_key": first}).content.decode()
    assert "You have ordered with this form already" in back
    assert orders() == 1
    client.post(f"/checkout/{quote.id}/", {**ADA, "idempotency_key": key_of(back)})
    assert orders() == 2


def test_who_comes_back_to_a_price_that_was_ordered_is_told_and_orders_twice_only_on_purpose(
    client: Client, quote: Any, no_engine: list[Any]
) -> None:
    tab, other_tab = page_of(client, quote), page_of(client, quote)
    assert "You have ordered" not in tab
    client.post(f"/checkout/{quote.id}/", {**ADA, "idempotency_key": key_of(tab), "orders_seen": 0})
    assert "You have ordered with this form already" in page_of(client, quote), "back to the page, loaded anew"
    form = {**ADA, "idempotency_key": key_of(other_tab), "orders_seen": 0}
    asked = client.post(f"/checkout/{quote.id}/", form).content.decode()
    assert "You have ordered with this form already" in asked
    assert orders() == 1
    assert client.post(f"/checkout/{quote.id}/", {**form, "orders_seen": 1}).status_code == 302
    assert orders() == 2


def test_an_old_price_is_replaced_by_a_new_one(
    client: Client, product: Any, machine: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    old = make_quote(product, machine, valid_until=timezone.now() - timedelta(days=1))
    fresh = make_quote(product, machine, total_minor=1100)
    monkeypatch.setattr("glocal.web.views.checkout.quote_product", lambda *_, **__: view_of(fresh))
    page = send(client, old).content.decode()
    assert "The price is new." in page
    assert "€11.00" in page
    assert orders() == 0


def test_an_order_that_is_brought_needs_an_address_and_keeps_it(
    client: Client, product: Any, machine: Any, no_engine: list[Any]
) -> None:
    from glocal.shop.models import Order

    brought = make_quote(product, machine, delivery=True)
    assert send(client, brought, delivery="1").status_code == 422
    assert orders() == 0
    assert send(client, brought, delivery="1", address="1 rue Haute").status_code == 302
    assert Order.objects.get().delivery_address == "1 rue Haute"


def test_going_first_is_offered_where_the_shop_takes_a_surcharge(client: Client, quote: Any) -> None:
    assert "First of all" not in page_of(client, quote)
    shop = quote.product.shop
    shop.terms["rush_rate"] = 0.5
    shop.save()
    assert "50% higher" in page_of(client, quote)


def test_what_cannot_be_made_cannot_be_ordered(client: Client, product: Any, machine: Any) -> None:
    page = page_of(client, refuse(product))
    assert "The wall is too thin." in page
    assert "Make it 1 mm." in page
    assert "obligation to pay" not in page


@pytest.mark.parametrize("quantity", ["0x10", "999999", "-1", "", "٣٤٥٦"])
def test_nonsense_for_a_quantity_keeps_the_quoted_one(client: Client, quote: Any, quantity: str) -> None:
    assert "€10.00" in page_of(client, quote, quantity=quantity)


def test_a_form_from_elsewhere_is_not_taken(quote: Any) -> None:
    response = Client(enforce_csrf_checks=True).post(f"/checkout/{quote.id}/", ADA)
    assert response.status_code == 403
    assert "This form is too old" in response.content.decode()


def test_who_may_wait_chooses_between_soon_and_cheap(client: Client, quote: Any, no_engine: list[Any]) -> None:
    later = make_quote(quote.product, quote.machine, total_minor=900)
    type(later).objects.filter(id=later.id).update(alternative_to=quote, hold_h=24.0)
    page = page_of(client, quote)
    assert "It may wait up to 24 hours for others" in page
    assert re.search(r"Ready .* for €9.00", page)
    assert re.search(r"Ready .* for €10.00", page)
    chosen = page_of(client, quote, may_wait="1")
    assert f'action="/checkout/{later.id}/"' in chosen
    assert f'action="/checkout/{quote.id}/"' in page_of(client, later, may_wait="0")
    assert send(client, later, may_wait="1").status_code == 302
    from glocal.shop.models import Order

    assert Order.objects.get().total_minor == 900


def test_a_customer_may_choose_by_what_the_maker_is_chosen(client: Client, quote: Any) -> None:
    near = {"maker": "a", "name": "Ann", "cost_minor": 900, "ready_at": "2026-03-02T09:00+00:00", "distance_km": 1.0}
    cheap = {"maker": "b", "name": "Ben", "cost_minor": 500, "ready_at": "2026-03-03T09:00+00:00", "distance_km": 9.0}
    offers = [{**cheap, "footprint_g_co2": None}, {**near, "footprint_g_co2": None}]
    type(quote).objects.filter(id=quote.id).update(candidates={"accepted": offers}, prefer="cheap")
    page = re.sub("</?bdi>", "", page_of(client, quote))
    assert re.search(r'value="cheap" checked.*Ben · 9 km · Tuesday 3 March<', page)  # of old, costs and not prices
    assert re.search(r'value="near".*Ann · 1 km', page)
    assert 'value="green"' not in page  # nobody's electricity is known
    offers[0] |= {"distance_km": 0.5, "ready_at": "2026-03-01T09:00+00:00"}
    type(quote).objects.filter(id=quote.id).update(candidates={"accepted": offers})
    assert 'name="prefer"' not in page_of(client, quote)  # all ways lead to Ben


def test_the_default_is_who_is_best_by_price_and_day_and_says_what_that_costs(client: Client, quote: Any) -> None:
    # 1.35 % a day: 9.97 in 20 days counts 9.97 × 1.27 = 12.66, 10.00 tomorrow 10.14
    now = quote.created_at
    soon = {"maker": "a", "name": "Ann", "cost_minor": 1000, "ready_at": (now + timedelta(days=1)).isoformat()}
    late = {"maker": "b", "name": "Ben", "cost_minor": 997, "ready_at": (now + timedelta(days=20)).isoformat()}
    offers = [{**each, "distance_km": 1.0, "footprint_g_co2": None} for each in (soon, late)]
    type(quote).objects.filter(id=quote.id).update(candidates={"accepted": offers})
    page = re.sub("</?bdi>", "", page_of(client, quote))
    assert re.search(
        r'value="balanced" checked.*Ann · 1 km · .* · €10.00<.*€0.03 dearer, 19 days earlier',
        page,
    )
    assert re.search(r'value="cheap".*Ben · 1 km · .* · €9.97<', page)
    shop = quote.product.shop
    type(shop).objects.update(assumptions={"waiting": {"value": 0.0, "low": 0.0, "high": 0.0, "source": "owner"}})
    assert re.search(r'value="balanced" checked.*Ben', page_of(client, quote))


def test_bringing_is_offered_only_where_somebody_brings(client: Client, quote: Any, machine: Any) -> None:
    assert "Bring it to me" not in page_of(client, quote)
    machine.maker.delivers_km = 5.0
    machine.maker.save()
    assert "Bring it to me" in page_of(client, quote)


def test_a_day_that_moved_is_looked_at_before_anything_is_promised(
    client: Client, quote: Any, no_engine: list[Any]
) -> None:
    page = page_of(client, quote)
    shown = re.search(r'name="ready_by" value="([^"]+)"', page)[1]
    earlier = (datetime.fromisoformat(shown) - timedelta(days=2)).isoformat()
    asked = client.post(f"/checkout/{quote.id}/", {**ADA, "idempotency_key": key_of(page), "ready_by": earlier})
    assert "it would be ready later" in asked.content.decode()
    assert orders() == 0
    again = {**ADA, "idempotency_key": key_of(asked.content.decode()), "ready_by": shown}
    assert client.post(f"/checkout/{quote.id}/", again).status_code == 302
