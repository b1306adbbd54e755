"""What the owner sees of the region's demand: differences, wishes by meaning, trends, what became of variants."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from django.db.models import Sum

from glocal.shop.demand.models import Choice, ChoiceKind, RegionalOffer
from glocal.shop.demand.offers import may_run, on_shelf_count
from glocal.shop.products.models import Product
from glocal.shop.wishes.models import Wish, WishState

if TYPE_CHECKING:
    from glocal.demand.bursts import Burst
    from glocal.demand.diffusion import Arrival
    from glocal.demand.insight import Beyond, Insight
    from glocal.demand.model import Model

MOST_INSIGHTS = 6
LEAST_DIFFERENCE = 0.05  # of the people: below that a difference is not worth a sentence
SURE_ENOUGH = 0.8
MOST_WISHES = 200


@dataclass(frozen=True, slots=True)
class WishGroup:
    """Wishes of one meaning: the words of the one in the middle, how many, and how many of them in this region."""

    words: str
    count: int
    here: int
    examples: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class LoudWeek:
    """A week whose choices came at once, unlike any other week of the region."""

    product: str
    parameter: str
    burst: Burst


@dataclass(frozen=True, slots=True)
class Rise:
    """An option that more and more people choose everywhere, and when it may lead here.

    ``now`` and ``here`` are shares of all and of the region's people.
    """

    product: str
    parameter: str
    option: str
    now: float
    here: float
    arrival: Arrival


@dataclass(frozen=True, slots=True)
class Result:
    """What became of a variant: the forecast share and the observed one since it is live."""

    offer: RegionalOffer
    choices: float
    share: float | None
    low: float
    high: float
    hours_to_live: float | None
    on_shelf: int
    may_run: bool

    @property
    def as_forecast(self) -> bool | None:
        """Whether the result lies where it was expected; None while there are fewer than ten choices."""
        if self.share is None or self.choices < 10:
            return None
        return self.low <= self.share <= self.high


def insights(region: str, model: Model | None, slugs: Collection[str]) -> list[Insight]:
    """Return where a region surely differs from the network or moves alone, of the products named.

    One option per question is told.
    """
    if model is None:
        return []
    found: dict[tuple[str, str], Insight] = {}
    for insight in sorted(model.explain(region), key=_worth_telling, reverse=True):
        differs = insight.odds_differs >= SURE_ENOUGH and insight.apart >= LEAST_DIFFERENCE
        if insight.product in slugs and (differs or insight.past_share is not None):
            found.setdefault((insight.product, insight.parameter), insight)
    return list(found.values())[:MOST_INSIGHTS]


def numbers(region: str, model: Model | None, products: Mapping[str, Product]) -> list[Beyond]:
    """Return the numbers of products that people of a region surely want larger, or smaller, than they are preset."""
    from glocal.demand.insight import beyond

    found = []
    for key, question in model.questions.items() if model is not None else ():
        product = products.get(key[0]) if question.edges is not None else None
        asked = product.template().parameter(key[1]) if product is not None else None
        preset = asked.initial if asked is not None else None
        if isinstance(preset, (int, float)) and not isinstance(preset, bool):
            told = beyond(question, key, region, float(preset))
            if told is not None and told.odds_differs >= SURE_ENOUGH and told.apart >= LEAST_DIFFERENCE:
                found.append(told)
    return sorted(found, key=lambda told: -told.apart)[:MOST_INSIGHTS]


def _worth_telling(insight: Insight) -> tuple[bool, float, float]:
    """What moves and what lies farthest apart first; of two options, what people want rather than what they do not."""
    return insight.past_share is not None, round(insight.apart, 3), insight.share.value


def loud_weeks(region: str, model: Model | None, slugs: Collection[str]) -> list[LoudWeek]:
    """Return the weeks of a region that count as one voice, of the products named, the latest first."""
    if model is None:
        return []
    found = [
        LoudWeek(product, parameter, burst)
        for (product, parameter), question in model.questions.items()
        for burst in question.bursts
        if product in slugs and burst.region == region and question.edges is None
    ]
    return sorted(found, key=lambda loud: loud.burst.week, reverse=True)[:MOST_INSIGHTS]


def choices_by_region() -> dict[str, float]:
    """Return how much every region has said."""
    rows = Choice.objects.exclude(kind__in=(ChoiceKind.LOOKED, ChoiceKind.RETURNED)).values("region")
    return {row["region"]: float(row["total"]) for row in rows.annotate(total=Sum("weight")).order_by("-total")}


def wish_groups(region: str) -> list[WishGroup]:
    """Return the open wishes, grouped by meaning across languages, the most frequent first."""
    from glocal.demand.meaning import group_by_meaning

    rows = list(Wish.objects.filter(state__in=(WishState.NEW, WishState.CONSIDERED)).exclude(text="")[:MOST_WISHES])
    groups = group_by_meaning([wish.text for wish in rows])
    return [
        WishGroup(
            group.label,
            len(group.members),
            sum(rows[index].region == region for index in group.members),
            tuple(dict.fromkeys(t for i in group.members if (t := rows[i].text) != group.label))[:3],
        )
        for group in groups
    ]


def rises(region: str, model: Model | None) -> list[Rise]:
    """Return what surely rises everywhere, and when it may become what most people of the region want."""
    from glocal.demand.diffusion import arrival

    if model is None:
        return []
    found = []
    for (product, parameter), question in model.questions.items():
        wave = question.change.wave
        if wave is None or question.edges is not None:
            continue
        draws, network = question.draws(region), question.network_shares()
        here = float(draws[:, wave.option].mean())
        about = (product, parameter, question.options[wave.option])
        found.append(Rise(*about, float(network[wave.option]), here, arrival(wave, draws, network)))
    return found


def results(offered: Iterable[RegionalOffer]) -> list[Result]:
    """Return what came so far of live variants, their products and runs loaded."""
    offered = list(offered)
    sold = _sold(offered)
    found = []
    for offer in offered:
        about = (offer.product.slug, offer.parameter, offer.region)
        since: dict[str, float] = defaultdict(float)
        for chosen, weight, at in sold.get(about, ()):
            if at >= offer.live_at:
                since[chosen] += weight
        total = sum(since.values())
        expected = offer.forecast["share"]
        found.append(
            Result(
                offer,
                total,
                since[offer.option] / total if total else None,
                float(expected["low"]),
                float(expected["high"]),
                _hours(offer.asked_at, offer.live_at),
                on_shelf_count(offer),
                may_run(offer),
            )
        )
    return found


def _sold(offered: Collection[RegionalOffer]) -> dict[tuple[str, str, str], list[tuple[str, float, datetime]]]:
    """Return what was ordered of the products of variants since the first of them is live, by question and region."""
    found: dict[tuple[str, str, str], list[tuple[str, float, datetime]]] = defaultdict(list)
    if not offered:
        return found
    ordered = Choice.objects.filter(kind=ChoiceKind.ORDERED, at__gte=min(offer.live_at for offer in offered))
    asked = ordered.filter(
        product_slug__in={offer.product.slug for offer in offered}, region__in={offer.region for offer in offered}
    )
    fields = ("product_slug", "parameter", "region", "chosen", "weight", "at")
    for slug, parameter, region, chosen, weight, at in asked.values_list(*fields):
        found[slug, parameter, region].append((str(chosen), weight, at))
    return found


def _hours(asked: datetime | None, live: datetime) -> float | None:
    return None if asked is None else max(0.0, (live - asked) / timedelta(hours=1))
