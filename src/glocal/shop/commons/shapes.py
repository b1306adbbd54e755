"""What a night learns of how alike prints are, from all that the network knows; pages and quotes ask with it."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import Executor
from contextlib import AbstractContextManager
from datetime import datetime, timedelta

from glocal.commons.errors import LogBusy
from glocal.shop.commons.actions import log_directory
from glocal.shop.commons.know_how import everything_known


def learn_shapes_if_due(
    now: datetime, *, every: timedelta, shift: Callable[[], AbstractContextManager[Executor]]
) -> bool:
    """Learn anew when the last time is long enough ago and no other worker does it; say whether it was done here.

    Too few prints teach nothing: the shape that is shipped stays.
    """
    from glocal.commons.files import exclusive_lock
    from glocal.commons.shapes import FEWEST_LEARNT, FILE, keep_shapes, learn_shapes, load_shapes
    from glocal.commons.trials import trials_of

    path = log_directory() / FILE
    if path.exists() and now.timestamp() - path.stat().st_mtime < every.total_seconds():
        return False
    trials = trials_of(everything_known())
    if len(trials) < FEWEST_LEARNT:
        return False
    try:
        with exclusive_lock(path.with_suffix(".lock"), wait_s=0.0), shift() as executor:
            keep_shapes(path, executor.submit(learn_shapes, trials, load_shapes(path)).result())
    except LogBusy:
        return False
    return True
