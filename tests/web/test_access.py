"""Who may do what: every role against every kind of object and action, and the doors themselves."""

from __future__ import annotations

from contextlib import nullcontext
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from glocal.shop.access import POLICY, Actor
from glocal.shop.errors import NotAllowed, NotFound
from glocal.shop.jobs.queries import access_job
from glocal.shop.makers.links import access_machine, access_maker, link_of, renew_link
from glocal.shop.makers.models import MakerMachine
from glocal.shop.makers.queries import network_makers
from glocal.shop.orders.actions import CustomerDetails, place_order
from glocal.shop.orders.queries import access_order, access_piece, may_see_address
from glocal.shop.people.actions import MOST_FAILURES, accept_invitation, invite_maker, set_owner
from glocal.shop.shops.settings import WORKDAYS
from tests.shop.builders import make_machine

pytestmark = pytest.mark.django_db

ROLES = ("owner", "maker", "other maker", "customer", "other customer", "visitor")
ALLOWED = {
    ("order", "see"): {"owner", "customer"},
    ("order", "cancel"): {"owner", "customer"},
    ("order", "agree"): {"customer"},
    ("order", "write"): {"owner", "customer"},
    ("order", "pay"): {"owner", "customer"},
    ("order", "return"): {"owner", "customer"},
    ("order", "refund"): {"owner"},
    ("order", "work"): {"owner", "maker"},
    ("order", "change_address"): {"owner", "customer"},
    ("order", "see_address"): {"owner", "customer"},
    ("piece", "passport"): set(ROLES),
    ("piece", "record"): {"owner", "customer"},
    ("piece", "label"): {"owner", "maker"},
    ("job", "see"): {"owner", "maker"},
    ("job", "answer"): {"owner", "maker"},
    ("machine", "see"): {"owner", "maker"},
    ("machine", "change"): {"owner", "maker"},
}
"""Written out by hand, once more than in the policy: a change of one must be meant in the other."""


@pytest.fixture
def order(quote: Any, machine: Any, no_engine: list[Any]) -> Any:
    order = place_order(quote.id, CustomerDetails("Ada", "ada@example.org"), idempotency_key="once")
    order.machine = machine
    order.save()
    return order


@pytest.fixture
def job(order: Any, machine: Any) -> Any:
    from glocal.shop.models import Job

    digest = "0" * 64
    facts = {"plate": [], "material_id": "petg", "recipe": {}, "gcode_file": digest, "threemf_file": digest}
    job = Job.objects.create(
        machine=machine, input_hash=digest, estimate_s=900.0, estimate_g=5.0, slicer="PrusaSlicer", **facts
    )
    job.pieces.set(order.pieces.all())
    return job


@pytest.fixture
def actors(order: Any, machine: Any) -> dict[str, Actor]:
    return {
        "owner": Actor(owner=True),
        "maker": Actor(maker=machine.maker_id),
        "other maker": Actor(maker=make_machine("other").maker_id),
        "customer": Actor(token=order.token),
        "other customer": Actor(token="x" * 43),
        "visitor": Actor(),
    }


@pytest.mark.parametrize("kind", ["order", "piece", "job", "machine"])
def test_the_whole_matrix(kind: str, order: Any, job: Any, machine: Any, actors: dict[str, Actor]) -> None:
    reach = {
        "order": lambda actor, action: access_order(order.id, actor=actor, action=action),
        "piece": lambda actor, action: access_piece(order.pieces.get().id, actor=actor, action=action),
        "job": lambda actor, action: access_job(job.id, actor=actor, action=action),
        "machine": lambda actor, action: access_machine(machine.slug, actor=actor, action=action),
    }[kind]
    assert {action for of, action in ALLOWED if of == kind} == set(POLICY[kind])
    for action in POLICY[kind]:
        for role, actor in actors.items():
            may_something = any(role in roles for (of, _), roles in ALLOWED.items() if of == kind)
            refused = NotAllowed if may_something else NotFound
            with nullcontext() if role in ALLOWED[kind, action] else pytest.raises(refused):
                reach(actor, action)


def test_a_maker_learns_the_address_only_when_there_is_something_to_bring(order: Any, actors: dict[str, Actor]) -> None:
    order.delivery_address = "1 rue du Panier"
    order.quote.delivery = True
    for state in ("placed", "queued", "printing", "printed", "needs_maker", "cancelled"):
        order.state = state
        assert not may_see_address(order, actors["maker"]), state
    order.state = "done"
    assert may_see_address(order, actors["maker"])
    assert not may_see_address(order, actors["other maker"])
    order.handed_over_at = order.created_at  # what is there needs no address any more
    assert not may_see_address(order, actors["maker"])
    order.handed_over_at = None
    order.quote.delivery = False
    assert not may_see_address(order, actors["maker"])


