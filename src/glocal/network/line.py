"""When a machine has done what waits for it: plates one after the other, each begun when somebody is there."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from glocal.network.hours import OpeningHours


@dataclass(frozen=True, slots=True)
class Ahead:
    """What goes before a new job on one machine.

    Parameters
    ----------
    running_s : float
        Left of the print that has begun, s.
    waiting_s : tuple of float
        Print time of each plate that still has to be begun, s; those of orders that have no job yet are among them.
    """

    running_s: float = 0.0
    waiting_s: tuple[float, ...] = ()


def free_at(begin: datetime, ahead: Ahead, *, setup_s: float, hours: OpeningHours | None) -> datetime:
    """Return when a machine can begin the plate after all that is ahead of it.

    Parameters
    ----------
    begin : datetime
        Aware: when the machine can go on with the line.
    setup_s : float
        What a person does at each plate before it prints, s.
    hours : OpeningHours or None
        When somebody is there to begin a plate; None when the machine changes plates by itself, or for always. Where
        nobody is ever there, the line does not move on.
    """
    moment = begin + timedelta(seconds=ahead.running_s)
    if hours is None or hours.never_closed:
        return moment + timedelta(seconds=sum(ahead.waiting_s) + setup_s * len(ahead.waiting_s))
    for print_s in ahead.waiting_s:
        opens = hours.next_open(moment)
        if opens is None:
            break
        moment = opens + timedelta(seconds=setup_s + print_s)
    return moment


def left_s(estimate_s: float, told_s: float | None, progress: float | None) -> float:
    """Return how long a print that has begun still takes, s.

    What a printer tells after its first moves jumps by hours, and each customer meanwhile would be promised another
    day. So it counts as far as the print has come, and the estimate for the rest.

    Parameters
    ----------
    estimate_s : float
        Of the whole print.
    told_s : float or None
        What its printer says is left.
    progress : float or None
        How far it has come, 0 to 1.
    """
    share = min(1.0, max(0.0, progress or 0.0))
    expected_s = estimate_s * (1.0 - share)
    return expected_s if told_s is None else share * told_s + (1.0 - share) * expected_s


def plates_s(piece_s: float, pieces: int, plates: int) -> list[float]:
    """Return the print time of each of ``plates`` plates that share ``pieces`` pieces evenly, s."""
    return [piece_s * pieces / plates] * plates
