"""Run a worker: in the process of the web pages, or in one of its own."""

from __future__ import annotations

import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager

from glocal.shop.commons.peers import keep_synced
from glocal.shop.demand.nightly import keep_learning
from glocal.shop.workers.life import beat, leave, register, slots_directory
from glocal.shop.workers.slot import Slot
from glocal.shop.workflow import engine
from glocal.shop.workflow.pace import pace
from glocal.shop.workflow.watcher import watch_printers


@contextmanager
def embedded_worker() -> Iterator[str]:
    """Carry orders in threads of this process while the context lasts; yields the worker's name.

    The database must be migrated before (:func:`glocal.shop.workflow.engine.migrate`).
    """
    times = pace()
    slot = Slot(slots_directory())
    stop = threading.Event()
    register(slot.name)
    threads = [
        threading.Thread(target=beat, args=(slot.name, times, stop), name="worker-heart", daemon=True),
        threading.Thread(target=watch_printers, args=(slot.name, times, stop), name="printer-watch", daemon=True),
        threading.Thread(target=keep_learning, args=(times, stop), name="nightly", daemon=True),
        threading.Thread(target=keep_synced, args=(times, stop), name="peers", daemon=True),
    ]
    try:
        engine.launch(slot.name, times)
        for thread in threads:
            thread.start()
        yield slot.name
    finally:
        stop.set()
        engine.shut_down()
        for thread in threads:
            if thread.is_alive():
                thread.join(timeout=5)
        leave(slot.name)
        slot.release()


def run_worker() -> None:
    """Carry orders until this process is asked to end (SIGTERM, SIGINT)."""
    ended = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: ended.set())
    with embedded_worker():
        ended.wait()
