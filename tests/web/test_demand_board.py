"""From wishes and choices to a live variant and a run, by the owner's plain forms; and who may not see them."""

from __future__ import annotations

import random
import re
from datetime import timedelta
from typing import Any

import numpy as np
import pytest
from django.contrib.auth.models import User
from django.test import Client
from django.utils import timezone

from glocal.shop.demand import offers
from glocal.shop.demand.board import results, wish_groups
from glocal.shop.demand.defaults import EXPLORED_SHARE, preset_for
from glocal.shop.demand.models import Choice, RegionalOffer
from glocal.shop.demand.proposals import live_offers, proposals
from glocal.shop.errors import NotNow
from glocal.shop.orders.models import Order, OrderState
from glocal.shop.quotes.view import view_of
from glocal.shop.wishes.actions import keep_wish
from tests.web.builders import make_part, make_quote

pytestmark = pytest.mark.django_db
SHAPES = ["Square", "Round"]


@pytest.fixture
def owner(client: Client) -> Client:
    client.force_login(User.objects.create_user("owner", password="x", is_staff=True))
    return client


@pytest.fixture
def heard(product: Any) -> None:
    """Here 18 of 20 want it round, elsewhere 5 of 20; the design presets square."""
    now = timezone.now()
    rows = []
    for region, rounds in (("FR", 18), ("DE", 5), ("MA", 5), ("ES", 5), ("IT", 5)):
        for index in range(20):
            chosen = SHAPES[1] if index < rounds else SHAPES[0]
            at = now - timedelta(days=3 * index + 1)
            about = {"product_slug": product.slug, "parameter": "shape", "offered": SHAPES, "kind": "ordered"}
            rows.append(Choice(**about, chosen=chosen, region=region, at=at))
    Choice.objects.bulk_create(rows)


@pytest.fixture
def priced(monkeypatch: pytest.MonkeyPatch, machine: Any) -> None:
    def quote_product(product: Any, values: Any, options: Any) -> Any:
        from glocal.design.parameters import bind

        quantity = options.quantity
        terms = {"material_id": options.material_id, "region": options.region, "quantity": quantity}
        bound = bind(product.template(), values)
        part = make_part(product, values)
        return view_of(make_quote(product, machine, total_minor=1000 * quantity, part=part, values=bound, **terms))

    monkeypatch.setattr("glocal.shop.demand.offers.quote_product", quote_product)
    monkeypatch.setattr("glocal.shop.demand.changes.quote_product", quote_product)


def do(client: Client, action: str, **data: object) -> Any:
    return client.post(f"/desk/demand/do/{action}/", data)


def test_only_who_works_in_the_shop_sees_the_board(client: Client, product: Any) -> None:
    assert client.get("/desk/demand/").headers["Location"].startswith("/sign-in/")
    assert do(client, "terms", explores="on").status_code == 403
    assert not offers.terms(product.shop).explores


def test_one_region_alone_differs_from_nobody(owner: Client, product: Any, heard: None) -> None:
    Choice.objects.exclude(region="FR").delete()
    page = owner.get("/desk/demand/").content.decode()
    assert "So far only people here have chosen." in page
    assert "in 10 want" not in page


def test_what_moves_here_alone_is_said(owner: Client, product: Any) -> None:
    now, rows = timezone.now(), []
    for region in ("FR", "DE", "MA", "ES", "IT"):
        for week in range(20):
            round_ones = 10 + 2 * week if region == "FR" else 24 + week % 2
            for chosen, many in ((SHAPES[1], round_ones), (SHAPES[0], 60 - round_ones)):
                about = {"product_slug": product.slug, "parameter": "shape", "offered": SHAPES, "kind": "ordered"}
                rows.append(
                    Choice(**about, chosen=chosen, region=region, weight=many, at=now - timedelta(weeks=20 - week))
                )
    Choice.objects.bulk_create(rows)
    found = re.search(
        r"not elsewhere: (\d+) in 100 wanted it so far, (\d+) do now", owner.get("/desk/demand/").content.decode()
    )
    assert found is not None
    before, today = map(int, found.groups())
    assert abs(before - 48) <= 1
    assert abs(today - 82) < 6
    assert "not elsewhere" not in owner.get("/desk/demand/?region=DE").content.decode()


def test_a_number_that_people_here_want_larger_is_said(owner: Client, product: Any) -> None:
    now, rows, preset = timezone.now(), [], float(product.template().parameter("height").initial)
    for region, taller in (("FR", 14), ("DE", 3), ("MA", 4), ("ES", 3), ("IT", 4)):
        for index in range(20):  # the others leave it as it is
            about = {"product_slug": product.slug, "parameter": "height", "offered": [], "kind": "ordered"}
            chosen = preset + 5 if index < taller else preset
            rows.append(Choice(**about, chosen=chosen, region=region, at=now - timedelta(days=7 * index + 1)))
    Choice.objects.bulk_create(rows)
    page = owner.get("/desk/demand/").content.decode()
    found = re.search(r"Here, (\d) in 10 want “more than (\d+)\xa0mm” for Height in mm; everywhere (\d) in 10 do", page)
    assert found is not None
    assert [int(text) for text in found.groups()] == [7, preset, 4]  # everywhere is here too
    assert "Here, 3 in 10 want “more than" in owner.get("/desk/demand/?region=DE").content.decode()


