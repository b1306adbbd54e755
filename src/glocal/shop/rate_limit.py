"""A thin limit on what costs computing time: each address may ask so often, then waits a little."""

from __future__ import annotations

import threading
from collections import OrderedDict
from dataclasses import dataclass, field

from glocal.errors import BadInput


class TooMany(BadInput):
    """Too many requests from one address."""

    code = "too_many_requests"


@dataclass(slots=True)
class Buckets:
    """Token buckets by address.

    Parameters
    ----------
    size : int
        How many requests may come at once.
    per_s : float
        How many more each second.
    keep : int
        How many addresses are remembered; the longest silent one is forgotten first.
    """

    size: int = 40
    per_s: float = 4.0
    keep: int = 10_000
    _buckets: OrderedDict[str, tuple[float, float]] = field(default_factory=OrderedDict)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def take(self, address: str, now_s: float) -> None:
        """Count one request at the time ``now_s`` (monotonic).

        Raises
        ------
        TooMany
            With ``retry_after_s`` when the bucket is empty.
        """
        with self._lock:
            tokens, since = self._buckets.pop(address, (float(self.size), now_s))
            tokens = min(self.size, tokens + (now_s - since) * self.per_s)
            allowed = tokens >= 1
            self._buckets[address] = (tokens - 1 if allowed else tokens, now_s)
            if len(self._buckets) > self.keep:
                self._buckets.popitem(last=False)
        if not allowed:
            wait_s = max(1, round((1 - tokens) / self.per_s))
            raise TooMany("That was a lot at once.", help="Wait {retry_after_s} s.", retry_after_s=wait_s)
