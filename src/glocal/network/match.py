"""Who can make it: every maker is accepted, rejected with each reason, or unknown and worth asking.

Pure and deterministic: the same makers in any order give the same answer.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from functools import lru_cache

from glocal.errors import CannotBeMade
from glocal.network.capable import obstacles
from glocal.network.distance import distance_km
from glocal.network.errors import NeedBroken, NoMakers
from glocal.network.hours import OpeningHours
from glocal.network.invitation import questions
from glocal.network.model import (
    Maker,
    MakerMachine,
    MatchResult,
    Need,
    Offer,
    Preference,
    Reason,
    Rejection,
    Unknown,
    check_place,
)
from glocal.network.offer import Question, Way, make_offer
from glocal.network.possible import what_would_help
from glocal.network.ranking import Ranking

PLACE_UNKNOWN = Reason("place_unknown", "where they are is not known")
HOURS_UNKNOWN = Reason("hours_unknown", "when they are there is not known")
PICKUP_WITHIN_KM = 50.0  # how far a customer goes for a part unless they say so


def match(
    need: Need,
    makers: Sequence[Maker],
    *,
    near: tuple[float, float],
    by: datetime | None,
    now: datetime,
    preference: Preference = "cheap",
    pickup_within_km: float = PICKUP_WITHIN_KM,
    wait_rate: float = 0.0,
) -> MatchResult:
    """Find out who can make ``need`` for a customer, in the order of the customer's preference.

    Parameters
    ----------
    need : Need
    makers : sequence of Maker
        With distinct ids.
    near : (float, float)
        The customer's latitude and longitude, degrees.
    by : datetime or None
        Aware; a maker whose median ready date is later is rejected.
    now : datetime
        Aware.
    preference : {"balanced", "near", "cheap", "soon", "green"}
        What the accepted are ranked by. A dear offer is never rejected, it is ranked lower and says by how much.
    pickup_within_km : float
        How far the customer would go to fetch the part.
    wait_rate : float
        What a day of waiting counts for ``balanced``, as a share of the price: 0.01 is 1 %; 0 or more.

    Raises
    ------
    NoMakers
        When the list is empty.
    NeedBroken
        When place, dates or the list of makers contradict themselves.
    """
    accepted, rejected, unknown = answers(
        need,
        makers,
        near=near,
        by=by,
        now=now,
        preference=preference,
        pickup_within_km=pickup_within_km,
        wait_rate=wait_rate,
    )
    return MatchResult(
        Ranking(preference, now, wait_rate).ranked(accepted, by),
        tuple(rejected),
        tuple(unknown),
        what_would_help(need, makers, rejected),
    )


def answers(
    need: Need,
    makers: Sequence[Maker],
    *,
    near: tuple[float, float],
    by: datetime | None,
    now: datetime,
    preference: Preference = "cheap",
    pickup_within_km: float = PICKUP_WITHIN_KM,
    wait_rate: float = 0.0,
) -> tuple[list[Offer], list[Rejection], list[Unknown]]:
    """Return each maker's answer by itself: the best offer of each in no order, the others nearest first.

    The arguments and errors are those of :func:`match`, which also ranks and compares the offers.
    """
    _check_question(makers, near, by, now)
    question = Question(need, by, now)
    rank = Ranking(preference, now, wait_rate).key
    accepted: list[Offer] = []
    rejected: list[tuple[float, str, Rejection]] = []
    unknown: list[tuple[float, str, Unknown]] = []
    for maker in makers:
        away = _distance(maker, near)
        far = float("inf") if away is None else away
        way = None if away is None else _way(need, maker, away, pickup_within_km)
        against, unclear, offers = _ask(question, maker, way)
        if against:
            rejected.append((far, maker.id, Rejection(maker.id, tuple(against), maker.name)))
        elif offers:
            accepted.append(min(offers, key=rank))
        else:
            ask = questions(unclear)
            unknown.append((far, maker.id, Unknown(maker.id, tuple(unclear), maker.name, ask, maker.url)))
    rejected.sort(key=_nearest)
    unknown.sort(key=_nearest)
    return accepted, [rejection for _, _, rejection in rejected], [answer for _, _, answer in unknown]


def _nearest(answer: tuple[float, str, object]) -> tuple[float, str]:
    return answer[0], answer[1]


def _check_question(makers: Sequence[Maker], near: tuple[float, float], by: datetime | None, now: datetime) -> None:
    if not makers:
        raise NoMakers("There is no maker to ask.", help="Add makers with `glocal makers import FILE`.")
    if len({maker.id for maker in makers}) < len(makers):
        raise NeedBroken("Two makers in the list have the same id.", help="Give each maker an id of their own.")
    try:
        check_place(near)
    except ValueError as wrong:
        raise NeedBroken(f"The customer's {wrong}.") from wrong
    if now.tzinfo is None or (by is not None and by.tzinfo is None):
        raise NeedBroken("A date has no time zone.", help="Say for example 2026-05-01T18:00+02:00.")
    if by is not None and by < now:
        raise NeedBroken(
            f"The part is wanted by {by.isoformat()}, which has passed.", help="Choose a day that is still to come."
        )


def _distance(maker: Maker, near: tuple[float, float]) -> float | None:
    if maker.latitude is None or maker.longitude is None:
        return None
    return distance_km((maker.latitude, maker.longitude), near)


def _way(need: Need, maker: Maker, away_km: float, pickup_within_km: float) -> Way | Reason:
    """Return how the part gets to the customer, or why it does not."""
    if need.handover != "delivery" and maker.offers_pickup and away_km <= pickup_within_km:
        return Way("pickup", away_km)
    if need.handover != "pickup" and maker.delivers_km is not None and away_km <= maker.delivers_km:
        return Way("delivery", away_km)
    if need.handover != "pickup" and not maker.machines and maker.delivers_km is None:
        words = f"{away_km:.0f} km away, whether they send is not known"
        return Reason("delivery_unknown", words, {"distance_km": round(away_km, 1)})
    data = {"distance_km": round(away_km, 1), "delivers_km": maker.delivers_km, "pickup_within_km": pickup_within_km}
    ways = []
    if need.handover != "delivery":
        ways.append(f"pick-up within {pickup_within_km:g} km" if maker.offers_pickup else "no pick-up")
    if need.handover != "pickup":
        ways.append("no delivery" if maker.delivers_km is None else f"delivers {maker.delivers_km:g} km")
    return Reason("too_far", f"{away_km:.0f} km away, {', '.join(ways)}", data)


def _ask(question: Question, maker: Maker, way: Way | Reason | None) -> tuple[list[Reason], list[Reason], list[Offer]]:
    """Return (reasons against, things not known, offers) of one maker; reasons only if no machine might do."""
    need = question.need
    against = [_refusal(word) for word in sorted({need.material_id, *need.uses} & set(maker.refuses))]
    common: list[Reason] = []
    if maker.away:
        against.append(Reason("away", maker.away))
    if isinstance(way, Reason):
        (common if way.code == "delivery_unknown" else against).append(way)
    elif way is None:
        common.append(PLACE_UNKNOWN)
    if maker.hours is None:
        common.append(HOURS_UNKNOWN)
    offers: list[Offer] = []
    unclear: list[Reason] = []
    per_machine: list[Reason] = []
    possible = not maker.machines
    for machine in maker.machines:
        hours = None if against or not isinstance(way, Way) else maker.hours
        no, maybe, offer = _ask_machine(question, maker, machine, way, hours)
        if offer is not None:
            offers.append(offer)
            continue
        per_machine += no
        if not no:
            possible = True
            unclear += maybe
    if offers:
        return [], [], offers
    if against or not possible:
        return _distinct(against + per_machine), [], []
    if not maker.machines:
        unclear.append(_machines_unknown(maker.unclear_equipment))
    return [], _distinct(common + unclear), []


def _ask_machine(
    question: Question, maker: Maker, machine: MakerMachine, way: Way | Reason | None, hours: OpeningHours | None
) -> tuple[list[Reason], list[Reason], Offer | None]:
    """Return (reasons against, things not known, offer) of one machine; no offer is made without hours.

    What the need's own figures refuse (the slicer finds nothing to print on this machine) stands against this machine
    alone: the others are asked as if nothing had happened.
    """
    try:
        no, maybe = obstacles(question.need, machine)
        if no or maybe or hours is None or not isinstance(way, Way):
            return no, maybe, None
        answer = make_offer(question, maker, machine, hours=hours, way=way)
    except CannotBeMade as refusal:
        words = f"{machine.machine.name} cannot make it: {refusal.message}"
        return [Reason("cannot_make", words, {"machine": machine.id, "refusal": refusal.as_dict()})], [], None
    if isinstance(answer, Offer):
        return [], [], answer
    return ([answer], [], None) if answer.code in {"too_late", "never", "probation"} else ([], [answer], None)


@lru_cache(1024)
def _machines_unknown(equipment: tuple[str, ...]) -> Reason:
    says = f' (the record says "{"; ".join(equipment)}")' if equipment else ""
    return Reason("machines_unknown", f"which machines they have is not known{says}")


def _refusal(word: str) -> Reason:
    return Reason("refuses", f"does not take {word.replace('_', ' ')}", {"refuses": word})


def _distinct(reasons: list[Reason]) -> list[Reason]:
    if len({reason.code for reason in reasons}) == len(reasons):
        return reasons
    return list({(reason.code, reason.message): reason for reason in reasons}.values())
