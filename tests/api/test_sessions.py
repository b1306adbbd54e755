"""Design sessions and wishes over the interface for programs."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client

from tests.web.test_rooms import priced  # noqa: F401 - the fixture

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("priced")]


def post(client: Client, address: str, body: dict[str, Any], key: str = "k", token: str = "") -> Any:
    headers = {"Idempotency-Key": key, "Authorization": f"Bearer {token}"}
    return client.post(f"/api{address}", body, content_type="application/json", headers=headers)


def ask(client: Client, product: Any, key: str = "k", **more: Any) -> dict[str, Any]:
    answer = post(client, "/sessions", {"product": product.slug, "text": "Will it hold?", **more}, key)
    assert answer.status_code == 201, answer.content
    return dict(answer.json())


def test_a_session_goes_from_a_question_to_an_approved_quote(client: Client, product: Any) -> None:
    opened = ask(client, product, values={"height": 3})
    assert ask(client, product, values={"height": 3})["id"] == opened["id"]
    address, token = f"/sessions/{opened['id']}", opened["token"]
    post(client, f"{address}/comments", {"text": "Here", "point": [1, 2, 3]}, "1", token)
    told = post(client, f"{address}/proposals", {"changes": {"height": 4}}, "2", token).json()
    (proposal,) = told["proposals"]
    assert (proposal["difference_minor"], proposal["changes"]) == (100, {"height": 4.0})
    change = {"values": {"height": 5}, "material": "petg", "based_on": 1}
    assert post(client, f"{address}/revisions", change, "3", token).json()["latest"] == 2
    assert post(client, f"{address}/revisions", change, "4", token).json()["error"]["code"] == "overtaken"
    answered = post(client, f"{address}/proposals/{proposal['id']}", {"answer": "withdraw"}, "5", token).json()
    assert answered["proposals"][0]["state"] == "withdrawn"
    done = post(client, f"{address}/approval", {"revision": 2}, "6", token).json()
    assert (done["state"], done["approved"], done["revisions"][1]["price_minor"]) == ("approved", 2, 1300)
    read = client.get(f"/api{address}?after=6", headers={"Authorization": f"Bearer {token}"}).json()
    assert [event["code"] for event in read["events"]] == ["approved"]
    assert "token" not in read


def test_without_the_token_there_is_no_session(client: Client, product: Any) -> None:
    opened = ask(client, product)
    for token in ("", "nothing"):
        assert client.get(f"/api/sessions/{opened['id']}", headers={"Authorization": token}).status_code == 404
        answer = post(client, f"/sessions/{opened['id']}/comments", {"text": "Here"}, "1", token)
        assert answer.status_code == 404


def test_a_wish_is_kept_once_and_counts_as_demand(client: Client, product: Any) -> None:
    from glocal.shop.models import Choice, Wish

    wish = {"text": "Taller than a house", "product": product.slug, "parameters": {"height": 900}}
    first, second = (post(client, "/wishes", wish) for _ in range(2))
    assert first.status_code == 201
    assert first.json() == second.json()
    assert Wish.objects.count() == 1
    assert Choice.objects.get().chosen == 900.0
    assert post(client, "/wishes", {"text": "  "}, "other").status_code == 422
