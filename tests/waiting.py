"""How tests wait: for a state, never for a time."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import TypeVar

PATIENCE_S = 300.0
"""How long a state is waited for: so long that only one that never comes is missed, on however slow a machine."""

Seen = TypeVar("Seen")


def wait_for(look: Callable[[], Seen], reached: Callable[[Seen], object] = bool, *, every_s: float = 0.05) -> Seen:
    """Look again and again until what is seen is as wanted, and return it."""
    ends = time.monotonic() + PATIENCE_S
    while not reached(seen := look()):
        assert time.monotonic() < ends, f"this did not come within {PATIENCE_S:g} s; last seen: {seen}"
        time.sleep(every_s)
    return seen
