"""The one design engine of this process: started when first needed, stopped at exit."""

from __future__ import annotations

import atexit
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from glocal.design.model import Renderer

_lock = threading.Lock()
_engine: Renderer | None = None


def engine() -> Renderer:
    """Return the warm design engine."""
    global _engine  # noqa: PLW0603 - one warm engine per process is the point
    with _lock:
        if _engine is None:
            from glocal.design.openscad import OpenScadPool

            pool = OpenScadPool()
            atexit.register(pool.close)
            _engine = pool
        return _engine


@contextmanager
def engine_replaced(renderer: Renderer) -> Iterator[None]:
    """Build parts with another renderer for a while."""
    global _engine  # noqa: PLW0603
    before, _engine = _engine, renderer
    try:
        yield
    finally:
        _engine = before
