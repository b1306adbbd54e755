"""A person is found, handed out and erased over all that the shop keeps; sums and what was made stay."""

from __future__ import annotations

import json
import uuid
from typing import Any

import pytest
from click.testing import CliRunner
from django.apps import apps
from django.test import Client

from glocal.payment.books import Account
from glocal.shop.errors import NotFound, NotNow
from glocal.shop.models import BuiltPart, DesignSession, Order, Wish
from glocal.shop.orders.actions import CustomerDetails, cancel_order, place_order
from glocal.shop.payments.actions import money_received
from glocal.shop.payments.ledger import standing_of
from glocal.shop.people.data import (
    customer_by_email,
    customer_of_order,
    customer_of_session,
    erase_person,
    export_person,
    known_about,
    maker_by_slug,
)
from glocal.shop.sessions import actions, talk
from glocal.shop.sessions.access import access_session
from glocal.shop.wishes.actions import keep_wish

pytestmark = pytest.mark.django_db
MAIL = "zelda@example.org"
SECRETS = ("Zelda", MAIL, "Quetzal", "Xylophone", "Nebelhorn")
"""Her name, her address, the word on her peg, what she wrote, and her note."""


def guest(shop: Any) -> DesignSession:
    """Let Zelda shape a peg with her word on it and talk about it, without an order."""
    session = actions.open_session(
        shop.product,
        {"side": 20.0, "name": "Quetzal"},
        material_id="petg",
        text="Xylophone?",
        asker=actions.Asker("Zelda", MAIL, "en"),
        key="form",
    )
    seat = access_session(session.id, token=session.token)
    talk.propose(seat, {"name": "Quetzal 2"}, text="Xylophone!", key="p")
    keep_wish(
        shop=shop.shop,
        text="Xylophone wish",
        region="FR",
        key="w",
        product=shop.product,
        session=session,
        values={"name": "Quetzal"},
    )
    return session


def buyer(shop: Any, *, paid: bool = True) -> Order:
    """Let Zelda order a peg without words, and get it."""
    details = CustomerDetails("Zelda", MAIL.upper(), "Nebelhorn", "en")
    order = place_order(shop.quote(side=21.0).id, details, idempotency_key=str(uuid.uuid4()))
    if paid:
        money_received(order, Account.CASH, order.total_minor, key=str(order.id))
    Order.objects.filter(id=order.id).update(state="done")
    return Order.objects.get(id=order.id)


def traces() -> set[str]:
    """Return which of Zelda's secrets stand anywhere in the database, in whatever field."""
    found = set()
    for model in apps.get_models(include_auto_created=True):
        for row in model._base_manager.values():
            text = json.dumps(row, default=str, ensure_ascii=False).casefold()
            found |= {f"{model.__name__}: {secret}" for secret in SECRETS if secret.casefold() in text}
    return found


def test_a_guest_without_an_order_is_found_and_leaves_no_trace(
    shop: Any, django_capture_on_commit_callbacks: Any
) -> None:
    session = guest(shop)
    part_files = set(BuiltPart.objects.values_list("mesh_file", flat=True))
    assert {name.split(": ")[0] for name in traces()} >= {"DesignSession", "Comment", "Revision", "QuoteRecord", "Wish"}
    person = customer_by_email(" Zelda@Example.ORG ")
    found = json.dumps(export_person(person), ensure_ascii=False)
    assert all(word in found for word in ("Zelda", MAIL, "Quetzal", "Xylophone"))
    with django_capture_on_commit_callbacks(execute=True):
        erase_person(person)
    assert traces() == set()
    assert DesignSession.objects.get().token != session.token, "the old link opens nothing"
    assert Wish.objects.count() == 1, "that somebody wished for it stays"
    files = shop.home / "files"
    assert not any((files / name[:2] / name).exists() for name in part_files)
    with pytest.raises(NotFound):
        customer_by_email(MAIL)


def test_a_buyer_goes_and_the_books_stay(shop: Any) -> None:
    order = buyer(shop)
    erase_person(customer_by_email(MAIL))
    assert traces() == set()
    order.refresh_from_db()
    assert standing_of(order).received_minor == order.total_minor > 0
    assert order.papers.sentence
    assert order.quote.values["side"] == 21.0
    assert order.events.order_by("id").last().code == "erased"


def test_others_keep_what_is_theirs(shop: Any) -> None:
    other = shop.order(key="ann")
    guest(shop)
    buyer(shop)
    erase_person(customer_by_email(MAIL))
    other.refresh_from_db()
    assert (other.customer_name, other.customer_email) == ("Ann", "ann@example.org")
    assert other.quote.part.hash.startswith("erased") is False


