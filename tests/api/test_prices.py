"""Prices of many changes at once: each with a number or an honest reason."""

from __future__ import annotations

from contextlib import nullcontext
from typing import Any

import pytest
from django.test import Client

from glocal.api import prices
from glocal.shop.errors import NeedsSlicer
from glocal.shop.models import QuoteRecord
from glocal.shop.rate_limit import Buckets

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def fresh_limits(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(prices, "limits", Buckets())


@pytest.fixture
def asked(monkeypatch: pytest.MonkeyPatch, product: Any) -> list[Any]:
    """What was asked: a peg costs 100 for each mm of its side; a round one only the slicer knows."""
    from glocal.design.parameters import bind

    questions: list[Any] = []

    def unsaved_quote(product: Any, values: Any, options: Any, inquiry: Any) -> QuoteRecord:
        bound = bind(product.template(), values)
        questions.append((bound["side"], options.material_id, inquiry.may_slice))
        row = QuoteRecord(product=product, currency="EUR")
        if bound["shape"] == "round":
            row.refusal = NeedsSlicer("Only the slicer knows.", help="Ask exactly.").as_dict()
            return row
        row.total_minor = round(bound["side"] * 100)
        row.low_minor, row.high_minor = row.total_minor - 10, row.total_minor + 10
        return row

    monkeypatch.setattr(prices, "unsaved_quote", unsaved_quote)
    return questions


def ask(client: Client, variants: list[Any], **more: Any) -> Any:
    body = {"product": "peg", "material": "petg", "values": {"side": 8}, "variants": variants, **more}
    return client.post("/api/prices", body, content_type="application/json")


def test_each_change_has_its_price_or_its_reason(client: Client, asked: list[Any]) -> None:
    variants = [
        {"values": {"side": 10}},
        {"values": {"shape": "round"}},
        {"material": "asa"},
        {"values": {"side": 9000}},
    ]
    answer = ask(client, variants).json()
    assert answer["currency"] == "EUR"
    assert [price["price_minor"] for price in answer["prices"]] == [1000, None, 800, None]
    reasons = [(price["refusal"] or {}).get("code") for price in answer["prices"]]
    assert reasons == [None, "needs_slicer", None, "parameter_out_of_range"]
    assert asked == [(10.0, "petg", False), (8.0, "petg", False), (8.0, "asa", False)], "the slicer is never waited for"


def test_nothing_can_be_ordered_with_a_look(client: Client, asked: list[Any]) -> None:
    ask(client, [{"values": {"side": 10}}])
    assert not QuoteRecord.objects.exists()


def test_what_takes_too_long_is_asked_again(client: Client, asked: list[Any], monkeypatch: Any) -> None:
    monkeypatch.setattr(prices, "BUDGET_S", 0.0)
    answer = ask(client, [{"values": {"side": side}} for side in (5, 6, 7)]).json()
    assert [(price["refusal"] or {}).get("code") for price in answer["prices"]] == [None, "not_yet", "not_yet"]


def test_a_newer_question_of_the_visit_ends_the_older(client: Client, asked: list[Any], monkeypatch: Any) -> None:
    answered = prices.unsaved_quote

    def ask_newer_meanwhile(*arguments: Any, **terms: Any) -> Any:
        prices.turns._count += 1
        prices.turns._newest["me"] = prices.turns._count
        return answered(*arguments, **terms)

    monkeypatch.setattr(prices, "unsaved_quote", ask_newer_meanwhile)
    response = ask(client, [{"values": {"side": side}} for side in (5, 6, 7)], visit="me")
    assert response.status_code == 409
    assert response.json()["error"]["code"] == "overtaken"
    assert len(asked) == 1


def test_a_question_without_changes_ends_the_older_one(client: Client, asked: list[Any], monkeypatch: Any) -> None:
    """Between the steps of one price, too: its part is built, and is neither checked nor estimated."""
    answered = prices.unsaved_quote

    def move_on_meanwhile(product: Any, values: Any, options: Any, inquiry: Any) -> QuoteRecord:
        inquiry.asker.go_on()
        with monkeypatch.context() as other:
            other.setattr(prices.turns, "_slicer", nullcontext())
            assert ask(client, [], visit="me").json() == {"currency": "EUR", "prices": []}
        inquiry.asker.go_on()
        return answered(product, values, options, inquiry)

    monkeypatch.setattr(prices, "unsaved_quote", move_on_meanwhile)
    assert ask(client, [{"values": {"side": 5}}], visit="me").status_code == 409
    assert asked == []


@pytest.mark.parametrize("variants", [[{}] * 41, [{"values": {"side": None}}]])
def test_too_much_or_no_value_is_refused(client: Client, asked: list[Any], variants: list[Any]) -> None:
    assert ask(client, variants).status_code == 400
