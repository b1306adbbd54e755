"""What a night learns, and what shops of one region give each other: sums through the signed log, by consent."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from glocal.commons.ask import Context
from glocal.commons.files import exclusive_lock
from glocal.commons.log import Log
from glocal.commons.odds import Shape
from glocal.commons.peer import Following, PeerCopy
from glocal.commons.shapes import FILE
from glocal.commons.sources import Source
from glocal.commons.store import DirectoryReader
from glocal.commons.sync import sync
from glocal.commons.trials import NAMES
from glocal.shop.commons.actions import log_directory, shop_log
from glocal.shop.commons.know_how import ask_network
from glocal.shop.commons.shapes import learn_shapes_if_due
from glocal.shop.demand.learnt import learnt_model
from glocal.shop.demand.models import Choice, LearntPreferences, VoiceSalt
from glocal.shop.demand.nightly import learn_if_due
from glocal.shop.demand.offers import set_terms
from glocal.shop.demand.pooling import MOST_PER_SHOP, publish_sums, received_sums
from glocal.shop.demand.voices import forget_salts, voice_of
from tests.commons.test_ask import prints
from tests.shop.builders import make_shop

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 6, 15, 3, tzinfo=UTC)
DAY = timedelta(days=1)
SHAPES = ["Square", "Round"]


@pytest.fixture
def shop(tmp_path: Path, settings: Any) -> Any:
    settings.GLOCAL_HOME = tmp_path
    return make_shop()


@contextmanager
def threads() -> Iterator[ThreadPoolExecutor]:
    with ThreadPoolExecutor(1) as pool:
        yield pool


def choose(chosen: str, count: int, *, region: str = "FR", at: datetime = NOW - 40 * DAY, **more: str) -> None:
    about = {"product_slug": "peg", "parameter": "shape", "offered": SHAPES, "kind": "ordered"}
    Choice.objects.bulk_create(Choice(**about, chosen=chosen, region=region, at=at, **more) for _ in range(count))


def round_share(region: str = "FR") -> float:
    model = learnt_model()
    assert model is not None
    return next(p.share.value for p in model.preferences(region, "peg", "shape") if p.option == "Round")


def test_a_night_learns_once_and_the_day_adds_to_it(shop: Any) -> None:
    assert not learn_if_due(shop, NOW, every=DAY, shift=threads)
    choose("Square", 12)
    choose("Round", 12, region="DE")
    assert learn_if_due(shop, NOW, every=DAY, shift=threads)
    learnt = round_share()
    assert not learn_if_due(shop, NOW + timedelta(hours=5), every=DAY, shift=threads)
    choose("Round", 6, at=NOW + timedelta(hours=6))
    assert round_share() > learnt, "a choice of the day counts at once"
    assert LearntPreferences.objects.get().learnt_at == NOW
    assert learn_if_due(shop, NOW + DAY, every=DAY, shift=threads)


def test_one_voice_says_three_things_a_week_by_day_and_by_night(shop: Any) -> None:
    for week in range(12):
        choose("Square", 2, at=NOW - (week + 1) * 7 * DAY)
        choose("Round", 2, region="DE", at=NOW - (week + 1) * 7 * DAY)
    assert learn_if_due(shop, NOW, every=DAY, shift=threads)
    voice = voice_of("a bot", "peg", "ordered", NOW)
    choose("Round", 3, at=NOW + timedelta(hours=1))
    three = round_share()
    Choice.objects.filter(at__gt=NOW).delete()
    choose("Round", 40, at=NOW + timedelta(hours=1), voice=voice)
    assert round_share() == pytest.approx(three, abs=0.005)
    assert learn_if_due(shop, NOW + DAY, every=DAY, shift=threads)
    model = learnt_model()
    assert model is not None
    assert "one source spoke more than 3 times a week" in model.questions["peg", "shape"].notes[0]
    assert round_share() < three + 0.05


def test_whose_voice_it_was_nobody_can_tell_when_the_week_is_over(shop: Any) -> None:
    said = {
        voice_of(*about, NOW)
        for about in (("v1", "peg", "ordered"), ("v1", "sign", "ordered"), ("v1", "peg", "wished"))
    }
    assert len(said) == 3
    assert voice_of("v1", "peg", "ordered", NOW + DAY) in said
    assert voice_of("v1", "peg", "ordered", NOW + 7 * DAY) not in said
    assert [kept.week for kept in VoiceSalt.objects.all()] == ["2026-W26"]
    forget_salts(NOW + 14 * DAY)
    assert not VoiceSalt.objects.exists()


def test_a_worker_that_died_in_the_night_is_replaced_two_hours_later(shop: Any) -> None:
    choose("Square", 3)
    LearntPreferences.objects.create(shop=shop, claimed_at=NOW)
    assert not learn_if_due(shop, NOW + timedelta(hours=1), every=DAY, shift=threads)
    assert learn_if_due(shop, NOW + timedelta(hours=3), every=DAY, shift=threads)


def sums(log: Log) -> list[dict[str, Any]]:
    return [record for _, record in log.records()]


def test_sums_go_out_by_month_and_never_of_few(shop: Any, tmp_path: Path) -> None:
    choose("Round", 15)
    choose("Square", 6)
    choose("Square", 19, region="DE")
    choose("Square", 50, region="the valley")
    choose("Square", 50, at=NOW)
    assert publish_sums(shop, NOW) == 0, "without consent nothing is published"
    set_terms(shop, explores=False, pools_statistics=True)
    assert publish_sums(shop, NOW) == 1
    assert publish_sums(shop, NOW) == 0
    (record,) = sums(Log.open(tmp_path / "commons"))
    assert (record["region"], record["month"], record["sums"]) == ("FR", "2026-05", {"Round": 15.0, "Square": 6.0})


def test_sums_of_a_followed_shop_are_heard_and_capped(shop: Any, tmp_path: Path) -> None:
    from glocal.commons.keys import create_keys
    from glocal.commons.records import demand_record

    other = Log.create(tmp_path / "other", "other.example", create_keys(tmp_path / "other-keys"))
    about = {"product": "peg", "parameter": "shape", "region": "FR", "offered": SHAPES}
    told = demand_record(id=other.record_id("a"), sums={"Round": 30, "Square": 10}, **about)
    lie = demand_record(id=other.record_id("b"), sums={"Round": 1e7}, **{**about, "region": "DE"})
    other.append_many([told, lie], month="2026-04")
    copy = PeerCopy.create(tmp_path / "commons" / "peers", Following(other.root_vkey, ()))
    sync(copy, [Source("usb", DirectoryReader(other.public))])
    choose("Square", 20)
    assert received_sums(shop).choices == 0, "without consent nothing is taken"
    before = round_share()
    set_terms(shop, explores=False, pools_statistics=True)
    received = received_sums(shop)
    by_region = {r: sum(e.weight for e in received.events if e.region == r) for r in ("FR", "DE")}
    assert (by_region, received.shops) == (pytest.approx({"FR": 40.0, "DE": MOST_PER_SHOP}), 1)
    assert learn_if_due(shop, NOW, every=DAY, shift=threads)
    assert round_share() > before
    assert LearntPreferences.objects.get().shops == 1


def test_a_night_learns_how_alike_prints_are_and_questions_ask_with_it(shop: Any, monkeypatch: Any) -> None:
    shape = Shape(relevance=(1.0,) * len(NAMES))
    monkeypatch.setattr("glocal.commons.shapes.fair_shape", lambda _: shape)
    assert not learn_shapes_if_due(NOW, every=DAY, shift=threads), "nothing is known yet"
    log = shop_log(shop)
    records = [{k: v for k, v in known.record.items() if k not in {"epoch", "month"}} for known in prints(12)]
    log.append_many(records, month="2026-05")
    context = Context("MK3S", "PETG")
    assert ask_network("", context, machine=None, material=None).basis.learnt_from == 0
    assert learn_shapes_if_due(NOW, every=DAY, shift=threads)
    assert ask_network("", context, machine=None, material=None).basis.learnt_from == 120
    learnt_at = datetime.fromtimestamp((log_directory() / FILE).stat().st_mtime, UTC)
    assert not learn_shapes_if_due(learnt_at + timedelta(hours=5), every=DAY, shift=threads)
    assert learn_shapes_if_due(learnt_at + DAY + timedelta(seconds=1), every=DAY, shift=threads)
    with exclusive_lock(log_directory() / "shapes.lock", wait_s=0):
        assert not learn_shapes_if_due(learnt_at + 3 * DAY, every=DAY, shift=threads), "another worker does it"
