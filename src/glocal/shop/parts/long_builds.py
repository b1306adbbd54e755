"""Builds that take longer than anybody waits for one answer: one at a time, for as long as somebody asks for them.

Whoever asks for another shape meanwhile asks no more for the one before.
"""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field

from glocal.errors import CannotBeMade, GlocalError
from glocal.shop.errors import StillBuilding
from glocal.shop.parts.engine import BUILD_WITHIN_S

GIVEN_UP_AFTER_S = 10.0
"""A page asks every few seconds; after this long nobody looks at it any more."""
KEPT_S = 600.0
"""For so long it is remembered why a build failed, so that the same question does not build in vain again."""
LOOK_S = 1.0
"""How long one question waits for an end that is near."""

log = logging.getLogger(__name__)
Stop = Callable[[], None]


@dataclass(slots=True)
class _Build:
    make: Callable[[Callable[[Stop], None]], object]
    asked_at: float
    began_at: float | None = None
    stop: Stop | None = None
    visits: set[str] = field(default_factory=set)
    error: GlocalError | None = None
    ended: threading.Event = field(default_factory=threading.Event)

    def is_wanted(self, now: float) -> bool:
        return bool(self.visits) and now - self.asked_at <= GIVEN_UP_AFTER_S


class LongBuilds:
    """What is being built, or waits for its turn; in this process alone, since all that is finished is kept by hash.

    Parameters
    ----------
    now : callable
        A clock, in seconds.
    """

    def __init__(self, *, now: Callable[[], float] = time.monotonic, look_s: float = LOOK_S) -> None:
        self._now, self._look_s = now, look_s
        self._lock = threading.Lock()
        self._builds: dict[str, _Build] = {}
        self._worker: threading.Thread | None = None

    def ask(self, key: str, make: Callable[[Callable[[Stop], None]], object], *, visit: str = "") -> None:
        """Return when ``key`` has been made; else say how far it is. Whoever asks no more gives it up.

        Parameters
        ----------
        make : callable
            Makes it, and keeps it; it is given a function to which it says how it can be ended before its time.
        visit : str
            Who asks: it wants ``key`` now and nothing that it wanted before. Empty for nobody in particular.

        Raises
        ------
        StillBuilding
            With the seconds since it began, the most that it may take, and how many go before.
        GlocalError
            With which it ended.
        """
        with self._lock:
            now = self._now()
            self._forget(now)
            build = self._builds.setdefault(key, _Build(make, now))
            build.asked_at = now
            if visit:
                for other in self._builds.values():
                    other.visits.discard(visit)
            build.visits.add(visit)
            self._end_what_nobody_wants(now)
            if self._worker is None:
                self._worker = threading.Thread(target=self._work, name="long-builds", daemon=True)
                self._worker.start()
        build.ended.wait(self._look_s)
        with self._lock:
            if build.error is not None:
                if not isinstance(build.error, CannotBeMade):  # another time it may work
                    self._builds.pop(key, None)
                raise build.error
            if not build.ended.is_set():
                raise self._how_far(build)

    def _how_far(self, build: _Build) -> StillBuilding:
        waiting = [each for each in self._builds.values() if not each.ended.is_set()]
        began = build.began_at
        ahead = 0 if began is not None or build not in waiting else waiting.index(build)
        return StillBuilding(
            "This shape has many details, and building it takes long: {elapsed_s} of at most {limit_s} seconds so far."
            if ahead == 0
            else "This shape has many details, and building it takes long. Such shapes that come before it: {ahead}.",
            help="Stay on this page; or ask the shop about it, and the answer comes by mail.",
            elapsed_s=0 if began is None else round(self._now() - began),
            limit_s=round(BUILD_WITHIN_S),
            ahead=ahead,
        )

    def _forget(self, now: float) -> None:
        for key in [k for k, b in self._builds.items() if b.ended.is_set() and now - b.asked_at > KEPT_S]:
            del self._builds[key]

    def _end_what_nobody_wants(self, now: float) -> None:
        for key, build in list(self._builds.items()):
            if build.stop is not None and not build.ended.is_set() and not build.is_wanted(now):
                del self._builds[key]
                build.stop()

    def _next(self) -> tuple[str, _Build] | None:
        """Return what is asked for and not yet built; drop what nobody waits for any more."""
        with self._lock:
            now = self._now()
            for key, build in list(self._builds.items()):
                if build.ended.is_set():
                    continue
                if build.is_wanted(now):
                    build.began_at = now
                    return key, build
                del self._builds[key]
            self._worker = None
            return None

    def _work(self) -> None:
        from django.db import connection

        while found := self._next():
            key, build = found
            build.error = _error_of(build)
            connection.close()
            with self._lock:
                build.ended.set()
                if build.error is None and self._builds.get(key) is build:
                    del self._builds[key]


def _error_of(build: _Build) -> GlocalError | None:
    def can_be_stopped(stop: Stop) -> None:
        build.stop = stop

    try:
        build.make(can_be_stopped)
    except GlocalError as error:
        return error
    except Exception:
        log.exception("a build that takes its time broke down")
        return _broken()
    return None


def _broken() -> GlocalError:
    from glocal.design.errors import EngineFailed

    return EngineFailed("The part could not be kept.", help="Try again; the shop's owner finds the reason in its log.")
