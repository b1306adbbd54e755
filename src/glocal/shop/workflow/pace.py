"""How patient the durable path is."""

from __future__ import annotations

from dataclasses import dataclass, fields
from datetime import timedelta
from typing import Any


@dataclass(frozen=True, slots=True)
class Pace:
    """Times in seconds; each may be set by ``GLOCAL_PACE``, a JSON object.

    Parameters
    ----------
    poll_s : float
        Between two looks at a printer that works on a job.
    idle_poll_s : float
        Between two looks at a printer without a job.
    queue_poll_s : float
        Between two looks of a worker for new work.
    wait_s, longest_wait_s : float
        First and longest wait before a printer that was away, busy or not cleared is asked again.
    retry_s, longest_retry_s : float
        First and longest wait before an order whose slicer or file failed is tried again.
    vanish_s : float
        How long a started job may be invisible at its printer before nobody knows what became of it.
    silent_s : float
        How long a printer may not answer before the order's timeline says so.
    stall_s : float
        How long a print may show no progress before the maker is asked. A silent printer still says "printing".
    lease_s : float
        How long a worker may watch a printer without renewing.
    beat_s, dead_s : float
        Between two heartbeats of a worker, and after which silence others take up its work.
    dark_s : float
        How long a maker may not answer a question about their plates before others get the work.
    sweep_s : float
        Between two looks for orders and jobs that nothing carries any more.
    learn_s : float
        Between two refits of what the region wants.
    sync_s : float
        Between two looks into the log of a shop that is followed.
    share_within_s : float
        Within which time after a print its outcome is shared; from a day up, at a midnight that nobody can foretell.
    shelf_s : float
        How long the shop is open before what stands on its shelf is priced: whoever comes at once comes first.
    """

    poll_s: float = 2.0
    idle_poll_s: float = 15.0
    queue_poll_s: float = 0.5
    wait_s: float = 5.0
    longest_wait_s: float = 300.0
    retry_s: float = 30.0
    longest_retry_s: float = 3600.0
    vanish_s: float = 20.0
    silent_s: float = 120.0
    stall_s: float = 1200.0
    lease_s: float = 15.0
    beat_s: float = 2.0
    sweep_s: float = 60.0
    dead_s: float = 20.0
    dark_s: float = 172_800.0
    learn_s: float = 86_400.0
    sync_s: float = 3600.0
    share_within_s: float = 604_800.0
    shelf_s: float = 1.0

    def __post_init__(self) -> None:
        for field in fields(self):
            if not getattr(self, field.name) > 0:
                raise ValueError(f"{field.name} is {getattr(self, field.name)}, expected more than 0")
        if self.dead_s <= 2 * self.beat_s:
            raise ValueError(f"dead_s is {self.dead_s}, expected more than twice beat_s ({self.beat_s})")

    def wait(self, tries: int) -> float:
        """Return how long to wait for a printer after so many tries, s."""
        return min(self.longest_wait_s, self.wait_s * 2.0 ** min(tries, 20))

    def retry(self, tries: int) -> timedelta:
        """Return how long to wait with an order after so many failures."""
        return timedelta(seconds=min(self.longest_retry_s, self.retry_s * 2.0 ** min(tries, 20)))


def pace() -> Pace:
    """Return this installation's pace."""
    from django.conf import settings

    chosen: dict[str, Any] = settings.PACE
    return Pace(**chosen)
