"""Tell a printer that works from one that has fallen silent.

A printer's server goes on saying "printing" when the printer no longer answers it. What then stands still is
everything else: progress, time, temperatures.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

from glocal.production.model import PrinterState, PrinterStatus

_MOVES_ON = frozenset({PrinterState.PRINTING, PrinterState.HEATING})
_TEMPERATURE_NOISE_C = 0.05


def stalled(seen: Sequence[tuple[float, PrinterStatus]], *, patience_s: float = 180.0) -> bool:
    """Say whether a printer has stalled.

    Parameters
    ----------
    seen : sequence of (time in s, status)
        Oldest first; any clock that only goes forward.
    patience_s : float
        How long nothing may change. Long single moves and a slow heater are normal: minutes, not seconds.

    Returns
    -------
    bool
        True when the printer claims to heat or print, and nothing that it reports has changed for ``patience_s``;
        also when it has been out of reach for that long.
    """
    if patience_s <= 0:
        raise ValueError(f"patience_s is {patience_s}, expected more than 0")
    if not seen:
        return False
    now, latest = seen[-1]
    if latest.state is PrinterState.UNREACHABLE:
        return _since(seen, lambda status: status.state is PrinterState.UNREACHABLE, now) >= patience_s
    if latest.state not in _MOVES_ON:
        return False
    return _since(seen, lambda status: _same(status, latest), now) >= patience_s


def _since(seen: Sequence[tuple[float, PrinterStatus]], holds: Callable[[PrinterStatus], bool], now: float) -> float:
    """Return for how long a condition has held without a break, in s."""
    first = now
    for time_s, status in reversed(seen):
        if not holds(status):
            break
        first = time_s
    return now - first


def _same(one: PrinterStatus, other: PrinterStatus) -> bool:
    return (
        one.state is other.state
        and one.job_name == other.job_name
        and one.progress == other.progress
        and _close(one.nozzle_c, other.nozzle_c)
        and _close(one.bed_c, other.bed_c)
    )


def _close(one: float | None, other: float | None) -> bool:
    if one is None or other is None:
        return one is other
    return abs(one - other) <= _TEMPERATURE_NOISE_C
