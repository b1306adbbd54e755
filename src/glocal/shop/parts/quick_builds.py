"""Whose turn it is at the one warm engine: one at a time, and nobody who has moved on."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from glocal.errors import GlocalError
from glocal.shop.parts.engine import stop_engine

STOP_AFTER_S = 2.0
"""A younger run goes on for nobody: it may end sooner than a fresh engine starts."""
LOOK_EVERY_S = 0.2

_one = threading.Lock()


@contextmanager
def turn_at_engine(go_on: Callable[[], None], *, stop_after_s: float = STOP_AFTER_S) -> Iterator[None]:
    """Wait for the engine; end what runs there when ``go_on`` raises meanwhile, and raise that."""
    with _one:
        go_on()
        with ended_when_unwanted(go_on, stop_engine, stop_after_s=stop_after_s):
            yield


@contextmanager
def ended_when_unwanted(
    go_on: Callable[[], None], stop: Callable[[], None], *, stop_after_s: float = STOP_AFTER_S
) -> Iterator[None]:
    """Call ``stop`` when ``go_on`` raises while something is built, and raise that."""
    ended = threading.Event()
    arguments = (go_on, stop, ended, stop_after_s)
    watcher = threading.Thread(target=_watch, args=arguments, name="engine-watch", daemon=True)
    watcher.start()
    try:
        yield
    except GlocalError:
        go_on()
        raise
    finally:
        ended.set()
        watcher.join()


def _watch(go_on: Callable[[], None], stop: Callable[[], None], ended: threading.Event, wait_s: float) -> None:
    while not ended.wait(wait_s):
        wait_s = LOOK_EVERY_S
        try:
            go_on()
        except GlocalError:
            stop()
            return
