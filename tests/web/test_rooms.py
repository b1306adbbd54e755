"""The room's pages: from a question to an order by plain forms, and what they refuse."""

from __future__ import annotations

import json
import re
from typing import Any

import pytest
from asgiref.sync import async_to_sync
from django.test import Client

from glocal.shop.quotes.view import view_of
from tests.web.builders import make_part, make_quote

pytestmark = pytest.mark.django_db
JSON = {"Accept": "application/json"}


@pytest.fixture
def priced(monkeypatch: pytest.MonkeyPatch, machine: Any) -> None:
    """Every state is priced at 10.00 without an engine, plus 1.00 for each mm of height beyond 2."""

    def quote_product(product: Any, values: Any, options: Any) -> Any:
        from glocal.design.parameters import bind

        bound = bind(product.template(), values)
        total = 1000 + round(100 * (bound["height"] - 2))
        terms = {"material_id": options.material_id, "region": options.region, "quantity": options.quantity}
        return view_of(
            make_quote(product, machine, total_minor=total, part=make_part(product, values), values=bound, **terms)
        )

    monkeypatch.setattr("glocal.shop.sessions.pricing.quote_product", quote_product)
    monkeypatch.setattr("glocal.shop.sessions.events.enqueue", lambda *_, **__: None)


def ask(client: Client, product: Any, values: str = '{"height": 3}', **typed: str) -> Any:
    page = client.get(f"/products/{product.slug}/ask/", {"values": values}).content.decode()
    key = re.search(r'name="key" value="([^"]+)"', page)[1]
    sent = {"text": "Will it <b>hold</b>?", "values": values, "key": key, **typed}
    return client.post(f"/products/{product.slug}/ask/", sent)


@pytest.fixture
def room(client: Client, product: Any, priced: None) -> str:
    return str(ask(client, product, name="Adé", email="ade@example.org").headers["Location"])


@pytest.fixture
def owner(django_user_model: Any) -> Client:
    client = Client()
    client.force_login(django_user_model.objects.create_user("owner", is_staff=True))
    return client


def desk(room: str) -> str:
    return f"/desk/designs/{room.split('/')[2]}/"


def test_a_question_opens_a_room_and_its_words_cannot_become_markup(client: Client, room: str) -> None:
    page = client.get(room)
    text = page.content.decode()
    assert "Will it &lt;b&gt;hold&lt;/b&gt;?" in text
    assert "<b>hold" not in text
    assert "Approve version 1 for €11.00" in text
    assert "no-store" in page.headers["Cache-Control"]
    assert 'name="referrer" content="same-origin"' in text


def test_what_is_not_offered_is_said_before_asking_and_kept(client: Client, product: Any, priced: None) -> None:
    from glocal.shop.models import Wish

    page = client.get(f"/products/{product.slug}/ask/", {"values": '{"height": 5000}'}).content.decode()
    assert "your wish is kept" in page
    ask(client, product, '{"height": 5000}')
    assert Wish.objects.get().parameters == {"height": 5000}


@pytest.mark.parametrize("typed", [{"text": " "}, {"email": "nowhere"}, {"text": "x" * 2001}])
def test_a_wrong_question_is_said_beside_the_field(client: Client, product: Any, typed: dict[str, str]) -> None:
    assert ask(client, product, **typed).status_code == 422


@pytest.mark.parametrize("values", ["[", "[1]", '{"no_such": 1}', "[" * 5000, '{"height": [[]]}'])
def test_nonsense_in_the_address_is_refused_in_words(client: Client, product: Any, values: str) -> None:
    assert client.get(f"/products/{product.slug}/ask/", {"values": values}).status_code in {200, 422}


def test_the_way_from_a_proposal_to_an_order_by_plain_forms(
    client: Client, owner: Client, room: str, no_engine: list[Any]
) -> None:
    sent = {"values": '{"height": 4}', "note": "Higher holds better", "key": "p"}
    assert owner.post(f"{desk(room)}do/propose/", sent).status_code == 302
    page = client.get(room).content.decode()
    assert "Higher holds better" in page
    assert "+€1.00" in page
    proposal = re.search(r'id="accept-([0-9a-f-]+)"', page)[1]
    client.post(f"{room}do/accept/", {"proposal": proposal, "key": "a"})
    client.post(f"{room}do/approve/", {"revision": "2", "key": "b"})
    checkout = re.search(r'href="(/checkout/[^"]+)"', client.get(room).content.decode())[1]
    form = client.get(checkout).content.decode()
    assert 'value="ade@example.org"' in form
    fields = dict(re.findall(r'<input type="hidden" name="(\w+)" value="([^"]*)"', form))
    fields |= {"name": "Adé", "email": "ade@example.org", "material": "petg", "quantity": "1", "delivery": "0"}
    order = client.post(checkout, fields).headers["Location"]
    assert order.startswith("/orders/")
    assert "Ordered" in owner.get(desk(room)).content.decode()
    assert order in client.get(room).content.decode()
    assert order not in owner.get(desk(room)).content.decode()


