"""The rules of a design session, without a database."""

from __future__ import annotations

import pytest

from glocal.shop.sessions.rules import (
    MAY,
    TURN_AFTER,
    Change,
    applied,
    differences,
    effective,
    may,
    needs_notice,
    turn_after,
)


def test_what_changed_is_told_in_the_order_of_the_new_state() -> None:
    before = {"wall": 2.0, "name": "Adé", "lid": True, "gone": 1}
    after = {"name": "Adé", "lid": False, "wall": 3, "size": [1, 2]}
    assert differences(before, after) == (
        Change("lid", True, False),
        Change("wall", 2.0, 3),
        Change("size", None, [1, 2]),
        Change("gone", 1, None),
    )


@pytest.mark.parametrize(("one", "other"), [(8, 8.0), ([1, 2], (1.0, 2.0)), ("", "")])
def test_the_same_value_is_no_change_however_it_is_written(one: object, other: object) -> None:
    assert differences({"a": one}, {"a": other}) == ()


def test_a_number_is_not_a_truth() -> None:
    assert differences({"a": 1}, {"a": True}) == (Change("a", 1, True),)


def test_a_proposal_keeps_only_what_it_changes() -> None:
    values = {"wall": 2.0, "lid": True}
    changes = effective(values, {"wall": 3.0, "lid": True})
    assert changes == {"wall": 3.0}
    assert applied({**values, "lid": False}, changes) == {"wall": 3.0, "lid": False}


@pytest.mark.parametrize(
    ("code", "side", "waits_for", "turn"),
    [
        ("commented", "customer", "customer", "shop"),
        ("proposed", "shop", "shop", "customer"),
        ("accepted", "shop", "shop", "customer"),
        ("settled", "shop", "shop", "shop"),
        ("ordered", "customer", "customer", ""),
    ],
)
def test_whose_turn_it_is(code: str, side: str, waits_for: str, turn: str) -> None:
    assert turn_after(code, side, waits_for) == turn  # type: ignore[arg-type]


def test_only_the_customer_approves_and_only_the_shop_vouches() -> None:
    assert may("approve", "customer", "open")
    assert not may("approve", "shop", "open")
    assert not may("vouch", "customer", "open")


def test_what_is_approved_or_ordered_is_not_changed() -> None:
    for action in ("revise", "propose", "answer", "approve"):
        assert not any(may(action, side, state) for side in ("customer", "shop") for state in ("approved", "ordered"))
    assert not any(may(action, "customer", "closed") for action in MAY if action != "reopen")


def test_every_event_passes_the_turn_to_somebody_known() -> None:
    assert set(TURN_AFTER.values()) <= {"keeps", "other", "customer", ""}


@pytest.mark.parametrize(
    ("seen", "newest", "seen_when_due", "wanted"),
    [(2, 3, 2, True), (2, 3, 3, False), (3, 3, 3, False), (2, 5, 4, False)],
)
def test_a_mail_is_for_who_has_not_looked(seen: int, newest: int, seen_when_due: int, wanted: bool) -> None:
    assert needs_notice(seen, newest, seen_when_due) is wanted