def test_the_desk_is_behind_the_sign_in(client: Client, product: Any, django_user_model: Any) -> None:
    response = client.get("/desk/")
    assert response.status_code == 302
    assert response["Location"] == "/sign-in/?next=%2Fdesk%2F"
    client.force_login(django_user_model.objects.create_user("somebody"))
    assert client.get("/desk/").status_code == 403
    set_owner("ann", "a long password")
    sent = {"username": "ann", "password": "a long password", "next": "https://evil.example/"}
    response = client.post("/sign-in/", sent)
    assert response["Location"] == "/desk/", "never to another site"
    assert client.get("/desk/").status_code == 200
    client.post("/sign-out/")
    assert client.get("/desk/").status_code == 302


def test_signing_in_is_braked(client: Client, product: Any) -> None:
    set_owner("ann", "a long password")
    for _ in range(MOST_FAILURES["pair"]):
        assert client.post("/sign-in/", {"username": "ann", "password": "guess"}).status_code == 422
    right = {"username": "ann", "password": "a long password"}
    assert client.post("/sign-in/", right).status_code == 429
    assert client.post("/sign-in/", right, REMOTE_ADDR="192.0.2.7").status_code == 302


def test_a_form_from_elsewhere_is_refused(product: Any) -> None:
    strict = Client(enforce_csrf_checks=True)
    assert strict.post("/sign-in/", {"username": "a", "password": "b"}).status_code == 403


def test_pages_carry_their_protection(client: Client, product: Any) -> None:
    headers = client.get("/sign-in/").headers
    assert "script-src 'self' 'wasm-unsafe-eval'" in headers["Content-Security-Policy"]
    assert "unsafe-inline" not in headers["Content-Security-Policy"]
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["Referrer-Policy"] == "same-origin"


def test_an_invitation_makes_one_maker_once(client: Client, product: Any) -> None:
    _, secret = invite_maker("Lea")
    assert client.post(f"/join/{secret}/", {"name": "Lea"}).status_code == 422, "without hours nobody gets an order"
    sent = {"name": "Lea", "town": "", "monday": "09:00-12:00"}
    response = client.post(f"/join/{secret}/", sent)
    assert response.status_code == 302
    assert client.get(response["Location"]).status_code == 200
    assert client.post(f"/join/{secret}/", sent)["Location"] == response["Location"], "a second click is the same deed"
    assert client.get(f"/join/{secret}/").status_code == 404
    assert client.post(f"/join/{secret}/", {**sent, "name": "Eve"}).status_code == 404
    late = timezone.now() + timedelta(days=15)
    _, other = invite_maker()
    with pytest.raises(NotFound):
        accept_invitation(other, product.shop, name="Late", hours=WORKDAYS, now=late)


def test_whoever_joins_is_asked_for_orders(client: Client, product: Any) -> None:
    _, secret = invite_maker("Lea")
    maker = accept_invitation(secret, product.shop, name="Lea", hours=WORKDAYS)
    page = f"/maker/{link_of(maker)}/makers/{maker.slug}/presence/"
    assert 'value="09:00-18:00"' in client.get(page).content.decode()
    sent = {"town": "Aubagne", "latitude": "43.3", "longitude": "5.6", "delivers_km": "10", "friday": "14:00-18:00"}
    assert client.post(page, {**sent, "friday": "18:00-14:00"}).status_code == 422
    assert client.post(page, {**sent, "friday": ""}).status_code == 422, "no hours at all"
    assert client.post(page, sent).status_code == 302
    MakerMachine.objects.create(
        maker=maker, slug="leas", name="MK3S", profile_id="reference", hourly_minor=60, power_w=120.0, setup_min=5.0
    )
    maker.refresh_from_db()
    known = {each.id: each for each in network_makers(product.shop, timezone.now())}[maker.slug]
    assert (known.latitude, known.delivers_km, known.offers_pickup) == (43.3, 10, False)
    assert known.hours is not None


def test_a_renewed_link_ends_the_old_one(machine: Any) -> None:
    old = link_of(machine.maker)
    assert access_maker(old) == machine.maker
    new = link_of(renew_link(machine.maker))
    assert access_maker(new) == machine.maker
    with pytest.raises(NotFound):
        access_maker(old)


def test_the_owner_sees_what_waits(client: Client, order: Any) -> None:
    type(order).objects.filter(id=order.id).update(state="needs_maker")
    set_owner("ann", "a long password")
    client.login(username="ann", password="a long password")
    page = client.get("/desk/").content.decode()
    assert "Ada" in page
    assert "Waits for its maker" in page
    assert f"/orders/{order.id}/" in page


def test_no_page_with_a_form_hides_where_it_was_sent_from() -> None:
    """A browser that may not say where it comes from sends ``Origin: null`` with a form, which is refused as forged."""
    from pathlib import Path

    import glocal

    for template in (Path(glocal.__file__).parent / "web" / "templates").rglob("*.html"):
        assert "no-referrer" not in template.read_text(), template.name
