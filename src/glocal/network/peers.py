"""Another shop's idle machine as a candidate: the same questions and reasons as for an own maker, and always to ask.

Nothing is ever placed with another shop by matching alone: an offer that fits becomes an invitation to ask.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from glocal.network.distance import distance_km
from glocal.network.fit import box_fits
from glocal.network.invitation import questions
from glocal.network.match import answers
from glocal.network.model import Maker, MakerMachine, Need, Offer, Reason, Rejection, Unknown
from glocal.values import Money

if TYPE_CHECKING:
    from glocal.production.model import Machine

FULL_AFTER = timedelta(days=7)
"""Own makers count as full when nobody can, or nobody is likely to have it ready within this time."""

STILL_FREE = "Is the machine still free, and when would it be ready?"
_SAID_BY_OFFER = {"hours_unknown"}  # an offer between shops is agreed on, not walked into


@dataclass(frozen=True, slots=True)
class PeerOffer:
    """Machine time that another shop offers under conditions.

    Parameters
    ----------
    id : str
        The offer's short name.
    shop, url : str
        Who offers it, and where a person asks them; ``url`` may be empty.
    machine : Machine or None
        None when the offer says too little about it.
    model : str
        The machine's name.
    place : (float, float) or None
        Rough latitude and longitude, degrees.
    ends : datetime
        Aware; until when it is offered.
    max_extent_mm : (float, float, float) or None
        The largest part that is taken.
    days : tuple of str
        Of the week on which the machine is idle; empty: any.
    hour : Money or None
        Price of a machine hour.
    hours_left : float or None
        Machine hours that are offered in all.
    """

    id: str
    shop: str
    machine: Machine | None
    model: str
    materials: tuple[str, ...]
    ends: datetime
    url: str = ""
    place: tuple[float, float] | None = None
    max_extent_mm: tuple[float, float, float] | None = None
    days: tuple[str, ...] = ()
    wait_days: int = 0
    hour: Money | None = None
    hours_left: float | None = None


@dataclass(frozen=True, slots=True)
class PeerAsk(Unknown):
    """Another shop whose offer fits as far as it says: worth asking.

    ``cost`` is the machine time alone, for the whole quantity; None where price or print time is not known.
    """

    model: str = ""
    ends: datetime | None = None
    days: tuple[str, ...] = ()
    hour: Money | None = None
    cost: Money | None = None
    distance_km: float | None = None

    @property
    def until(self) -> str:
        """The last month of the offer, ``YYYY-MM``; empty where it is not known."""
        return f"{self.ends - timedelta(days=1):%Y-%m}" if self.ends else ""

    def as_dict(self) -> dict[str, Any]:
        """Return the answer as JSON."""
        return {
            **Unknown.as_dict(self),
            "machine": self.model,
            "until": self.until,
            "days": list(self.days),
            "hour_minor": self.hour.minor if self.hour else None,
            "cost_minor": self.cost.minor if self.cost else None,
            "currency": self.hour.currency if self.hour else None,
            "distance_km": None if self.distance_km is None else round(self.distance_km),
        }


@dataclass(frozen=True, slots=True)
class PeerAnswers:
    """What other shops' offers come to: those to ask, nearest first where they say it, and why not the others."""

    asks: tuple[PeerAsk, ...]
    rejected: tuple[Rejection, ...]

    def as_dict(self) -> dict[str, Any]:
        """Return the answers as JSON."""
        return {
            "ask": [answer.as_dict() for answer in self.asks],
            "rejected": [rejection.as_dict() for rejection in self.rejected],
        }


def full(accepted: Sequence[Offer], now: datetime) -> bool:
    """Say whether the own makers are full: nobody can, or nobody within :data:`FULL_AFTER` (median)."""
    return not accepted or min(offer.ready_at for offer in accepted) > now + FULL_AFTER


