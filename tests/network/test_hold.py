"""What share of a plate falls on who waits."""

from __future__ import annotations

from math import exp

import pytest

from glocal.network.errors import NeedBroken
from glocal.network.hold import room_for_others, share_of_plate
from glocal.values import Estimate

NOBODY = Estimate(0.0, 0.0, 0.0, "test")


def test_room() -> None:
    assert room_for_others(2_500.0, 52_500.0) == 9  # half the bed holds ten
    assert room_for_others(30_000.0, 52_500.0) == 0
    assert room_for_others(1.0, 52_500.0) == 50
    with pytest.raises(NeedBroken):
        room_for_others(0.0, 1.0)


@pytest.mark.parametrize(
    ("waiting", "room", "share"), [(0, 9, 1.0), (1, 9, 0.5), (3, 9, 0.25), (3, 1, 0.5), (0, 0, 1.0)]
)
def test_when_nobody_comes_only_who_waits_counts(waiting: int, room: int, share: float) -> None:
    assert share_of_plate(waiting, NOBODY, room).value == pytest.approx(share)


def test_who_will_come_is_poisson() -> None:
    # mean of 1 / (1 + N) for N Poisson with mean m is (1 - e^-m) / m
    share = share_of_plate(0, Estimate(2.0, 1.0, 4.0, "test"), 50)
    assert share.value == pytest.approx((1 - exp(-2)) / 2)
    assert share.high == pytest.approx(1 - exp(-1))
    assert share.low == pytest.approx((1 - exp(-4)) / 4)
    # with room for one: alone with e^-2, else two
    assert share_of_plate(0, Estimate(2.0, 2.0, 2.0, "test"), 1).value == pytest.approx(exp(-2) + (1 - exp(-2)) / 2)
