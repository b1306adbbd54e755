"""Idle time is offered from a machine's page, by its maker or the owner, and what others offer is seen at the desk."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from glocal.network.peers import PeerOffer
from glocal.shop.commons.capacity import standing_offer
from glocal.shop.makers.links import link_of
from glocal.shop.orders.actions import CustomerDetails, place_order
from glocal.values import Money
from tests.network.builders import kind
from tests.shop.builders import make_machine

pytestmark = pytest.mark.django_db
THIS_MONTH = f"{timezone.now():%Y-%m}"
SAID = {"materials": ["petg"], "until": THIS_MONTH, "hourly": "1.50", "days": ["sa"], "wait_days": "2"}


def address(machine: Any) -> str:
    return f"/maker/{link_of(machine.maker)}/machines/{machine.slug}/idle/"


def test_a_maker_offers_what_they_say_and_takes_it_back(client: Client, product: Any, machine: Any) -> None:
    page = client.get(address(machine)).content.decode()
    assert "Not published: names, addresses, opening hours, orders." in page
    assert client.post(address(machine), SAID).status_code == 302
    offer = standing_offer(machine)
    assert (offer.said_by, offer.conditions["hour_minor"], offer.conditions["days"]) == ("maker", 150, ["sa"])
    assert "Offered now" in client.get(address(machine)).content.decode()
    client.post(address(machine), {"take_back": "1"})
    assert standing_offer(machine) is None


@pytest.mark.parametrize("wrong", [{"materials": []}, {"most_x": "100"}, {"until": "2020-01"}, {"wait_days": "900"}])
def test_what_is_not_whole_is_not_published(client: Client, product: Any, machine: Any, wrong: dict[str, Any]) -> None:
    assert client.post(address(machine), {**SAID, **wrong}).status_code == 422
    assert standing_offer(machine) is None


def test_nobody_offers_the_machine_of_another(client: Client, product: Any, machine: Any) -> None:
    stranger = make_machine("other")
    wrong = address(machine).replace(link_of(machine.maker), link_of(stranger.maker))
    assert client.post(wrong, SAID).status_code == 404
    assert standing_offer(machine) is None


@pytest.mark.usefixtures("no_engine")
def test_the_owner_sees_whom_to_ask(
    client: Client, quote: Any, django_user_model: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    ends = timezone.now() + timedelta(days=40)
    offer = PeerOffer("l/1#1", "lyon.example", kind(id=""), "MK3S", ("petg",), ends, hour=Money(150, "EUR"))
    monkeypatch.setattr("glocal.shop.quotes.elsewhere.peer_offers", lambda _: [offer])
    monkeypatch.setattr("glocal.web.views.desk.makers.peer_offers", lambda _: [offer])
    client.force_login(django_user_model.objects.create(username="ann", is_staff=True))
    assert "lyon.example" in client.get("/desk/makers/").content.decode()
    order = place_order(quote.id, CustomerDetails("Ada", "ada@example.org"), idempotency_key="once")
    page = f"/desk/orders/{order.id}/"
    assert "lyon.example" not in client.get(page).content.decode()
    order.state = "needs_maker"
    order.save()
    said = client.get(page).content.decode()
    for words in ("lyon.example", "€1.50 an hour", "Is the machine still free"):
        assert words in said
