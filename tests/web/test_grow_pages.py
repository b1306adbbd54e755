"""The growth planner's pages: for the owner alone, with intervals, refined step by step, every assumption editable."""

from __future__ import annotations

import re

import pytest
from django.contrib.auth.models import User
from django.test import Client

from glocal.shop.growth import answers
from tests.shop.conftest import ShopUnderTest, shop  # noqa: F401 - a fixture
from tests.web import builders  # noqa: F401 - its settings


@pytest.fixture
def owner(shop: ShopUnderTest) -> Client:  # noqa: F811
    client = Client()
    client.force_login(User.objects.create_user("owner", password="x", is_staff=True))
    return client


def test_strangers_are_asked_to_sign_in(shop: ShopUnderTest) -> None:  # noqa: F811
    answer = Client().get("/desk/grow/price/")
    assert answer.status_code == 302
    assert "next=" in answer["Location"]


def test_all_questions_are_listed_and_unknown_ones_are_not(owner: Client) -> None:
    page = owner.get("/desk/grow/").content.decode()
    assert page.count("/desk/grow/") >= 8
    assert owner.get("/desk/grow/luck/").status_code == 404


def test_an_answer_has_intervals_and_says_where_it_comes_from(owner: Client, shop: ShopUnderTest) -> None:  # noqa: F811
    assert "example" in owner.get("/desk/grow/price/").content.decode()
    shop.quote()
    page = owner.get("/desk/grow/price/").content.decode()
    assert "figures are an example" not in page
    assert page.count('class="interval"') == 5
    assert "Peg: hours to print one" in page
    finer = owner.get("/desk/grow/price/?courses=40&fragment=1").content.decode()
    assert re.search(r'data-courses="40"', finer)
    assert "<html" not in finer


def test_a_product_that_nobody_priced_is_named_as_customers_know_it(owner: Client, shop: ShopUnderTest) -> None:  # noqa: F811
    shop.quote()
    other = shop.product
    other.pk, other.slug = None, "peg-two"
    other.save()
    page = owner.get("/desk/grow/price/").content.decode()
    assert "nobody has priced them yet: Peg<" in page


def test_what_was_simulated_is_not_simulated_again(owner: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    owner.get("/desk/grow/share-capacity/")
    monkeypatch.setattr("glocal.strategy.compare.replicate", None)
    assert owner.get("/desk/grow/share-capacity/").status_code == 200
    assert answers.STEP == 20


def test_a_changed_assumption_changes_the_answer_and_a_broken_one_is_refused(owner: Client) -> None:
    before = owner.get("/desk/grow/share-capacity/").content.decode()
    after = owner.get("/desk/grow/share-capacity/?a.costs.wage_minor_per_h=9000").content.decode()
    assert "(changed)" in after
    assert before != after
    refused = owner.get("/desk/grow/share-capacity/?a.costs.wage_minor_per_h=much")
    assert refused.status_code == 422
    assert "low..value..high" in refused.content.decode()


def test_a_town_is_described_before_it_is_asked_about(owner: Client) -> None:
    assert 'class="interval"' not in owner.get("/desk/grow/next-town/").content.decode()
    asked = "?name=Aubagne&people=45000&people_here=870000&x_km=15&y_km=0&rent_per_day=0"
    assert "Also Aubagne" in owner.get(f"/desk/grow/next-town/{asked}").content.decode()
    assert owner.get(f"/desk/grow/next-town/{asked.replace('870000', '0')}").status_code == 422