def test_a_form_sent_twice_is_one_deed(client: Client, room: str) -> None:
    for _ in range(2):
        answer = client.post(f"{room}do/comment/", {"text": "Once", "key": "k"}, headers=JSON).json()
    assert answer["regions"]["talk"].count("Once") == 1


def test_who_is_overtaken_is_told_so_and_keeps_their_form(client: Client, owner: Client, room: str) -> None:
    change = {"material": "petg", "quantity": "1", "based_on": "1"}
    owner.post(f"{desk(room)}do/revise/", {**change, "values": '{"height": 4}', "key": "1"})
    response = client.post(f"{room}do/revise/", {**change, "values": '{"height": 5}', "key": "2"}, headers=JSON)
    assert response.status_code == 409
    assert response.json()["error"]["code"] == "overtaken"


@pytest.mark.parametrize(
    ("action", "sent", "status"),
    [
        ("comment", {"text": "No key"}, 422),
        ("comment", {"text": "Point", "point": '["a", 1, 2]', "key": "k"}, 422),
        ("comment", {"text": "Point", "point": "[true, 1, 2]", "key": "k"}, 422),
        ("revise", {"values": "[]", "quantity": "1", "based_on": "1", "material": "petg", "key": "k"}, 422),
        ("revise", {"values": "{}", "quantity": "٣", "based_on": "1", "material": "petg", "key": "k"}, 422),
        ("accept", {"proposal": "none", "key": "k"}, 404),
        ("vouch", {"revision": "1", "key": "k"}, 409),
        ("fly", {"key": "k"}, 404),
    ],
)
def test_what_makes_no_sense_is_refused_in_words(
    client: Client, room: str, action: str, sent: dict[str, str], status: int
) -> None:
    response = client.post(f"{room}do/{action}/", sent, headers=JSON)
    assert response.status_code == status
    assert response.json()["error"]["message"]


def test_without_the_link_or_a_sign_in_there_is_no_room(client: Client, owner: Client, room: str) -> None:
    token = room.split("/")[3]
    for address in (room.replace(token, "x" * 43), desk(room), "/desk/designs/", "/desk/wishes/"):
        assert client.get(address).status_code != 200
    for rest in ("parts/", "events/"):
        assert client.get(room.replace(token, "x" * 43) + rest).status_code == 404
        assert client.get(desk(room) + rest).status_code != 200
    assert client.post(f"{room.replace(token, 'x' * 43)}do/comment/", {"text": "a", "key": "b"}).status_code == 404
    assert client.post(f"{desk(room)}do/comment/", {"text": "a", "key": "b"}).status_code != 200
    page = owner.get(desk(room)).content.decode()
    assert token not in page  # the customer's key stays the customer's


def test_the_owner_sees_who_waits_and_answers_wishes(client: Client, owner: Client, room: str) -> None:
    assert "Waits for your answer" in owner.get("/desk/designs/").content.decode()
    client.post(f"{room}do/wish/", {"text": "In wood, please", "key": "w"})
    page = owner.get("/desk/wishes/").content.decode()
    assert "In wood, please" in page
    address = re.search(r'action="(/desk/wishes/[^"]+)"', page)[1]
    assert owner.post(address, {"state": "declined", "answer": "No wood here"}).status_code == 302
    assert "No wood here" in owner.get("/desk/wishes/").content.decode()
    assert client.post(address, {"state": "offered"}).status_code != 302


def test_the_room_speaks_the_readers_language(client: Client, room: str) -> None:
    client.cookies["django_language"] = "ar"
    page = client.get(room).content.decode()
    assert 'dir="rtl"' in page
    assert "نصمّمها معًا" in page


@pytest.mark.django_db(transaction=True)
def test_the_stream_goes_on_after_the_last_event_that_was_seen(client: Client, room: str) -> None:
    response = client.get(f"{room}events/", headers={"Last-Event-ID": "1"})
    assert response.headers["Content-Type"] == "text/event-stream"

    @async_to_sync
    async def read() -> list[str]:
        chunks = []
        async for chunk in response.streaming_content:
            chunks.append(chunk.decode())
            if len(chunks) == 2:
                break
        await response.streaming_content.aclose()
        return chunks

    retry, told = read()
    assert retry.startswith("retry: ")
    number, name, data = told.strip().split("\n")
    assert (number, name) == ("id: 2", "event: news")
    assert json.loads(data.removeprefix("data: "))["code"] == "commented"
