"""Sums of choices given to other shops of the region and taken from theirs, through the signed log, by consent."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from glocal.shop.commons.actions import log_directory, shop_log
from glocal.shop.demand.models import DemandTerms
from glocal.shop.demand.queries import choice_events
from glocal.shop.shops.models import Shop

if TYPE_CHECKING:
    from glocal.commons.knowledge import Known
    from glocal.demand.events import ChoiceEvent

FEWEST_CHOICES = 20.0  # a sum of fewer is not published
MOST_PER_SHOP = 400.0  # choices of one question, region and month: a shop that claims more counts as this many


@dataclass(frozen=True, slots=True)
class Received:
    """What other shops have told: choices as events, how many shops, how many choices after the cap."""

    events: tuple[ChoiceEvent, ...] = ()
    shops: int = 0
    choices: float = 0.0


def pools(shop: Shop) -> bool:
    """Say whether the owner gives sums to other shops and takes theirs."""
    return DemandTerms.objects.filter(shop=shop, pools_statistics=True).exists()


def publish_sums(shop: Shop, now: datetime) -> int:
    """Append the sums of every month that is over to the shop's log, once; return how many records that were.

    Nothing is published without the owner's consent, of an unfinished month, or of fewer than 20 choices; nor of a
    region or an option whose name the commons would not carry.
    """
    from glocal.commons.errors import RecordRefused

    if not pools(shop):
        return 0
    log = shop_log(shop)
    published = 0
    for month, record in _sums(log.record_id, now):
        try:
            published += log.append(record, month=month).created
        except RecordRefused:  # a town that is no ISO code, an option that looks like an address
            continue
    return published


def _sums(record_id: Any, now: datetime) -> Iterator[tuple[str, dict[str, Any]]]:
    from glocal.commons.records import demand_record
    from glocal.demand.heard import heard
    from glocal.demand.pooling import additive_statistics, first_of_month

    this_month = first_of_month(now)
    past = (event for event in heard(choice_events()) if first_of_month(event.at) < this_month)
    rows: dict[tuple[str, str, str, str, tuple[str, ...]], dict[str, float]] = defaultdict(dict)
    for event in additive_statistics(past, fewest=FEWEST_CHOICES, period=first_of_month):
        key = (f"{event.at:%Y-%m}", event.product, event.parameter, event.region, event.offered)
        rows[key][str(event.chosen)] = event.weight
    for (month, product, parameter, region, offered), sums in sorted(rows.items()):
        about = {"product": product, "parameter": parameter, "region": region, "offered": offered}
        yield month, demand_record(id=record_id(f"demand:{month}:{sorted(about.items())}"), sums=sums, **about)  # type: ignore[arg-type]


def received_sums(shop: Shop) -> Received:
    """Return what the followed shops have published of their regions' choices; nothing without the owner's consent."""
    from glocal.commons.knowledge import known_records
    from glocal.commons.labels import heeded, judges_of
    from glocal.commons.log import Log
    from glocal.commons.peer import followed

    if not pools(shop):
        return Received()
    directory = log_directory()
    copies = list(followed(directory / "peers"))
    own = Log.open(directory).root_vkey if Log.exists(directory) else ""
    events: list[ChoiceEvent] = []
    shops: set[str] = set()
    for known in heeded(known_records(None, copies), judges_of(own, copies)):
        if known.record["kind"] == "demand" and known.root_vkey != own:
            found = list(_events_of(known))
            events += found
            shops |= {known.root_vkey} if found else set()
    return Received(tuple(events), len(shops), sum(event.weight for event in events))


def _events_of(known: Known) -> Iterator[ChoiceEvent]:
    """Return one record as choices, capped; a peer's record is checked when it is synced, its numbers may still lie."""
    from glocal.demand.errors import EventBroken
    from glocal.demand.events import ChoiceEvent
    from glocal.demand.pooling import within_month

    record = known.record
    year, month = map(int, record["month"].split("-"))
    at = datetime(year, month, 1, 12, tzinfo=UTC)
    claimed = float(sum(record["sums"].values()))
    share = min(1.0, MOST_PER_SHOP / claimed) if claimed > 0 else 0.0
    question = (record["product"], record["parameter"], tuple(record.get("offered", ())))
    for option, choices in record["sums"].items():
        try:
            whole = ChoiceEvent(*question, option, record["region"], at, "wished", choices * share)
        except EventBroken:
            continue
        yield from (part for part in within_month(whole) if part.weight > 0)
