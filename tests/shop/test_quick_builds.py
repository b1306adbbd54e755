"""Whose turn it is at the one warm engine."""

from __future__ import annotations

import threading

import pytest

from glocal.api.turns import Overtaken, Turns
from glocal.design.errors import EngineFailed
from glocal.shop.parts import quick_builds
from glocal.shop.parts.quick_builds import turn_at_engine
from tests.waiting import PATIENCE_S


def test_what_was_overtaken_while_it_waited_is_never_built() -> None:
    turns = Turns()
    older = turns.newest("me")
    turns.newest("me")
    with pytest.raises(Overtaken), turn_at_engine(older):
        pytest.fail("it was built for nobody")


def test_a_run_that_was_overtaken_is_ended_and_a_failure_of_its_own_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    turns, stopped = Turns(), threading.Event()
    monkeypatch.setattr(quick_builds, "stop_engine", stopped.set)
    monkeypatch.setattr(quick_builds, "LOOK_EVERY_S", 0.001)

    def run_until_stopped() -> None:
        with turn_at_engine(turns.newest("me"), stop_after_s=0.001):
            turns.newest("me")
            assert stopped.wait(PATIENCE_S)
            raise EngineFailed("The design engine stopped.")

    with pytest.raises(Overtaken):
        run_until_stopped()
    with pytest.raises(EngineFailed), turn_at_engine(turns.newest("me")):
        raise EngineFailed("The design engine stopped.")
