"""Where it would be made, for the customer; where all makers are and how they stand, for the owner."""

from __future__ import annotations

import json
import re
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from glocal.shop.quotes.candidates import Uses
from glocal.values import Estimate
from tests.shop.builders import make_machine
from tests.web.builders import make_quote

pytestmark = pytest.mark.django_db


def offer(machine: Any, away_km: float) -> dict[str, Any]:
    at = timezone.now().isoformat()
    return {"maker": machine.maker.slug, "machine": machine.slug, "distance_km": away_km, "ready_at": at}


def map_of(page: str) -> dict[str, Any]:
    return dict(json.loads(re.search(r'<script id="maker-map" type="application/json">(.*?)</script>', page)[1]))


@pytest.fixture
def far(machine: Any) -> Any:
    other = make_machine("far")
    other.maker.latitude, other.maker.longitude, other.maker.town = 43.456789, 5.123456, "Salon"
    other.maker.save()
    return other


@pytest.fixture
def asked(product: Any, machine: Any, far: Any) -> Any:
    return make_quote(product, machine, candidates={"accepted": [offer(machine, 1.4), offer(far, 26.2)]})


@pytest.fixture
def where(client: Client, asked: Any) -> str:
    return client.get(f"/checkout/{asked.id}/where/").content.decode()


@pytest.fixture
def no_estimate(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Uses, "instant", lambda *_: None)


def test_the_customer_sees_who_can_how_far_and_for_how_much(no_estimate: None, where: str) -> None:
    for words in ("Near", "Far", "Salon", "26 km", "€10.00", "known after slicing"):
        assert words in where


def test_another_maker_is_priced_without_the_slicer(
    client: Client, asked: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    from glocal.quoting.model import PrintUse

    use = PrintUse(Estimate(3600.0, 3000.0, 4000.0, "test"), Estimate(10.0, 9.0, 11.0, "test"), "instant", "test")
    monkeypatch.setattr(Uses, "instant", lambda *_: use)
    monkeypatch.setattr(Uses, "setup", lambda *_: None)
    monkeypatch.setattr("glocal.shop.quotes.candidates.plates_for", lambda *_: 1)
    page = client.get(f"/checkout/{asked.id}/where/").content.decode()
    assert "known after slicing" not in page
    assert len(set(re.findall(r"€\d+\.\d\d", page))) == 2


def test_no_place_is_told_closer_than_a_kilometre(no_estimate: None, where: str) -> None:
    points = map_of(where)["points"]
    assert [(point["latitude"], point["longitude"]) for point in points] == [(43.31, 5.38), (43.46, 5.12)]
    assert "43.456" not in where
    assert [point["state"] for point in points] == ["chosen", "other"]


def test_who_left_the_shop_is_not_on_the_map(no_estimate: None, client: Client, asked: Any, far: Any) -> None:
    far.maker.is_active = False
    far.maker.save()
    page = client.get(f"/checkout/{asked.id}/where/").content.decode()
    assert [point["name"] for point in map_of(page)["points"]] == ["Near"]


def test_a_quote_from_before_the_map_has_nobody_to_show(client: Client, quote: Any) -> None:
    assert "Nobody can make this as asked." in client.get(f"/checkout/{quote.id}/where/").content.decode()


def test_the_owner_sees_every_maker_with_their_state(
    client: Client, product: Any, machine: Any, far: Any, django_user_model: Any
) -> None:
    far.maker.silent_since = timezone.now()
    far.maker.on_probation = True
    far.maker.save()
    client.force_login(django_user_model.objects.create(username="ann", is_staff=True))
    page = client.get("/desk/makers/").content.decode()
    states = {point["name"]: (point["state"], point["facts"][0]) for point in map_of(page)["points"]}
    assert states == {"Near": ("free", "Free"), "Far": ("dark", "Does not answer, On probation")}
