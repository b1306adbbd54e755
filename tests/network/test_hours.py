from __future__ import annotations

from datetime import UTC, date, datetime

import pytest

from glocal.network.hours import OpeningHours

BERLIN = OpeningHours.from_text("Mo-Fr 09:00-12:00,13:00-18:00; Sa 10:00-14:00", "Europe/Berlin", (date(2026, 3, 4),))


@pytest.mark.parametrize(
    ("at", "opens"),
    [
        ("2026-03-02T07:00", "2026-03-02T08:00"),  # Monday 8:00 in Berlin, opens at 9:00
        ("2026-03-02T08:30", "2026-03-02T08:30"),
        ("2026-03-02T11:30", "2026-03-02T12:00"),  # lunch
        ("2026-03-03T17:00", "2026-03-05T08:00"),  # Tuesday evening; Wednesday is a holiday
        ("2026-03-07T13:00", "2026-03-09T08:00"),  # Saturday 14:00 sharp is closed
        ("2026-03-28T13:00", "2026-03-30T07:00"),  # over the change to summer time
    ],
)
def test_next_open(at: str, opens: str) -> None:
    moment = datetime.fromisoformat(at).replace(tzinfo=UTC)
    assert BERLIN.next_open(moment) == datetime.fromisoformat(opens).replace(tzinfo=UTC)


def test_never_there() -> None:
    assert OpeningHours("UTC", ((),) * 7).next_open(datetime(2026, 3, 2, tzinfo=UTC)) is None


def test_text_comes_back() -> None:
    assert OpeningHours.from_text(BERLIN.as_text(), "Europe/Berlin", BERLIN.holidays) == BERLIN
    assert OpeningHours.from_text("24/7", "UTC").never_closed
    assert OpeningHours.from_text("Sa-Mo 10:00-24:00; Su off", "UTC").week[6] == ()


@pytest.mark.parametrize("text", ["", "whenever", "Mo-Xx 09:00-10:00", "Mo 9-10", "Mo 10:00-09:00", "Mo 09:00-25:00"])
def test_unreadable_hours(text: str) -> None:
    if text == "":
        assert OpeningHours.from_text(text, "UTC").week == ((),) * 7
    else:
        with pytest.raises(ValueError, match=r"cannot be read|not after"):
            OpeningHours.from_text(text, "UTC")


def test_unknown_time_zone() -> None:
    with pytest.raises(ValueError, match="time zone"):
        OpeningHours.always("Mars/Olympus")


def test_spans_from_a_moment_on() -> None:
    tuesday = datetime(2026, 3, 3, 16, tzinfo=UTC)  # 17:00 in Berlin; Wednesday is a holiday
    assert BERLIN.spans_h(tuesday, 48.0) == ((0.0, 1.0), (40.0, 43.0), (44.0, 48.0))
    assert OpeningHours.always().spans_h(tuesday, 48.0) == ()
    nights = OpeningHours.from_text("Mo-Su 20:00-24:00,00:00-06:00", "UTC")
    assert nights.spans_h(tuesday, 24.0) == ((4.0, 14.0),)
