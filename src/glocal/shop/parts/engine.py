"""The one design engine of this process for what is quick, and one for what takes its time, beside it."""

from __future__ import annotations

import atexit
import threading
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from glocal.design.model import Renderer

QUICK_WITHIN_S = 8.0
"""What takes longer would keep everybody else waiting at the one warm engine."""
BUILD_WITHIN_S = 180.0
"""What takes longer is told to be too much."""

_lock = threading.Lock()
_engine: Renderer | None = None
_replaced: Renderer | None = None


def engine() -> Renderer:
    """Return the warm design engine, which gives up after :data:`QUICK_WITHIN_S`."""
    global _engine  # noqa: PLW0603 - one warm engine per process is the point
    with _lock:
        if _engine is None:
            from glocal.design.openscad import OpenScadPool

            pool = OpenScadPool(timeout_s=QUICK_WITHIN_S)
            atexit.register(pool.close)
            _engine = pool
        return _engine


def stop_engine() -> None:
    """End what the warm engine runs now; whoever waits for it is told that the engine stopped."""
    from glocal.design.openscad import OpenScadPool

    if isinstance(_engine, OpenScadPool):
        _engine.stop()


def patient_engine(on_start: Callable[[Callable[[], None]], None]) -> AbstractContextManager[Renderer]:
    """Open an engine for one part that may take :data:`BUILD_WITHIN_S`.

    Parameters
    ----------
    on_start : callable
        Is given what ends the build before its time.
    """
    if _replaced is not None:
        return nullcontext(_replaced)
    from glocal.design.openscad import OpenScadPool

    pool = OpenScadPool(timeout_s=BUILD_WITHIN_S)
    on_start(pool.stop)
    return pool


@contextmanager
def engine_replaced(renderer: Renderer, *, patient: Renderer | None = None) -> Iterator[None]:
    """Build parts with another renderer for a while, and those that take their time with ``patient``."""
    global _engine, _replaced
    before, _engine, _replaced = (_engine, _replaced), renderer, patient or renderer
    try:
        yield
    finally:
        _engine, _replaced = before
