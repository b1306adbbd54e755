"""What happens once a day: all questions are learnt anew, and sums that others may have go into the shop's log."""

from __future__ import annotations

import importlib
import logging
import multiprocessing
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import Executor, ProcessPoolExecutor
from contextlib import AbstractContextManager, contextmanager
from datetime import datetime, timedelta

from django.conf import settings
from django.db import close_old_connections
from django.db.models import Q
from django.utils import timezone

from glocal.errors import GlocalError
from glocal.shop.commons.shapes import learn_shapes_if_due
from glocal.shop.demand.learnt import keep_model
from glocal.shop.demand.models import Choice, LearntPreferences
from glocal.shop.demand.pooling import publish_sums, received_sums
from glocal.shop.demand.queries import choice_events
from glocal.shop.demand.voices import forget_salts
from glocal.shop.shops.models import Shop
from glocal.shop.workflow.pace import Pace

PROCESSES = 2
LOOK_S = 600.0  # between two looks whether it is time
LONGEST_H = 2  # a worker that has claimed the night and is not done by then has died
log = logging.getLogger(__name__)


@contextmanager
def night_shift() -> Iterator[Executor]:
    """Yield where questions are learnt: on the cluster of ``GLOCAL_CLUSTER``, else in processes of this machine."""
    if settings.CLUSTER:
        distributed = importlib.import_module("distributed")  # untyped, and only wanted where there is a cluster
        with distributed.Client(settings.CLUSTER) as client:
            yield client.get_executor()
    else:  # spawned: a fork would copy the worker's threads' locks
        context = multiprocessing.get_context("spawn")
        with ProcessPoolExecutor(PROCESSES, mp_context=context) as pool:
            yield pool


Shift = Callable[[], AbstractContextManager[Executor]]


def learn_if_due(shop: Shop, now: datetime, *, every: timedelta, shift: Shift = night_shift) -> bool:
    """Learn anew when the last time is long enough ago and no other worker does it; say whether it was done here.

    A shop without choices has nothing to learn yet; where learning fails, what was learnt before stays.
    """
    from glocal.demand.errors import NoEvents
    from glocal.demand.nightly import refit

    newest = Choice.objects.order_by("-id").values_list("id", flat=True).first()
    if newest is None or not _claim(shop, now, every):
        return False
    received = received_sums(shop)
    with shift() as executor:
        try:
            model = refit([*choice_events(), *received.events], executor, now=now)
        except NoEvents:
            return False
    keep_model(model, last_choice=newest, now=now, shops=received.shops, their_choices=received.choices)
    try:
        publish_sums(shop, now)
    except GlocalError as failure:  # another device may hold the log; the sums go out the next night
        log.warning("the sums of choices were not published: %s", failure.message)
    return True


def _claim(shop: Shop, now: datetime, every: timedelta) -> bool:
    LearntPreferences.objects.get_or_create(shop=shop)
    due = Q(learnt_at=None) | Q(learnt_at__lte=now - every)
    free = Q(claimed_at=None) | Q(claimed_at__lte=now - min(every, timedelta(hours=LONGEST_H)))
    return bool(LearntPreferences.objects.filter(due & free, shop=shop).update(claimed_at=now))


def keep_learning(pace: Pace, stop: threading.Event) -> None:
    """Learn whenever it is due, until told to stop."""
    while not stop.wait(min(LOOK_S, pace.learn_s)):
        try:
            close_old_connections()
            every = timedelta(seconds=pace.learn_s)
            forget_salts(timezone.now())
            for shop in Shop.objects.all():
                learn_if_due(shop, timezone.now(), every=every)
            learn_shapes_if_due(timezone.now(), every=every, shift=night_shift)
        except Exception:
            log.exception("what the region wants, or how alike prints are, could not be learnt tonight")
