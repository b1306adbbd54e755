"""When a maker is there: opening hours of a week in the maker's own time zone.

A printer runs on through the night, but a person starts it and takes the part off; so hours bound when a plate may
start and when a part may be handed over, not how long it prints.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

DAYS = ("Mo", "Tu", "We", "Th", "Fr", "Sa", "Su")
MINUTES_PER_DAY = 24 * 60
LONGEST_CLOSURE_DAYS = 400

Interval = tuple[int, int]

_RULE = re.compile(r"^(?P<days>[A-Za-z,\- ]+?)\s+(?P<times>off|[\d:,\- ]+)$")
_SPAN = re.compile(r"^(\d{1,2}):(\d{2})-(\d{1,2}):(\d{2})$")


@dataclass(frozen=True, slots=True)
class OpeningHours:
    """A maker's week.

    Parameters
    ----------
    timezone : str
        IANA name, for example ``"Europe/Berlin"``.
    week : tuple of 7 tuples of (int, int)
        Monday first; each day's intervals in minutes after local midnight, 0 to 1440, in order and apart.
    holidays : tuple of date
        Local days on which the maker is away.
    """

    timezone: str
    week: tuple[tuple[Interval, ...], ...]
    holidays: tuple[date, ...] = ()

    def __post_init__(self) -> None:
        if len(self.week) != len(DAYS):
            raise ValueError(f"a week has {len(DAYS)} days, these hours have {len(self.week)}")
        for name, day in zip(DAYS, self.week, strict=True):
            last = 0
            for begin, end in day:
                if not last <= begin < end <= MINUTES_PER_DAY:
                    raise ValueError(f"{name} {begin} to {end} min is not after the one before or not within a day")
                last = end
        try:
            ZoneInfo(self.timezone)
        except (ZoneInfoNotFoundError, ValueError, OSError) as unknown:
            raise ValueError(f"time zone {self.timezone!r} is not known") from unknown

    @classmethod
    def always(cls, timezone: str = "UTC") -> OpeningHours:
        """Return hours of somebody who is always there."""
        return cls(timezone, (((0, MINUTES_PER_DAY),),) * 7)

    @classmethod
    def from_text(cls, text: str, timezone: str, holidays: tuple[date, ...] = ()) -> OpeningHours:
        """Read the common part of OpenStreetMap's ``opening_hours``: ``"Mo-Fr 09:00-18:00; Sa off"`` or ``"24/7"``.

        Later rules replace earlier ones for the days they name, as in OpenStreetMap.
        """
        if text.strip() == "24/7":
            return cls(timezone, cls.always().week, holidays)
        week: list[tuple[Interval, ...]] = [()] * 7
        for rule in filter(None, (part.strip() for part in text.split(";"))):
            found = _RULE.match(rule)
            if not found:
                raise ValueError(f"opening hours {rule!r} cannot be read, expected for example 'Mo-Fr 09:00-18:00'")
            times = () if found["times"] == "off" else tuple(sorted(_span(t) for t in found["times"].split(",")))
            for day in _days(found["days"]):
                week[day] = times
        return cls(timezone, tuple(week), holidays)

    def as_text(self) -> str:
        """Return the week in OpenStreetMap's ``opening_hours``; ``from_text`` reads it back."""
        if self.week == OpeningHours.always().week:
            return "24/7"
        rules = [
            f"{name} " + ",".join(f"{b // 60:02}:{b % 60:02}-{e // 60:02}:{e % 60:02}" for b, e in day)
            for name, day in zip(DAYS, self.week, strict=True)
            if day
        ]
        return "; ".join(rules)

    @property
    def never_closed(self) -> bool:
        """Whether the maker is there at every minute of the week."""
        return not self.holidays and all(day == ((0, MINUTES_PER_DAY),) for day in self.week)

    def next_open(self, at: datetime) -> datetime | None:
        """Return the first moment from ``at`` on when the maker is there, or None if that is never.

        Parameters
        ----------
        at : datetime
            Aware.

        Returns
        -------
        datetime or None
            In UTC.
        """
        if self.never_closed:
            return at
        local = at.astimezone(ZoneInfo(self.timezone))
        minute = local.hour * 60 + local.minute + (local.second + local.microsecond / 1e6) / 60
        for ahead in range(LONGEST_CLOSURE_DAYS):
            day = local.date() + timedelta(days=ahead)
            if day not in self.holidays:
                for begin, end in self.week[day.weekday()]:
                    if minute < begin:
                        return max(self._moment(day, begin), at.astimezone(UTC))  # an hour may come twice
                    if minute < end:
                        return at.astimezone(UTC)
            minute = -1.0
        return None

    def spans_h(self, now: datetime, ahead_h: float) -> tuple[tuple[float, float], ...]:
        """Return when the maker is there within the next ``ahead_h``, hours from ``now``; empty for always."""
        if self.never_closed:
            return ()
        first = now.astimezone(ZoneInfo(self.timezone)).date()
        spans: list[tuple[float, float]] = []
        for day in range(int(ahead_h / 24) + 2):
            local = first + timedelta(days=day)
            for minutes in self.week[local.weekday()] if local not in self.holidays else ():
                begin, end = ((self._moment(local, minute) - now).total_seconds() / 3600 for minute in minutes)
                if max(begin, 0.0) >= min(end, ahead_h):
                    continue  # over, too far ahead, or skipped by summer time
                begin, end = max(begin, 0.0), min(end, ahead_h)
                if spans and begin <= spans[-1][1]:
                    begin = spans.pop()[0]
                spans.append((begin, end))
        return tuple(spans)

    def _moment(self, day: date, minute: int) -> datetime:
        days, rest = divmod(minute, MINUTES_PER_DAY)
        day += timedelta(days=days)
        wall = datetime(day.year, day.month, day.day, rest // 60, rest % 60, tzinfo=ZoneInfo(self.timezone))
        return wall.astimezone(UTC)


def _days(text: str) -> list[int]:
    days: list[int] = []
    for part in text.split(","):
        ends = [name.strip()[:2].title() for name in part.split("-")]
        if not all(name in DAYS for name in ends) or len(ends) > 2:
            raise ValueError(f"days {part.strip()!r} cannot be read, expected for example 'Mo-Fr' or 'Sa'")
        first, last = DAYS.index(ends[0]), DAYS.index(ends[-1])
        days += [(first + step) % 7 for step in range((last - first) % 7 + 1)]
    return days


def _span(text: str) -> Interval:
    found = _SPAN.match(text.strip())
    if not found:
        raise ValueError(f"time {text.strip()!r} cannot be read, expected for example '09:00-18:00'")
    a, b, c, d = (int(group) for group in found.groups())
    return a * 60 + b, c * 60 + d
