"""Orders over the interface for programs."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client

pytestmark = pytest.mark.django_db
ADA = {"name": "Ada", "email": "ada@example.org"}


def place(client: Client, quote: Any, key: str | None = "key-1", **changes: Any) -> Any:
    headers = {} if key is None else {"Idempotency-Key": key}
    body = {"quote_id": str(quote.id), **ADA, **changes}
    return client.post("/api/orders", body, content_type="application/json", headers=headers)


def test_the_same_key_places_one_order(client: Client, quote: Any, no_engine: list[Any]) -> None:
    first, second = place(client, quote), place(client, quote)
    assert first.status_code == 201
    assert first.json()["id"] == second.json()["id"]
    assert first.json()["token"] == second.json()["token"]
    assert len(no_engine) == 1


def test_an_order_is_read_with_its_token_alone(client: Client, quote: Any, no_engine: list[Any]) -> None:
    placed = place(client, quote).json()
    address = f"/api/orders/{placed['id']}"
    read = client.get(address, headers={"Authorization": f"Bearer {placed['token']}"})
    assert read.json()["state"] == "placed"
    assert [event["code"] for event in read.json()["timeline"]] == ["placed"]
    assert len(read.json()["pieces"]) == 1
    assert "token" not in read.json()
    for wrong in ({}, {"Authorization": "Bearer nothing"}, {"Authorization": placed["token"][:-1]}):
        assert client.get(address, headers=wrong).status_code == 404


@pytest.mark.parametrize(
    ("sent", "status"),
    [
        ((None, {}), 400),
        (("k", {"email": "nowhere"}), 422),
        (("k", {"name": " "}), 422),
        (("k", {"quote_id": "00000000-0000-7000-8000-000000000000"}), 404),
        (("k" * 201, {}), 422),
    ],
)
def test_bad_orders_are_refused(
    client: Client, quote: Any, no_engine: list[Any], sent: tuple[str | None, dict[str, Any]], status: int
) -> None:
    key, changes = sent
    response = place(client, quote, key, **changes)
    assert response.status_code == status
    assert response.json()["error"]["message"]
    assert no_engine == []


def test_a_key_is_not_used_for_two_quotes(
    client: Client, quote: Any, product: Any, machine: Any, no_engine: Any
) -> None:
    from tests.web.builders import make_quote

    place(client, quote)
    response = place(client, make_quote(product, machine))
    assert response.status_code == 409
    assert response.json()["error"]["code"] == "idempotency_key_reused"


def test_what_is_no_json_is_answered_in_the_interfaces_own_form(client: Client, quote: Any) -> None:
    answer = client.post("/api/orders", "{", content_type="application/json", headers={"Idempotency-Key": "k"})
    assert answer.status_code == 400
    assert answer.json()["error"]["message"]
