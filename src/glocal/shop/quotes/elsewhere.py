"""Who could make what was quoted, and what it would cost with each: for a customer who looks where it is made."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.utils import timezone

from glocal.errors import GlocalError
from glocal.shop.makers.models import Maker, MakerMachine
from glocal.shop.parts.printing import plates_for
from glocal.shop.quotes.candidates import Uses
from glocal.shop.quotes.context import price_context
from glocal.shop.quotes.models import QuoteRecord

MOST_SHOWN = 12


@dataclass(frozen=True, slots=True)
class Elsewhere:
    """One maker who can make it.

    Parameters
    ----------
    total_minor : int or None
        The price with this maker now, for the whole quantity; None where only the slicer could say.
    chosen : bool
        Whether the quote is with this maker; then the price is the quote's own.
    """

    maker: Maker
    distance_km: float
    ready_at: datetime
    total_minor: int | None
    chosen: bool


def makers_of_quote(quote: QuoteRecord, *, now: datetime | None = None) -> list[Elsewhere]:
    """Return the makers who accepted, in the order that the customer prefers, at most twelve of them.

    Only the instant estimate is asked: nobody waits for a slicer to look at a map.
    """
    offers: list[Mapping[str, Any]] = (quote.candidates.get("accepted") or [])[:MOST_SHOWN]
    slugs = [offer["machine"] for offer in offers if "machine" in offer]
    rows = MakerMachine.objects.filter(slug__in=slugs, is_active=True, maker__is_active=True).select_related("maker")
    machines = {machine.slug: machine for machine in rows}
    if quote.part is None:
        return []
    uses = Uses(quote.part, quote.material_id, quote.product.template().print_notes)
    now = now or timezone.now()
    return [
        _with(quote, machines[offer["machine"]], offer, uses, now)
        for offer in offers
        if offer.get("machine") in machines
    ]


def _with(quote: QuoteRecord, machine: MakerMachine, offer: Mapping[str, Any], uses: Uses, now: datetime) -> Elsewhere:
    chosen = machine.id == quote.machine_id
    return Elsewhere(
        machine.maker,
        offer["distance_km"],
        datetime.fromisoformat(quote.quote["ready"]["at"] if chosen and quote.quote else offer["ready_at"]),
        quote.total_minor if chosen else _total_minor(quote, machine, uses, now),
        chosen,
    )


def _total_minor(quote: QuoteRecord, machine: MakerMachine, uses: Uses, now: datetime) -> int | None:
    from glocal.quoting.price import price

    try:
        use = uses.instant(machine.profile_id)
        if use is None:
            return None
        context = price_context(
            quote.product,
            machine,
            material_id=quote.material_id,
            quantity=quote.quantity,
            plates=plates_for(uses.setup(machine.profile_id), quote.quantity),
            delivery=quote.delivery,
            rush=quote.rush,
            now=now,
        )
        return price(use, context).total_minor
    except GlocalError:  # what cannot be priced there is shown without a price; the quote itself stands
        return None