def ask_peers(
    need: Need, offers: Iterable[PeerOffer], *, near: tuple[float, float], by: datetime | None, now: datetime
) -> PeerAnswers:
    """Find out which offers of other shops are worth asking about, and each reason why others are not.

    The arguments and errors are those of :func:`glocal.network.match.match`.
    """
    standing = {offer.id: offer for offer in offers if offer.ends > now}
    if not standing:
        return PeerAnswers((), ())
    # how the part comes back is agreed between the shops: no offer fails on the customer's way
    free = replace(need, handover="any")
    makers = [_as_maker(offer, now) for offer in standing.values()]
    accepted, rejected, unknown = answers(free, makers, near=near, by=by, now=now, pickup_within_km=float("inf"))
    assert not accepted  # noqa: S101 - without hours nobody can promise a day
    asks, refused = [], [*rejected]
    for answer in unknown:
        offer = standing[answer.maker_id]
        against = _conditions(need, offer, by, now)
        if against:
            refused.append(Rejection(offer.id, tuple(against), offer.shop))
        else:
            asks.append(_ask(need, offer, answer, near))
    asks.sort(key=_rank)
    return PeerAnswers(tuple(asks), tuple(refused))


def _as_maker(offer: PeerOffer, now: datetime) -> Maker:
    machines = [_as_machine(offer, offer.machine, now)] if offer.machine else []
    return Maker(
        id=offer.id,
        name=offer.shop,
        latitude=offer.place[0] if offer.place else None,
        longitude=offer.place[1] if offer.place else None,
        machines=tuple(machines),
        unclear_equipment=() if offer.machine else (offer.model,),
        source="the other shop's signed log",
        url=offer.url,
    )


def _as_machine(offer: PeerOffer, machine: Machine, now: datetime) -> MakerMachine:
    return MakerMachine(
        id=offer.id,
        machine=machine,
        materials_loaded=offer.materials,
        hourly_minor=offer.hour.minor if offer.hour else None,
        busy_until=now + timedelta(days=offer.wait_days) if offer.wait_days else None,
    )


def _conditions(need: Need, offer: PeerOffer, by: datetime | None, now: datetime) -> list[Reason]:
    """Return the offer's own conditions that this need does not meet."""
    against = []
    most = offer.max_extent_mm
    if most is not None and not box_fits(need.extent_mm, most[:2], most[2], reorient=need.reorient):
        size = " × ".join(f"{side:g}" for side in most)
        against.append(Reason("condition_size", f"offers to print parts up to {size} mm", {"max_mm": list(most)}))
    begins = now + timedelta(days=offer.wait_days)
    if begins >= offer.ends:
        against.append(Reason("offer_ends", f"the offer ends {offer.ends:%Y-%m-%d}, before it could begin"))
    if by is not None and begins >= by:
        words = f"cannot begin before {begins:%Y-%m-%d}, wanted by {by:%Y-%m-%d}"
        against.append(Reason("too_late", words, {"begins": begins.isoformat(), "by": by.isoformat()}))
    hours = _hours(need, offer)
    if hours is not None and offer.hours_left is not None and hours > offer.hours_left:
        words = f"offers {offer.hours_left:g} machine hours, this takes {hours:.0f}"
        against.append(Reason("offered_hours", words, {"offers_h": offer.hours_left, "needs_h": round(hours, 1)}))
    return against


def _hours(need: Need, offer: PeerOffer) -> float | None:
    """Return the machine hours of the whole quantity, where the print time on that machine is known."""
    if offer.machine is None:
        return None
    piece_s = need.print_s(MakerMachine(offer.id, offer.machine))
    return None if piece_s is None else piece_s.value * need.quantity / 3600


def _ask(need: Need, offer: PeerOffer, answer: Unknown, near: tuple[float, float]) -> PeerAsk:
    hours = _hours(need, offer)
    reasons = [reason for reason in answer.reasons if reason.code not in _SAID_BY_OFFER]
    if offer.machine is not None and hours is None:
        reasons.append(Reason("time_unknown", f"how long it prints on {offer.model} is not known"))
    if offer.machine is not None and offer.hour is None:
        reasons.append(Reason("price_unknown", f"what an hour on {offer.model} costs is not known"))
    return PeerAsk(
        answer.maker_id,
        tuple(reasons),
        answer.maker_name,
        (STILL_FREE, *questions(reasons)),
        answer.url,
        offer.model,
        offer.ends,
        offer.days,
        offer.hour,
        Money(round(offer.hour.minor * hours), offer.hour.currency) if offer.hour and hours is not None else None,
        distance_km(offer.place, near) if offer.place else None,
    )


def _rank(answer: PeerAsk) -> tuple[float, str]:
    return float("inf") if answer.distance_km is None else answer.distance_km, answer.maker_id
