"""The rules of a design session, pure: what changed, what a proposal comes to, whose turn it is, who may do what."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal

SideName = Literal["customer", "shop"]
StateName = Literal["open", "approved", "ordered", "closed"]

KEEPS = "keeps"
"""The turn stays with whoever had it."""
OTHER = "other"
"""It is the other side's turn."""

TURN_AFTER: Mapping[str, str] = {
    "opened": OTHER,
    "revised": OTHER,
    "commented": OTHER,
    "proposed": OTHER,
    "accepted": "customer",  # to approve, or to go on shaping
    "declined": OTHER,
    "withdrawn": KEEPS,
    "renewed": KEEPS,
    "settled": KEEPS,
    "unsettled": KEEPS,
    "vouched": "customer",
    "approved": "customer",  # to order
    "reopened": OTHER,
    "wished": OTHER,
    "repriced": KEEPS,
    "ordered": "",
    "closed": "",
}
"""Event code → whose turn it is afterwards."""

MAY: Mapping[str, tuple[frozenset[SideName], frozenset[StateName]]] = {
    "revise": (frozenset({"customer", "shop"}), frozenset({"open"})),
    "propose": (frozenset({"customer", "shop"}), frozenset({"open"})),
    "answer": (frozenset({"customer", "shop"}), frozenset({"open"})),
    "comment": (frozenset({"customer", "shop"}), frozenset({"open", "approved", "ordered"})),
    "settle": (frozenset({"customer", "shop"}), frozenset({"open", "approved", "ordered"})),
    "wish": (frozenset({"customer", "shop"}), frozenset({"open", "approved", "ordered"})),
    "vouch": (frozenset({"shop"}), frozenset({"open", "approved"})),
    "approve": (frozenset({"customer"}), frozenset({"open"})),
    "reopen": (frozenset({"customer", "shop"}), frozenset({"approved", "closed"})),
    "reprice": (frozenset({"customer", "shop"}), frozenset({"approved"})),
    "close": (frozenset({"customer", "shop"}), frozenset({"open", "approved"})),
}
"""Action → (sides that may, states in which it may be)."""


@dataclass(frozen=True, slots=True)
class Change:
    """One parameter that differs between two states of a design."""

    name: str
    before: Any
    after: Any


def may(action: str, side: str, state: str) -> bool:
    """Return whether a side may do something in this state of a session."""
    sides, states = MAY[action]
    return side in sides and state in states


def turn_after(code: str, side: SideName, waits_for: str) -> str:
    """Return who has to answer after an event of ``side``: a side, or nobody (``""``)."""
    turn = TURN_AFTER[code]
    if turn == KEEPS:
        return waits_for
    if turn == OTHER:
        return "shop" if side == "customer" else "customer"
    return turn


def differences(before: Mapping[str, Any], after: Mapping[str, Any]) -> tuple[Change, ...]:
    """Return what changed, in the order of ``after``; what only ``before`` has changed to ``None``."""
    names = [*after, *(name for name in before if name not in after)]
    return tuple(
        Change(name, before.get(name), after.get(name)) for name in names if not same(before.get(name), after.get(name))
    )


def same(one: Any, other: Any) -> bool:
    """Return whether two values are the same for a design: ``8`` is ``8.0``, but ``1`` is not ``true``."""
    if isinstance(one, bool) or isinstance(other, bool):
        return one is other
    if isinstance(one, (list, tuple)) and isinstance(other, (list, tuple)):
        return len(one) == len(other) and all(same(a, b) for a, b in zip(one, other, strict=True))
    return bool(one == other)


def applied(values: Mapping[str, Any], changes: Mapping[str, Any]) -> dict[str, Any]:
    """Return the values with a proposal's changes in them."""
    return {**values, **changes}


def effective(values: Mapping[str, Any], changes: Mapping[str, Any]) -> dict[str, Any]:
    """Return only those changes that would change something."""
    return {name: value for name, value in changes.items() if not same(values.get(name), value)}


def needs_notice(seen: int, newest: int, seen_when_due: int) -> bool:
    """Return whether a mail that was due is still wanted: the side has looked at nothing since, and there is news.

    Parameters
    ----------
    seen : int
        Number of the newest event that the side had seen when the notice was written.
    newest : int
        Number of the newest event.
    seen_when_due : int
        Number of the newest event that the side has seen by now.
    """
    return seen_when_due == seen and newest > seen
