"""Quotes: values in, price or refusal out."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.test import Client

from glocal.api import quotes
from glocal.shop.quotes.view import view_of
from glocal.shop.rate_limit import Buckets
from tests.web.builders import PNG, refuse

pytestmark = pytest.mark.django_db
JSON = "application/json"


@pytest.fixture(autouse=True)
def fresh_limits(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(quotes, "limits", Buckets())


@pytest.fixture
def asked(quote: Any, monkeypatch: pytest.MonkeyPatch) -> list[dict[str, Any]]:
    """What the shop was asked; it answers with the quote of the fixture."""
    questions: list[dict[str, Any]] = []

    def quote_product(product: Any, values: Any, options: Any, **terms: Any) -> Any:
        questions.append({"product": product.slug, "values": values, **asdict(options), **terms})
        return view_of(quote)

    monkeypatch.setattr(quotes, "quote_product", quote_product)
    return questions


def ask(client: Client, **question: Any) -> Any:
    return client.post("/api/quotes", {"product": "peg", "material": "petg", **question}, content_type=JSON)


def test_a_price_with_lines_range_date_maker_and_files(client: Client, asked: list[Any]) -> None:
    answer = ask(client, values={"side": 8, "shape": "square", "name": "Adé"}, quantity=2).json()
    assert asked[0]["values"] == {"side": 8, "shape": "square", "name": "Adé"}
    assert asked[0]["quantity"] == 2
    assert asked[0]["region"] == "FR"
    assert answer["orderable"]
    assert answer["quote"]["price_minor"] == 1000
    assert [line["label"] for line in answer["quote"]["lines"]] == ["Material, 5 g", "Work by hand"]
    assert answer["maker"] == "Near"
    assert "withdraw" in answer["law"]["withdrawal"]
    assert answer["law"]["tax"] == "20 % VAT included"
    assert "inputs" not in answer["quote"]
    assert client.get(answer["files"]["png"]).content == PNG
    assert client.get(answer["files"]["glb"]).content == b"glb"


def test_choices_are_one_visits_voice_or_one_sign_ins(client: Client, asked: list[Any]) -> None:
    for visit in ("tab 1", "tab 2"):
        ask(client, remember=True, visit=visit)
    client.force_login(User.objects.create_user("ann"))
    for visit in ("tab 3", "tab 4"):
        ask(client, remember=True, visit=visit)
    first, second, *signed_in = [question["visit"] for question in asked]
    assert (first, second) == ("tab 1", "tab 2")
    assert len(set(signed_in)) == 1
    assert signed_in[0] == client.session.session_key


def test_lines_speak_the_readers_language(client: Client, asked: list[Any]) -> None:
    client.cookies["django_language"] = "fr"
    assert ask(client).json()["quote"]["lines"][1]["label"] == "Travail à la main"


def test_values_keep_their_types(client: Client, asked: list[Any]) -> None:
    ask(client, values={"a": True, "b": 1.5, "c": "2", "d": [1, 2.5]})
    values = asked[0]["values"]
    assert values["a"] is True
    assert values["b"] == 1.5
    assert values["c"] == "2"
    assert values["d"] == [1, 2.5]


def test_a_refusal_is_an_answer_in_words(client: Client, product: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(quotes, "quote_product", lambda *_, **__: view_of(refuse(product)))
    response = ask(client)
    assert response.status_code == 200
    assert not response.json()["orderable"]
    assert response.json()["quote"] is None
    assert response.json()["refusal"]["message"] == "The wall is too thin."
    assert response.json()["refusal"]["help"] == "Make it 1 mm."


@pytest.mark.parametrize(
    ("question", "status", "code"),
    [
        ({"product": "nothing"}, 404, "not_found"),
        ({"values": {"side": 1000}}, 422, "out_of_range"),
        ({"values": {"colour": "red"}}, 422, "parameter_unknown"),
        ({"quantity": 0}, 422, "order_invalid"),
        ({"material": "gold"}, 422, "order_invalid"),
        ({"quantity": "many"}, 400, "bad_request"),
        ({"values": "side=8"}, 400, "bad_request"),
        ({"values": {"side": None}}, 400, "bad_request"),
    ],
)
@pytest.mark.usefixtures("product", "machine")
def test_bad_input_is_named(client: Client, question: dict[str, Any], status: int, code: str) -> None:
    response = ask(client, **question)
    assert response.status_code == status
    error = response.json()["error"]
    assert error["message"]
    assert error["code"].endswith(code) or code in error["code"]


@pytest.mark.usefixtures("product", "machine")
def test_a_value_that_is_not_one_of_a_list_is_refused_with_the_list(client: Client) -> None:
    error = ask(client, prefer="pretty", delivery="perhaps", quantity="many").json()["error"]
    allowed = {place.rpartition(".")[2]: values for place, values in error["data"]["allowed"].items()}
    assert allowed == {"prefer": ["balanced", "near", "cheap", "soon", "green"], "delivery": [True, False]}
    assert "prefer (one of balanced, near, cheap, soon, green)" in error["message"]
    assert "delivery (one of true, false)" in error["message"]


def test_a_broken_body_is_named(client: Client, product: Any) -> None:
    response = client.post("/api/quotes", "{", content_type=JSON)
    assert response.status_code == 400


def test_a_quote_is_read_again(client: Client, quote: Any) -> None:
    assert client.get(f"/api/quotes/{quote.id}").json()["quote"]["price_minor"] == 1000
    assert client.get("/api/quotes/00000000-0000-7000-8000-000000000000").status_code == 404


def test_too_many_questions_have_to_wait(client: Client, asked: list[Any], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(quotes, "limits", Buckets(size=2, per_s=0.5))
    monkeypatch.setattr(quotes.time, "monotonic", lambda: 100.0)
    assert [ask(client).status_code for _ in range(3)] == [200, 200, 429]
    response = ask(client)
    assert response.headers["Retry-After"] == "2"
    assert len(asked) == 2


def test_part_files_are_kept_for_good_and_never_sent_twice(client: Client, quote: Any) -> None:
    address = f"/api/parts/{quote.part.hash}.png"
    first = client.get(address)
    assert "immutable" in first.headers["Cache-Control"]
    assert client.get(address, headers={"If-None-Match": first.headers["ETag"]}).status_code == 304
    assert client.get(f"/api/parts/{quote.part.hash}.exe").json()["error"]["code"] == "not_found"
    assert client.get("/api/parts/0123abcd.png").status_code == 404
