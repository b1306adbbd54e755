"""A customer's account: made by a code, filled by mail address and by links, left and erased; guests need none."""

from __future__ import annotations

import re
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.core import mail
from django.core.cache import cache
from django.test import Client

from glocal.shop.accounts.actions import CUSTOMER_NAME, forget_unproved
from glocal.shop.accounts.queries import access_account
from glocal.shop.errors import NotFound
from glocal.shop.models import DesignSession, KeptLink
from glocal.shop.orders.actions import CustomerDetails, place_order

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def fresh_counts() -> None:
    cache.clear()


@pytest.fixture
def order(quote: Any, no_engine: list[Any]) -> Any:
    return place_order(quote.id, CustomerDetails("Ada", "Ada@example.org"), idempotency_key="hers")


def code_in_mail() -> str:
    return re.search(r"^\S{3,}-?\S*$", mail.outbox[-1].body.split(":\n\n")[1], re.MULTILINE)[0]


def sign_up(client: Client, address: str = "ada@example.org") -> Any:
    assert client.post("/account/sign-up/", {"email": address}).status_code == 302
    return client.post("/account/sign-up/confirm/", {"code": code_in_mail()}, follow=True)


def test_an_account_is_made_by_a_code_and_shows_what_was_ordered_with_the_address(client: Client, order: Any) -> None:
    shown = sign_up(client).content.decode()
    assert str(order.id) in shown
    assert "ada@example.org" in shown
    user = User.objects.get()
    assert not user.has_usable_password()
    assert user.username.startswith(CUSTOMER_NAME)


def test_signing_in_takes_a_code_and_wrong_ones_end_it(client: Client, order: Any) -> None:
    sign_up(client)
    client.post("/account/sign-out/")
    assert client.get("/account/").status_code == 302
    client.post("/account/sign-in/code/", {"email": "ada@example.org"})
    tries = [client.post("/account/sign-in/confirm/", {"code": "WRONG"}).status_code for _ in range(4)]
    assert tries[0] == 200
    assert tries[-1] == 302, "the code is void after some wrong ones"
    assert client.get("/account/").status_code == 302
    client.post("/account/sign-in/code/", {"email": "ada@example.org"})
    assert (
        "Your account"
        in client.post("/account/sign-in/confirm/", {"code": code_in_mail()}, follow=True).content.decode()
    )


def test_codes_are_braked(client: Client, order: Any) -> None:
    sign_up(client)
    client.post("/account/sign-out/")
    sent = len(mail.outbox)
    for _ in range(6):
        client.post("/account/sign-in/code/", {"email": "ada@example.org"})
    assert len(mail.outbox) - sent <= 3


def test_nobody_learns_who_has_an_account(client: Client, product: Any) -> None:
    sign_up(client)
    stranger = Client()
    known = stranger.post("/account/sign-in/code/", {"email": "ada@example.org"})
    unknown = Client().post("/account/sign-in/code/", {"email": "bob@example.org"})
    assert (known.status_code, known["Location"]) == (unknown.status_code, unknown["Location"])
    assert "/account/sign-up/" in mail.outbox[-1].body


def test_a_link_is_kept_once_and_by_whoever_holds_it(client: Client, order: Any) -> None:
    link = f"/orders/{order.id}/{order.token}/"
    asked = client.post(f"{link}keep/")
    page = client.get(asked["Location"]).content.decode()
    assert f"/account/sign-up/?next=%2Forders%2F{order.id}" in page, "who makes an account comes back to the link"
    assert f'name="next" value="{link}"' in client.get(f"/account/sign-up/?next={link}").content.decode()
    client.post("/account/sign-up/", {"email": "bob@example.org", "next": link})
    assert client.post("/account/sign-up/confirm/", {"code": code_in_mail()})["Location"] == link
    assert str(order.id) not in client.get("/account/").content.decode()
    assert client.post(f"/orders/{order.id}/{'x' * 43}/keep/").status_code == 404
    client.post(f"{link}keep/")
    client.post(f"{link}keep/")
    assert KeptLink.objects.count() == 1
    assert str(order.id) in client.get("/account/").content.decode()


def test_a_conversation_is_kept_by_its_link(client: Client, order: Any) -> None:
    product = order.quote.product
    session = DesignSession.objects.create(product=product, opening_key="a guest's", region="FR")
    sign_up(client, "bob@example.org")
    assert client.post(f"/room/{session.id}/{session.token}/keep/")["Location"] == "/account/"
    assert f"/room/{session.id}/" in client.get("/account/").content.decode()


def test_the_order_form_knows_the_address_of_whoever_signed_in(client: Client, order: Any) -> None:
    form = f"/checkout/{order.quote_id}/"
    assert "bob@example.org" not in client.get(form).content.decode()
    sign_up(client, "bob@example.org")
    assert 'value="bob@example.org"' in client.get(form).content.decode()


def test_the_owner_has_a_door_of_their_own(client: Client, product: Any) -> None:
    owner = User.objects.create(username="owner", email="owner@example.org", is_staff=True)
    client.post("/account/sign-in/code/", {"email": "owner@example.org"})
    assert client.post("/account/sign-in/confirm/", {"code": code_in_mail()})["Location"] == "/sign-in/"
    assert client.get("/desk/").status_code == 302, "no code by mail opens the desk"
    with pytest.raises(NotFound):
        access_account(owner)
    client.force_login(owner)
    for address in ("/account/", "/account/passkeys/add/"):
        told = client.get(address).content.decode()
        assert "Your customers’ page" in told
        assert 'href="/desk/"' in told
    assert client.post("/account/erase/", {"confirm": "erase"}).status_code == 404, "theirs is no such account"


def test_a_maker_at_the_customers_door_is_told_of_their_own(client: Client, product: Any) -> None:
    assert "the link that the shop gave you" in client.get("/account/", follow=True).content.decode()


def test_whoever_is_erased_leaves_no_account(client: Client, order: Any) -> None:
    sign_up(client)
    told = client.get("/account/export.json").json()
    assert {"Order", "EmailAddress", "User"} <= {each["what"] for each in told["data"]}
    assert client.post("/account/erase/", {"confirm": "erase"}).status_code == 409, "an order is still being made"
    order.bookings.all().delete()
    type(order).objects.filter(id=order.id).update(state="cancelled")
    assert client.post("/account/erase/").status_code == 422, "the box was not ticked"
    assert client.post("/account/erase/", {"confirm": "erase"}, follow=True).status_code == 200
    assert not User.objects.exists()
    order.refresh_from_db()
    assert order.customer_email != "Ada@example.org"


def test_an_address_that_nobody_proves_is_forgotten(client: Client, product: Any) -> None:
    from datetime import timedelta

    from django.utils import timezone

    client.post("/account/sign-up/", {"email": "typo@example.org"})
    forget_unproved(timezone.now())
    assert User.objects.count() == 1
    forget_unproved(timezone.now() + timedelta(days=2))
    assert not User.objects.exists()


def test_a_passkey_page_carries_what_the_browser_needs(client: Client, product: Any) -> None:
    sign_up(client)
    page = client.get("/account/passkeys/add/").content.decode()
    assert '"challenge"' in page
    assert client.post("/account/passkeys/add/", {"credential": "{}", "name": "x"}).status_code == 200
    options = Client().get("/account/sign-in/passkey/", headers={"Accept": "application/json"}).json()
    assert options["request_options"]["publicKey"]["userVerification"] == "required"
    refused = Client().post("/account/sign-in/passkey/", {"credential": '{"response": {"userHandle": "AA"}}'})
    assert refused["Location"] == "/account/sign-in/"
