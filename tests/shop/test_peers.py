"""The shops that this one follows: kept in sync, shown with what was noticed, and left when the owner says so."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from django.contrib.auth.models import User
from django.test import Client

from glocal.commons import following
from glocal.commons.files import exclusive_lock
from glocal.commons.following import LOCK_FILE, follow
from glocal.commons.log import Log
from glocal.commons.notes import verifier_key
from glocal.commons.peer import PeerCopy, peer_id
from glocal.shop.commons import peers
from glocal.shop.commons.know_how import everything_known
from tests.commons.shops import MONTH, new_log, problems

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 11, 26, 12, tzinfo=UTC)
HOUR = timedelta(hours=1)
KEY = str(verifier_key("other.example", bytes(32)))


@pytest.fixture
def home(settings, tmp_path: Path) -> Path:
    settings.GLOCAL_HOME = tmp_path
    return tmp_path


@pytest.fixture
def other(home: Path) -> tuple[Log, PeerCopy]:
    """A shop with three problems, followed from its directory."""
    log = new_log(home / "other", "other.example")
    log.append_many(problems(3), month=MONTH)
    return log, follow(home / "commons" / "peers", (str(log.public),), root_vkey=log.root_vkey)


@pytest.fixture
def owner(client: Client) -> Client:
    client.force_login(User.objects.create_user("owner", password="x", is_staff=True))
    return client


def test_a_followed_shop_is_synced_when_it_is_due_and_what_it_says_is_known(other) -> None:
    log, _ = other
    assert peers.sync_due(NOW, every=HOUR) == 1
    (shown,) = peers.followed_shops()
    assert (shown.name, shown.last.at, shown.last.size, shown.last.noticed) == ("other.example", NOW, 3, ())
    log.append_many(problems(5)[3:], month=MONTH)
    assert peers.sync_due(NOW + HOUR / 2, every=HOUR) == 0, "not due yet"
    assert peers.sync_due(NOW + HOUR, every=HOUR) == 1
    assert sum(entry.root_vkey == log.root_vkey for entry in everything_known()) == 5
    peers.look_soon(shown.id)
    assert peers.sync_due(NOW + HOUR, every=HOUR) == 0, "looked at, nothing new"
    assert peers.followed_shops()[0].last.at == NOW + HOUR


def test_while_somebody_else_syncs_a_shop_it_waits_its_turn(other) -> None:
    _, copy = other
    with exclusive_lock(copy.directory / LOCK_FILE, wait_s=0):
        assert peers.sync_due(NOW, every=HOUR) == 0
    assert peers.sync_due(NOW, every=HOUR) == 1


def test_a_full_disk_keeps_no_other_shop_waiting(other, monkeypatch) -> None:
    log, first = other
    second = new_log(first.directory.parents[2] / "second", "second.example")
    second.append_many(problems(2), month=MONTH)
    follow(first.directory.parent, (str(second.public),), root_vkey=second.root_vkey)
    ahead = min((log, second), key=lambda each: peer_id(each.root_vkey)).root_vkey
    whole = following.sync_followed

    def full(copy: PeerCopy, **options):
        if copy.following.root_vkey == ahead:
            raise OSError(28, "No space left on device")
        return whole(copy, **options)

    monkeypatch.setattr(following, "sync_followed", full)
    assert peers.sync_due(NOW, every=HOUR) == 1


def test_a_shop_that_signs_two_histories_is_told_to_the_owner(other, home: Path, owner: Client) -> None:
    import shutil

    log, copy = other
    shutil.copytree(log.directory, home / "twin")
    twin = Log.open(home / "twin")
    twin.mark_home()
    log.append_many(problems(5)[3:4], month=MONTH)
    twin.append_many(problems(6)[4:], month=MONTH)
    follow(home / "commons" / "peers", (str(log.public), str(twin.public)), root_vkey=log.root_vkey)
    peers.sync_due(NOW, every=HOUR)
    assert peers.followed_shops()[0].lied
    said = owner.get("/desk/shops/").content.decode()
    assert "Contradicts itself" in said
    assert "signed two histories that exclude each other" in said
    assert copy.directory.name in said


def test_the_owner_follows_a_shop_by_address_and_key_and_leaves_it(home: Path, owner: Client) -> None:
    log = new_log(home / "other", "other.example")
    form = {"address": "http://127.0.0.1:1/commons/", "key": log.root_vkey, "home": "on"}
    assert "nobody yet" in owner.get("/desk/shops/").content.decode()
    assert owner.post("/desk/shops/", form).status_code == 302
    (shown,) = peers.followed_shops()
    assert shown.addresses == ("http://127.0.0.1:1/commons",)
    assert peers.sync_due(NOW, every=HOUR) == 0
    assert "It does not answer." in owner.get("/desk/shops/").content.decode()
    assert owner.post(f"/desk/shops/{shown.id}/stop/").status_code == 302
    assert peers.followed_shops() == []
    assert owner.post(f"/desk/shops/{shown.id}/look/").status_code == 404


@pytest.mark.usefixtures("home")
@pytest.mark.parametrize(
    ("address", "key", "said"),
    [
        ("/etc", KEY, "This is no web address."),
        ("file:///etc", KEY, "This is no web address."),
        ("http://a@b/commons", KEY, "is not the address of a peer"),
        ("https://other.example/commons", "", "key is needed"),
        ("https://other.example/commons", KEY[:-3], "not a whole key"),
    ],
)
def test_what_is_no_shop_is_not_followed(owner: Client, address: str, key: str, said: str) -> None:
    answer = owner.post("/desk/shops/", {"address": address, "key": key})
    assert answer.status_code == 422
    assert said in answer.content.decode()
    assert peers.followed_shops() == []


@pytest.mark.usefixtures("shop")
def test_a_shop_that_is_left_out_counts_no_more(other, owner: Client) -> None:
    log, copy = other
    peers.sync_due(NOW, every=HOUR)
    assert owner.post(f"/desk/shops/{copy.directory.name}/block/").status_code == 302
    assert peers.followed_shops()[0].blocked
    assert not [entry for entry in everything_known() if entry.root_vkey == log.root_vkey]
    own = peers.own_log()
    said = owner.get("/desk/shops/").content.decode()
    assert own.entries == 1
    assert own.root_vkey in said
    assert owner.post("/desk/shops/", {"address": "https://a.example/c", "key": own.root_vkey}).status_code == 422


def test_only_the_owner_sees_whom_the_shop_follows(client: Client, other) -> None:
    _, copy = other
    assert client.get("/desk/shops/").status_code == 302
    assert client.post(f"/desk/shops/{copy.directory.name}/stop/").status_code == 403
    assert peers.followed_shops()
