"""What the law asks, as customer, owner, maker and a passer-by see it."""

from __future__ import annotations

import json
from typing import Any

import pytest
from django.test import Client

from glocal.shop.legal.actions import name_manufacturer
from glocal.shop.makers.links import link_of
from glocal.shop.orders.actions import CustomerDetails, place_order
from tests.web.builders import VALUES, make_quote

pytestmark = pytest.mark.django_db
ADA = CustomerDetails("Ada Secret", "ada@example.org", language="fr")
OWN = {**VALUES, "side": 9.0}  # measured, says the package of the peg


@pytest.fixture
def order(product: Any, machine: Any, no_engine: list[Any]) -> Any:
    name_manufacturer(product.shop, name="Corner", address="1 rue\nMarseille", email="a@example.org", tax_number="")
    quote = make_quote(product, machine, values={**OWN, "name": "Zara"})
    order = place_order(quote.id, ADA, idempotency_key="once")
    order.machine = machine
    order.save()
    return order


@pytest.fixture
def owner(client: Client, django_user_model: Any) -> Client:
    client.force_login(django_user_model.objects.create_user("ann", is_staff=True))
    return client


@pytest.mark.parametrize(
    ("values", "words"),
    [
        (VALUES, "You may withdraw from this purchase within 14 days"),
        (OWN, "made to your own measure or words (Side of the foot in mm)"),
        ({**VALUES, "name": "Zara"}, "made to your own measure or words (Name on it)"),
    ],
)
def test_the_right_of_withdrawal_is_told_before_buying(
    client: Client, product: Any, machine: Any, values: dict[str, Any], words: str
) -> None:
    page = client.get(f"/checkout/{make_quote(product, machine, values=values).id}/").content.decode()
    assert words in page
    assert "20 % VAT included" in page
    assert "Not for children under 36 months" in page


def test_the_sentence_is_frozen_as_it_was_read(client: Client, order: Any) -> None:
    assert order.papers.language == "fr"
    assert "faite à votre mesure ou avec vos mots (Side of the foot in mm, Name on it)" in order.papers.sentence
    page = client.get(f"/orders/{order.id}/{order.token}/papers/").content.decode()
    assert "faite à votre mesure" in page
    assert "Regulation (EU) 2023/988" in page
    assert "CC-BY-4.0" in page
    with pytest.raises(TypeError):
        order.papers.save()
    with pytest.raises(TypeError):
        order.papers.delete()


def test_the_products_page_says_who_answers_for_it(client: Client, order: Any) -> None:
    assert (
        "<bdi>Corner</bdi>, <bdi>1 rue\nMarseille</bdi>, <bdi>a@example.org</bdi>"
        in client.get("/products/peg/").content.decode()
    )


def test_a_later_change_of_the_shop_changes_no_order(order: Any, product: Any) -> None:
    name_manufacturer(product.shop, name="Other", address="2 rue", email="b@example.org", tax_number="")
    order.papers.refresh_from_db()
    assert order.papers.manufacturer["name"] == "Corner"


def test_a_passport_is_for_everybody_and_about_nobody(client: Client, order: Any) -> None:
    piece = order.pieces.get()
    page = client.get(f"/p/{piece.id}/").content.decode()
    data = client.get(f"/p/{piece.id}/passport.jsonld")
    assert data["Content-Type"] == "application/ld+json"
    product = json.loads(data.content)["credentialSubject"]["product"]
    assert product["serialNumber"] == str(piece.id)
    for said in (page, data.content.decode()):
        assert str(piece.id) in said
        assert "Corner" in said
        for secret in ("Ada", "ada@", "Zara", order.token, "Near"):
            assert secret not in said
    assert client.get("/p/01a214d9-6b1b-7316-a123-000000000000/").status_code == 404


def test_owner_and_maker_print_the_label_and_nobody_else(
    client: Client, owner: Client, order: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    drawn = []
    monkeypatch.setattr("glocal.web.views.papers.label_pdf", lambda label: drawn.append(label) or b"%PDF-")
    piece = order.pieces.get()
    assert owner.get(f"/desk/law/pieces/{piece.id}/label.pdf")["Content-Type"] == "application/pdf"
    assert Client().get(f"/maker/{link_of(order.machine.maker)}/pieces/{piece.id}/label.pdf").status_code == 200
    assert Client().get(f"/desk/law/pieces/{piece.id}/label.pdf").status_code == 302
    from tests.shop.builders import make_machine

    other = link_of(make_machine("other").maker)
    assert Client().get(f"/maker/{other}/pieces/{piece.id}/label.pdf").status_code == 403
    label = drawn[0]
    assert "Fait par Corner, 1 rue, Marseille, a@example.org" in label.facts
    assert any("moins de 36 mois" in warning for warning in label.warnings)
    assert "Zara" not in str(label)


def test_the_owner_sees_what_is_missing_and_says_who_answers(owner: Client, product: Any) -> None:
    page = owner.get("/desk/law/").content.decode()
    assert "not legal advice" in page
    assert "Say who the manufacturer is" in page
    assert "“Peg” does not say for which age it is." in page
    wrong = owner.post("/desk/law/", {"name": "Corner", "address": "1 rue", "email": "nobody"})
    assert wrong.status_code == 422
    right = {"name": "Corner", "address": "1 rue", "email": "a@example.org", "tax_number": "FR00"}
    assert owner.post("/desk/law/", right).status_code == 302
    assert "Say who the manufacturer is" not in owner.get("/desk/law/").content.decode()
