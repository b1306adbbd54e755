"""When a machine is free: the line before it, worked out by hand."""

from __future__ import annotations

from datetime import UTC, datetime

from glocal.network.hours import OpeningHours
from glocal.network.line import Ahead, free_at, left_s, plates_s

MONDAY = datetime(2026, 3, 2, 16, 0, tzinfo=UTC)
HOUR_S = 3600.0


def test_each_plate_of_the_line_is_begun_when_somebody_is_there() -> None:
    """The print ends at 16:30, one plate is begun and runs until 18:45; Tuesday's two run 9:00–11:15 and to 13:30."""
    hours = OpeningHours.from_text("Mo-Fr 09:00-17:00", "UTC")
    ahead = Ahead(0.5 * HOUR_S, (2 * HOUR_S,) * 3)
    assert free_at(MONDAY, ahead, setup_s=900.0, hours=hours) == datetime(2026, 3, 3, 13, 30, tzinfo=UTC)
    # a machine that changes its plates itself prints on: 16:30 and three times 2 h 15 min
    assert free_at(MONDAY, ahead, setup_s=900.0, hours=None) == datetime(2026, 3, 2, 23, 15, tzinfo=UTC)
    assert free_at(MONDAY, Ahead(), setup_s=900.0, hours=hours) == MONDAY


def test_pieces_share_the_plates_of_their_order_evenly() -> None:
    assert plates_s(600.0, 10, 4) == [1500.0] * 4


def test_what_a_printer_tells_of_the_time_left_counts_as_far_as_its_print_has_come() -> None:
    assert left_s(3600.0, None, None) == 3600.0
    assert left_s(3600.0, 36_000.0, 0.0) == 3600.0  # its first guess: ten hours
    assert left_s(3600.0, 2000.0, 0.5) == 0.5 * 2000.0 + 0.5 * 1800.0
    assert left_s(3600.0, 70.0, 1.0) == 70.0