def test_as_much_is_shown_as_is_handed_out(shop: Any) -> None:
    order, _ = buyer(shop), guest(shop)
    for person in (customer_by_email(MAIL), customer_of_order(order)):
        handed_out = {each["what"]: len(each["rows"]) for each in export_person(person)["data"]}
        assert {each.what: each.count for each in known_about(person)} == handed_out


def test_whoever_is_needed_is_not_forgotten_yet(shop: Any) -> None:
    order = shop.order(key="open")
    with pytest.raises(NotNow, match="still being made"):
        erase_person(customer_of_order(order))
    money_received(order, Account.CASH, 100, key="a")
    cancel_order(order)
    with pytest.raises(NotNow, match="Money is still owed"):
        erase_person(customer_of_order(order))
    order.refresh_from_db()
    assert order.customer_name == "Ann"


def test_a_link_is_the_key_to_its_own_things_only(shop: Any) -> None:
    session, order, other = guest(shop), buyer(shop), buyer(shop)
    assert customer_of_order(order).orders == {order.id}
    assert customer_of_order(order).sessions == frozenset()
    assert customer_of_session(session).orders == frozenset()
    erase_person(customer_of_order(order))
    assert customer_by_email(MAIL).orders == {other.id}


def test_a_note_in_the_shared_log_is_taken_back(shop: Any) -> None:
    from glocal.commons.records import problem_record
    from glocal.shop.commons.actions import shop_log

    buyer(shop)
    log = shop_log(shop.shop)
    for text in ("Zelda asked for thicker walls.", "Thicker walls hold."):
        record = problem_record(id=log.record_id(text), symptom="warping", text=text, context={"material": "petg"})
        log.append(record, month="2026-11")
    assert erase_person(customer_by_email(MAIL))["commons"] == 1
    left = json.dumps([dict(record) for _, record in shop_log(shop.shop).records(epoch=1)])
    assert "Zelda" not in left
    assert "Thicker walls hold." in left


def test_a_maker_goes_as_well(shop: Any) -> None:
    maker = shop.machine.maker
    assert "Near" in json.dumps(export_person(maker_by_slug("near")))
    erase_person(maker_by_slug("near"))
    maker.refresh_from_db()
    assert (maker.name, maker.is_active) == ("–", False)


def test_customers_do_it_by_their_link(shop: Any, client: Client) -> None:
    order, session = buyer(shop), guest(shop)
    for base in (f"/orders/{order.id}/{order.token}", f"/room/{session.id}/{session.token}"):
        assert "Zelda" in client.get(f"{base}/data/").content.decode()
        assert "Zelda" in client.get(f"{base}/data/export.json").content.decode()
        wrong = base[:-4] + "xxxx"
        assert client.get(f"{wrong}/data/").status_code == 404
        assert client.post(f"{wrong}/data/erase/", {"confirm": "erase"}).status_code == 404
        assert client.post(f"{base}/data/erase/").status_code == 422
        assert client.post(f"{base}/data/erase/", {"confirm": "erase"}).status_code == 302
    assert traces() == set()


def test_the_owner_does_it_by_mail_address(shop: Any, client: Client, django_user_model: Any) -> None:
    buyer(shop)
    for address in ("", "export.json"):
        assert client.get(f"/desk/people/{address}", {"email": MAIL}).status_code == 302
    assert client.post("/desk/people/erase/", {"email": MAIL, "confirm": "erase"}).status_code == 403
    client.force_login(django_user_model.objects.create_user("owner", is_staff=True))
    assert "Zelda" in client.get("/desk/people/", {"email": MAIL}).content.decode()
    assert "Nobody with the address" in client.get("/desk/people/", {"email": "x@y.z"}).content.decode()
    assert "Nebelhorn" in client.get("/desk/people/export.json", {"email": MAIL}).content.decode()
    assert client.post("/desk/people/erase/", {"email": MAIL, "confirm": "erase"}).status_code == 302
    assert traces() == set()


def test_the_command_line_does_it_too(shop: Any) -> None:
    from glocal.cli import cli

    buyer(shop)
    run = CliRunner().invoke(cli, ["people", "export", MAIL, "--json"])
    assert json.loads(run.output)["names"]
    assert CliRunner().invoke(cli, ["people", "erase", MAIL], input="n\n").exit_code == 1
    assert traces()
    run = CliRunner().invoke(cli, ["people", "erase", MAIL, "--yes", "--json"])
    assert json.loads(run.output)["erased"]["Order"] == 1
    assert traces() == set()
