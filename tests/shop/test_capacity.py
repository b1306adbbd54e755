"""Idle machine time between shops: published by consent, without the maker; read as something to ask about."""

from __future__ import annotations

import json
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner
from django.utils import timezone

from glocal.cli.commons_capacity import offer, offers
from glocal.commons.errors import PrivateDataRefused, RecordRefused
from glocal.commons.files import DirectoryReader
from glocal.commons.keys import create_keys
from glocal.commons.log import Log
from glocal.commons.peer import Following, PeerCopy
from glocal.commons.record_names import content_id
from glocal.commons.records import capacity_record
from glocal.commons.schema import check_record
from glocal.commons.sources import Source
from glocal.commons.sync import sync
from glocal.shop.commons.actions import log_directory
from glocal.shop.commons.capacity import (
    Conditions,
    offer_idle_time,
    peer_offers,
    standing_offer,
    take_back_offer,
)
from glocal.shop.errors import NotFound, NotNow, OrderInvalid
from glocal.shop.makers.actions import set_maker_active
from glocal.shop.people.data import erase_person, maker_by_slug
from glocal.shop.quotes.elsewhere import peers_of_quote
from tests.network.builders import kind
from tests.shop.builders import make_machine, make_product, make_shop

pytestmark = pytest.mark.django_db
THIS_MONTH = f"{timezone.now():%Y-%m}"


@pytest.fixture
def home(tmp_path: Path, settings: Any) -> Path:
    settings.GLOCAL_HOME = tmp_path
    return tmp_path


@pytest.fixture
def shop(db: None, home: Path) -> Any:
    return make_shop()


@pytest.fixture
def machine(shop: Any) -> Any:
    row = make_machine()
    row.maker.name, row.maker.town = "Nadia Benali", "Aubagne"
    row.maker.latitude, row.maker.longitude = 43.29271, 5.57074
    row.maker.save()
    return row


def conditions(**changes: Any) -> Conditions:
    return Conditions(**{"materials": ("petg",), "until": THIS_MONTH, "hour_minor": 150, **changes})


def in_log() -> list[dict[str, Any]]:
    return [record for _, record in Log.open(log_directory()).records() if record["kind"] == "capacity"]


def a_record(**changes: Any) -> dict[str, Any]:
    said = {"machine": kind(), "materials": ["PETG"], "until": THIS_MONTH, "region": "FR", "hour_minor": 120}
    return capacity_record(id=content_id({"n": str(changes)}), **{**said, "currency": "EUR", **changes})


@pytest.fixture
def lyon(home: Path, shop: Any) -> Any:
    """Let another shop publish what is asked for, and follow it."""

    def publish(*records: dict[str, Any]) -> None:
        other = Log.create(home / "lyon", "lyon.example", create_keys(home / "lyon-keys"))
        other.append_many(records, month=THIS_MONTH)
        copy = PeerCopy.create(log_directory() / "peers", Following(other.root_vkey, (str(other.public),)))
        sync(copy, [Source("usb", DirectoryReader(other.public))])

    return publish


def test_an_offer_tells_of_the_machine_and_of_nobody(shop: Any, machine: Any) -> None:
    offer_idle_time(shop, machine, conditions(days=("sa", "su"), tell_place=True), said_by="maker")
    (record,) = in_log()
    assert record["materials"] == ["petg"]
    assert record["price"] == {"hour_minor": 150, "currency": "EUR"}
    assert record["place"] == [43.3, 5.6]
    said = json.dumps(record)
    for private in ("Nadia", "Benali", "Aubagne", machine.slug, machine.name, "43.29", "5.57", str(machine.id)):
        assert private not in said


def test_without_consent_nobody_learns_where_it_is(shop: Any, machine: Any) -> None:
    offer_idle_time(shop, machine, conditions(), said_by="owner")
    assert "place" not in in_log()[0]


def test_a_new_offer_replaces_the_old_and_taking_back_erases(shop: Any, machine: Any) -> None:
    offer_idle_time(shop, machine, conditions(), said_by="owner")
    offer_idle_time(shop, machine, conditions(hour_minor=90), said_by="owner")
    assert [record["price"]["hour_minor"] for record in in_log()] == [90]
    assert take_back_offer(machine)
    assert not take_back_offer(machine)
    assert in_log() == []
    assert standing_offer(machine) is None