def test_a_week_that_counts_as_one_voice_is_said(owner: Client, product: Any) -> None:
    now, dice = timezone.now(), np.random.default_rng(1)
    about = {"product_slug": product.slug, "parameter": "shape", "offered": SHAPES, "kind": "ordered"}
    usual = [
        Choice(**about, chosen=SHAPES[dice.random() < 0.15], region=region, at=now - timedelta(weeks=week))
        for region in ("FR", "DE", "MA", "ES")
        for week in range(1, 20)
        for _ in range(2)
    ]
    bot = Choice(**about, chosen=SHAPES[1], region="FR", at=now - timedelta(weeks=3), weight=40)
    Choice.objects.bulk_create([*usual, bot])
    page = owner.get("/desk/demand/").content.decode()
    assert re.search(
        r"In the week from [\w ,]+, 4\d of 42 choices here of “Shape” .* were “Round”, unlike in any other week", page
    )
    assert "one voice" not in owner.get("/desk/demand/?region=DE").content.decode()


def test_an_insight_becomes_a_live_variant_a_run_and_a_result(
    owner: Client, product: Any, heard: None, priced: None, no_engine: list[Any]
) -> None:
    page = owner.get("/desk/demand/").content.decode()
    assert "Here, 8 in 10 want “Round”" in page or "Here, 9 in 10 want “Round”" in page
    (found,) = proposals("FR")
    assert (found.option, found.instead_of) == ("Round", "Square")
    assert found.gain.low < found.gain.value < found.gain.high
    assert any("default" in line and "round" in line for line in found.changes)
    asked_for = {"product": product.slug, "region": "FR", "parameter": "shape"}
    change = owner.get("/desk/demand/change/", asked_for).content.decode()
    assert "Now: “<bdi>Square" in change
    assert "Then: “<bdi>Round" in change
    assert change.count("€10.00") == 2
    assert do(owner, "accept", **asked_for).status_code == 302
    assert (
        "no longer sure enough, or this is offered already"
        in owner.get("/desk/demand/change/", asked_for).content.decode()
    )
    offer = RegionalOffer.objects.get()
    assert proposals("FR") == []
    (result,) = results(live_offers("FR"))
    assert result.hours_to_live == pytest.approx(24 * (3 * 17 + 1), abs=1)  # the first of the 18 asked 52 days ago
    shop_page = owner.get(f"/products/{product.slug}/").content.decode()
    assert "Preset as most people in this region like it." in shop_page
    asked = owner.post("/desk/demand/run/", {"offer": offer.id}, headers={"HX-Request": "true"}).content.decode()
    run = offers.propose_run(offer)
    assert run.demand.source == "20 sold here in 8 weeks"
    assert f'value="{run.quantity}"' in asked
    assert f"{run.quantity} together cost €{10 * run.quantity}.00" in asked
    assert "<h1>" in owner.post("/desk/demand/run/", {"offer": offer.id}).content.decode(), "without scripts, a page"
    assert 0 < run.quantity < run.demand.value  # a margin of a fifth: one too many costs four times one too few
    choices = Choice.objects.count()
    assert do(owner, "commission", offer=offer.id, quantity=run.quantity).status_code == 302
    order = Order.objects.get()
    assert (order.quantity, order.quote.values["shape"]) == (run.quantity, "round")
    assert no_engine, "the run goes the way of every order"
    assert Choice.objects.count() == choices, "what the shop makes for its shelf is nobody's choice"
    assert do(owner, "commission", offer=offer.id, quantity=3).status_code == 409
    assert do(owner, "sell", offer=offer.id, count=1).status_code == 409  # not printed yet
    Order.objects.update(state=OrderState.DONE)
    assert do(owner, "sell", offer=offer.id, count=2).status_code == 302
    (result,) = results(live_offers("FR"))
    assert (result.on_shelf, result.choices, result.share) == (run.quantity - 2, 2.0, 1.0)
    assert do(owner, "commission", offer=offer.id, quantity=3).status_code == 409  # some are left
    assert do(owner, "sell", offer=offer.id, count=run.quantity - 2).status_code == 302
    assert do(owner, "commission", offer=offer.id, quantity=3).status_code == 302  # the next run
    assert Order.objects.count() == 2
    (result,) = results(live_offers("FR"))
    assert (result.on_shelf, result.offer.commission.quantity) == (0, 3)
    Order.objects.exclude(id=order.id).update(state=OrderState.CANCELLED)
    assert do(owner, "commission", offer=offer.id, quantity=4).status_code == 302  # nothing came of that one
    do(owner, "end", offer=offer.id)
    assert preset_for(product, "FR").regional == frozenset()


def test_no_variant_where_the_region_is_like_the_others(product: Any, heard: None) -> None:
    assert proposals("DE") == []
    with pytest.raises(NotNow):
        offers.accept(product, "DE", "shape")


def test_trials_are_capped_and_can_be_switched_off(owner: Client, product: Any, heard: None) -> None:
    def tried() -> int:
        return sum(bool(preset_for(product, "FR", dice=random.Random(visit)).tried) for visit in range(120))  # noqa: S311

    assert tried() == 0
    do(owner, "terms", explores="on")
    assert 0 < tried() < 120 * EXPLORED_SHARE * 2
    assert preset_for(product, "FR").tried == ""
    do(owner, "terms")
    assert tried() == 0


def test_wishes_are_shown_by_meaning(owner: Client, product: Any, heard: None) -> None:
    for key, text, region in (("1", "I want it wider", "FR"), ("2", "plus large s'il vous plaît", "BE")):
        keep_wish(shop=product.shop, text=text, region=region, key=key, product=product)
    keep_wish(shop=product.shop, text="Can it glow in the dark?", region="FR", key="3", product=product)
    assert [(group.count, group.here) for group in wish_groups("FR")] == [(2, 1), (1, 1)]
    assert "Asked 2 times, 1 of them here." in owner.get("/desk/demand/").content.decode()
