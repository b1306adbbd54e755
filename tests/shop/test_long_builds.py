"""A shape that takes long to build is built beside the quick ones, and whoever asks is told how far it is."""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import Any

import pytest

from glocal.design.errors import DesignLoops
from glocal.shop.errors import StillBuilding
from glocal.shop.parts import actions
from glocal.shop.parts.engine import engine_replaced
from glocal.shop.parts.long_builds import GIVEN_UP_AFTER_S, KEPT_S, LongBuilds
from tests.shop.conftest import BoxRenderer
from tests.waiting import PATIENCE_S


class Clock:
    now = 100.0

    def __call__(self) -> float:
        return self.now


class Work:
    """Something that is made until it is let go, or stopped."""

    def __init__(self, error: Exception | None = None) -> None:
        self.began, self.over, self.error, self.times, self.stopped = threading.Event(), threading.Event(), error, 0, 0

    def __call__(self, can_be_stopped: Callable[[Callable[[], None]], None]) -> None:
        self.times += 1
        can_be_stopped(self.stop)
        self.began.set()
        assert self.over.wait(PATIENCE_S)
        if self.error:
            raise self.error

    def stop(self) -> None:
        self.stopped += 1
        self.over.set()


@pytest.fixture(autouse=True)
def without_a_database(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("django.db.connection.close", lambda: None)


def far(builds: LongBuilds, key: str, work: Work, visit: str = "") -> dict[str, Any]:
    with pytest.raises(StillBuilding) as told:
        builds.ask(key, work, visit=visit)
    return dict(told.value.data)


def test_whoever_asks_is_told_how_far_it_is_until_it_is_made() -> None:
    clock = Clock()
    builds, work, next_one = LongBuilds(now=clock, look_s=0.01), Work(), Work()
    far(builds, "a", work)
    assert work.began.wait(PATIENCE_S)
    clock.now += 7
    assert far(builds, "a", work)["elapsed_s"] == 7
    assert far(builds, "b", next_one)["ahead"] == 1, "one at a time"
    work.over.set()
    assert next_one.began.wait(PATIENCE_S)
    next_one.over.set()
    assert (work.times, next_one.times) == (1, 1)


def test_what_nobody_asks_for_any_more_is_ended_for_what_somebody_does() -> None:
    clock = Clock()
    builds, left, wanted = LongBuilds(now=clock, look_s=0.01), Work(), Work()
    far(builds, "left", left)
    assert left.began.wait(PATIENCE_S)
    clock.now += GIVEN_UP_AFTER_S + 1
    far(builds, "wanted", wanted)
    assert left.stopped == 1
    assert wanted.began.wait(PATIENCE_S)
    wanted.over.set()


def test_a_changed_value_ends_the_build_before_it_at_once_unless_others_want_it() -> None:
    clock = Clock()
    builds, old, new, shared = LongBuilds(now=clock, look_s=0.01), Work(), Work(), Work()
    far(builds, "old", old, "me")
    assert old.began.wait(PATIENCE_S)
    far(builds, "new", new, "me")
    assert old.stopped == 1
    assert new.began.wait(PATIENCE_S)
    far(builds, "new", new, "somebody else")
    far(builds, "shared", shared, "me")
    assert new.stopped == 0
    new.over.set()
    assert shared.began.wait(PATIENCE_S)
    shared.over.set()


def test_why_it_failed_is_remembered_for_a_while() -> None:
    clock = Clock()
    builds, work = LongBuilds(now=clock, look_s=PATIENCE_S), Work(DesignLoops("It takes too long."))
    work.over.set()
    for _ in range(2):
        with pytest.raises(DesignLoops):
            builds.ask("a", work)
    assert work.times == 1
    clock.now += KEPT_S + 1
    with pytest.raises(DesignLoops):
        builds.ask("a", work)
    assert work.times == 2


class Impatient:
    def __init__(self, cpu_s: float = 7.9) -> None:
        self.cpu_s, self.times = cpu_s, 0

    def render(self, *_: Any, **__: Any) -> Any:
        self.times += 1
        raise DesignLoops("The design did not finish within {timeout_s} seconds.", timeout_s=8, cpu_s=self.cpu_s)


@pytest.mark.parametrize(("cpu_s", "tries"), [(7.9, 1), (0.9, 2)])
def test_a_design_that_had_no_time_on_a_busy_machine_is_not_taken_for_a_slow_one(
    shop: Any, monkeypatch: pytest.MonkeyPatch, cpu_s: float, tries: int
) -> None:
    monkeypatch.setattr(actions, "_slow_designs", set())
    at_once = Impatient(cpu_s)
    with engine_replaced(at_once, patient=BoxRenderer()):
        for side in (11.0, 12.0):
            assert shop.quote(side=side).part is not None
    assert at_once.times == tries


def test_a_customer_comes_back_and_a_shop_waits(shop: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[str] = []

    class Later:
        def ask(self, key: str, make: Callable[..., Any], *, visit: str = "") -> None:
            asked.append(key)
            if len(asked) == 1:
                raise StillBuilding("Not yet.", elapsed_s=1, limit_s=9, ahead=0)
            make(lambda _: None)

    monkeypatch.setattr(actions, "_long_builds", Later())
    monkeypatch.setattr(actions, "_slow_designs", set())
    quotes = type(shop.product).objects.get().quotes
    with engine_replaced(Impatient(), patient=BoxRenderer()):
        first = shop.quote(side=11.0, may_slice=False)
        assert (first.refusal["code"], quotes.count()) == ("still_building", 0)
        assert shop.quote(side=11.0, may_slice=False).part is not None
        assert shop.quote(side=12.0).part is not None, "who waits is answered at once"
        assert len(asked) == 2


def test_the_interface_says_how_far_it_is(shop: Any, client: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    far = StillBuilding("{elapsed_s} of {limit_s}.", elapsed_s=3, limit_s=9, ahead=0)

    def not_yet(*_: Any, **__: Any) -> None:
        raise far

    monkeypatch.setattr("glocal.shop.quotes.actions.built_part", not_yet)
    asked = {"product": "peg", "values": {}, "material": "petg", "wait": False}
    answer = client.post("/api/quotes", asked, content_type="application/json").json()
    assert answer["building"] == {"elapsed_s": 3, "limit_s": 9, "ahead": 0}
    assert answer["refusal"]["message"] == "3 of 9."