def test_a_paused_maker_offers_nothing(shop: Any, machine: Any) -> None:
    offer_idle_time(shop, machine, conditions(), said_by="owner")
    set_maker_active(machine.maker, active=False)
    assert in_log() == []
    with pytest.raises(NotNow):
        offer_idle_time(shop, machine, conditions(), said_by="owner")


@pytest.mark.parametrize("wrong", [{"materials": ()}, {"until": "2020-01"}])
def test_an_offer_that_nobody_could_use_is_refused(shop: Any, machine: Any, wrong: dict[str, Any]) -> None:
    with pytest.raises(OrderInvalid):
        offer_idle_time(shop, machine, conditions(**wrong), said_by="owner")


def test_a_condition_that_may_not_be_published_leaves_no_offer(shop: Any, machine: Any) -> None:
    with pytest.raises(RecordRefused):
        offer_idle_time(shop, machine, conditions(wait_days=400), said_by="owner")
    assert standing_offer(machine) is None


@pytest.mark.parametrize("leak", [{"place": [43.2927, 5.5707]}, {"maker": "Nadia"}, {"until": "2026-12-24"}])
def test_a_peer_cannot_publish_more_than_the_form_allows(leak: dict[str, Any]) -> None:
    with pytest.raises((PrivateDataRefused, RecordRefused)):
        check_record({**a_record(), "epoch": 1, "month": THIS_MONTH, **leak})


def test_what_another_shop_offers_is_asked_about_and_what_has_ended_is_not(
    shop: Any, home: Path, machine: Any, lyon: Any
) -> None:
    from tests.web.builders import make_quote

    product = make_product(shop, home)
    quote = make_quote(product, machine)
    lyon(a_record(), a_record(materials=["asa"]), a_record(until="2020-01"))
    answers = peers_of_quote(quote)
    assert answers is not None
    assert [(answer.maker_name, answer.hour.minor) for answer in answers.asks] == [("lyon.example", 120)]
    assert [reason.code for each in answers.rejected for reason in each.reasons] == ["material"]


def test_one_shop_cannot_crowd_out_the_others(shop: Any, lyon: Any) -> None:
    lyon(*(a_record(wait_days=number) for number in range(45)))
    assert len(peer_offers(timezone.now())) == 40
    assert peer_offers(timezone.now() + timedelta(days=62)) == []


def test_the_own_offer_is_not_offered_to_oneself(shop: Any, machine: Any, lyon: Any) -> None:
    offer_idle_time(shop, machine, conditions(), said_by="owner")
    lyon(a_record())
    assert [offer.shop for offer in peer_offers(timezone.now())] == ["lyon.example"]


def test_the_commands_offer_list_and_take_back(shop: Any, machine: Any, lyon: Any) -> None:
    def run(command: Any, *words: str) -> Any:
        answer = CliRunner().invoke(command, [*words, "--json"])
        assert answer.exception is None, answer.exception
        return json.loads(answer.output)

    said = run(offer, machine.slug, "--material", "petg", "--hourly", "150", "--most", "90", "80", "70", "--day", "sa")
    assert in_log()[0]["id"] == said["id"]
    assert in_log()[0]["max_extent_mm"] == [90, 80, 70]
    assert run(offer, machine.slug, "--take-back") == {"machine": machine.slug, "taken_back": True}
    assert in_log() == []
    lyon(a_record())
    (found,) = run(offers)["offers"]
    assert (found["shop"], found["materials"], found["hour_minor"]) == ("lyon.example", ["petg"], 120)
    unknown = CliRunner().invoke(offer, ["nowhere", "--material", "petg"])
    assert isinstance(unknown.exception, NotFound)


def test_a_maker_who_is_erased_leaves_no_offer(shop: Any, machine: Any) -> None:
    offer_idle_time(shop, machine, conditions(), said_by="maker")
    erase_person(maker_by_slug(machine.maker.slug))
    assert in_log() == []
