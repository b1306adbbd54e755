"""Who can make a thing of several parts: each part by itself, and all of them at one place."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import TypedDict

from glocal.network.match import PICKUP_WITHIN_KM, answers, match
from glocal.network.model import Maker, MatchResult, Need, Offer, Preference, Reason, Rejection, Unknown
from glocal.network.offer import odds_in_time
from glocal.network.ranking import Ranking
from glocal.values import Money


class _How(TypedDict):
    near: tuple[float, float]
    now: datetime
    preference: Preference
    pickup_within_km: float
    wait_rate: float


@dataclass(frozen=True, slots=True)
class KitMatch:
    """Who can make it.

    Parameters
    ----------
    parts : mapping of str to MatchResult
        Everybody's answer for each part alone.
    whole : MatchResult
        Everybody's answer for all parts at one place, printed there one after the other.
    """

    parts: Mapping[str, MatchResult]
    whole: MatchResult


def match_kit(
    needs: Mapping[str, Need],
    makers: Sequence[Maker],
    *,
    near: tuple[float, float],
    by: datetime | None,
    now: datetime,
    preference: Preference = "cheap",
    pickup_within_km: float = PICKUP_WITHIN_KM,
    wait_rate: float = 0.0,
) -> KitMatch:
    """Find out who can make every part of a thing; the arguments are those of :func:`glocal.network.match.match`.

    Parameters
    ----------
    needs : mapping of str to Need
        By the part's name; at least one.
    """
    how: _How = {
        "near": near,
        "now": now,
        "preference": preference,
        "pickup_within_km": pickup_within_km,
        "wait_rate": wait_rate,
    }
    parts = {name: match(need, makers, by=by, **how) for name, need in needs.items()}
    if len(parts) == 1:
        return KitMatch(parts, next(iter(parts.values())))
    against, unclear = _answers(parts)
    able = [maker for maker in makers if maker.id not in against and maker.id not in unclear]
    offers: dict[str, list[Offer]] = defaultdict(list)
    waiting = able
    for need in needs.values():
        found = answers(need, waiting, by=None, **how)[0] if waiting else []
        for offer in found:
            offers[offer.maker_id].append(offer)
        waiting = _busier(waiting, found)
    accepted = []
    for maker in able:
        kit = _together(maker, offers[maker.id], by)
        if by is not None and kit.ready_at > by:
            late_h = (kit.ready_at - by) / timedelta(hours=1)
            words = f"all parts ready {kit.ready_at:%Y-%m-%d %H:%M} UTC, {late_h:.0f} h too late"
            against[maker.id] = [Reason("too_late", words, {"ready_at": kit.ready_at.isoformat()})]
        else:
            accepted.append(kit)
    return KitMatch(
        parts, _whole(makers, parts, accepted, (against, unclear), (Ranking(preference, now, wait_rate), by))
    )


def _answers(parts: Mapping[str, MatchResult]) -> tuple[dict[str, list[Reason]], dict[str, list[Reason]]]:
    """Return each maker's reasons against, and what is not known of those who have none, by part."""
    against: dict[str, list[Reason]] = defaultdict(list)
    unclear: dict[str, list[Reason]] = defaultdict(list)
    for name, answer in parts.items():
        for of, rejections in ((against, answer.rejected), (unclear, answer.unknown)):
            for rejection in rejections:
                of[rejection.maker_id] += [_of_part(name, reason) for reason in rejection.reasons]
    return dict(against), {maker: reasons for maker, reasons in unclear.items() if maker not in against}


def _of_part(name: str, reason: Reason) -> Reason:
    return Reason(reason.code, f"{name}: {reason.message}", {**reason.data, "part": name})


def _busier(makers: Sequence[Maker], offers: Sequence[Offer]) -> list[Maker]:
    """Return the makers with the offered machines taken until each offer is ready."""
    taken = {(offer.maker_id, offer.machine_id): offer.ready_at for offer in offers}
    return [
        replace(
            maker,
            machines=tuple(
                replace(machine, busy_until=taken.get((maker.id, machine.id), machine.busy_until))
                for machine in maker.machines
            ),
        )
        for maker in makers
    ]


def _together(maker: Maker, offers: Sequence[Offer], by: datetime | None) -> Offer:
    """Return one offer for all parts; what may go late with each part adds up, which errs to the later side."""
    last = max(offers, key=lambda offer: offer.ready_at)
    delays = sum((offer.ready_high - offer.ready_at for offer in offers if offer is not last), timedelta())
    high = last.ready_high + delays
    brought = maker.delivery_minor * (len(offers) - 1) if last.handover == "delivery" else 0
    known = [offer.footprint_g_co2 for offer in offers if offer.footprint_g_co2 is not None]
    return replace(
        last,
        cost=Money(sum(offer.cost.minor for offer in offers) - brought, last.cost.currency),
        ready_high=high,
        plates=sum(offer.plates for offer in offers),
        footprint_g_co2=sum(known) if len(known) == len(offers) else None,
        reasons=tuple(dict.fromkeys(reason for offer in offers for reason in offer.reasons)),
        odds_in_time=None if by is None or last.ready_at > by else odds_in_time(last.ready_at, high, by),
    )


def _whole(
    makers: Sequence[Maker],
    parts: Mapping[str, MatchResult],
    accepted: list[Offer],
    others: tuple[Mapping[str, list[Reason]], Mapping[str, list[Reason]]],
    wishes: tuple[Ranking, datetime | None],
) -> MatchResult:
    against, unclear = others
    ranking, by = wishes
    names = {maker.id: maker for maker in makers}
    asked = {unknown.maker_id: unknown for answer in parts.values() for unknown in answer.unknown}
    return MatchResult(
        ranking.ranked(accepted, by),
        tuple(Rejection(maker, tuple(reasons), names[maker].name) for maker, reasons in against.items()),
        tuple(
            Unknown(maker, tuple(reasons), names[maker].name, asked[maker].ask, names[maker].url)
            for maker, reasons in unclear.items()
        ),
        tuple(_of_part(name, reason) for name, answer in parts.items() for reason in answer.possible_with),
    )
