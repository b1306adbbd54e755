"""Keep what stands on the shelf built and priced, while the shop is open, in processes that end when it is done."""

from __future__ import annotations

import logging
import subprocess
import sys
import threading
import time
import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime

from django.db import close_old_connections, connection
from django.db.models import Exists, OuterRef
from django.utils import timezone

from glocal.shop.products.models import Product
from glocal.shop.products.shelf import FRESH_FOR
from glocal.shop.quotes.models import QuoteRecord

LOOK_EVERY_S = 60.0
AGAIN_AFTER_S = 3600.0  # what could not be priced is tried again then, not at every look
STOP_WITHIN_S = 0.5
log = logging.getLogger(__name__)


def bare_products(now: datetime) -> frozenset[uuid.UUID]:
    """Return the products on the shelf of which nobody was told a price within a day: put there, or grown stale."""
    fresh = QuoteRecord.objects.filter(
        product=OuterRef("pk"), quantity=1, delivery=False, quote__isnull=False, created_at__gt=now - FRESH_FOR
    )
    on_shelf = Product.objects.filter(is_live=True, is_listed=True)
    return frozenset(on_shelf.exclude(Exists(fresh)).values_list("id", flat=True))


def price_in_a_process(stop: threading.Event) -> None:
    """Price the shelf in a process of its own; end it when the shop closes."""
    pricing = subprocess.Popen([sys.executable, "-m", "glocal.shop.shelf_main"], stdin=subprocess.DEVNULL)
    while pricing.poll() is None:
        if stop.wait(STOP_WITHIN_S):
            pricing.terminate()
            pricing.wait()


def keep_shelf(
    stop: threading.Event,
    *,
    first_s: float,
    every_s: float = LOOK_EVERY_S,
    price: Callable[[threading.Event], None] = price_in_a_process,
) -> None:
    """Price the shelf after ``first_s`` seconds, and again whenever something on it has no price, until ``stop``."""
    tried: frozenset[uuid.UUID] | None = None
    tried_at, wait_s = 0.0, first_s
    while not stop.wait(wait_s):
        wait_s = every_s
        close_old_connections()
        try:
            bare = bare_products(timezone.now())
        except Exception:  # a database that is away comes back
            log.exception("what stands on the shelf could not be looked at")
            continue
        if tried is None or (bare and (bare != tried or time.monotonic() - tried_at > AGAIN_AFTER_S)):
            tried, tried_at = bare, time.monotonic()
            price(stop)
    connection.close()


@contextmanager
def shelf_being_kept(first_s: float) -> Iterator[None]:
    """Keep the shelf in a thread while the shop is open."""
    stop = threading.Event()
    thread = threading.Thread(target=keep_shelf, args=(stop,), kwargs={"first_s": first_s}, name="shelf", daemon=True)
    thread.start()
    try:
        yield
    finally:
        stop.set()
        thread.join()
