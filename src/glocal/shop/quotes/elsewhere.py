"""Who else could make what was quoted: own makers with what it would cost there, and other shops to be asked."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import TYPE_CHECKING, Any

from django.utils import timezone

from glocal.errors import GlocalError
from glocal.shop.commons.capacity import peer_offers
from glocal.shop.makers.models import Maker, MakerMachine
from glocal.shop.quotes.candidates import Uses, context_with, need_of
from glocal.shop.quotes.dates import ready_if_ordered
from glocal.shop.quotes.inquiry import Inquiry
from glocal.shop.quotes.models import QuoteRecord
from glocal.shop.quotes.options import QuoteOptions

if TYPE_CHECKING:
    from glocal.network import model as network
    from glocal.network.peers import PeerAnswers
    from glocal.values import Estimate

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
        ready_if_ordered(quote, now).at if chosen and quote.quote else datetime.fromisoformat(offer["ready_at"]),
        quote.total_minor if chosen else _total_minor(quote, machine, uses, now),
        chosen,
    )


def _total_minor(quote: QuoteRecord, machine: MakerMachine, uses: Uses, now: datetime) -> int | None:
    from glocal.quoting.price import total_minor

    try:
        use = uses.instant(machine.profile_id)
        if use is None:
            return None
        context = context_with(quote.product, machine, uses, QuoteOptions.of(quote), Inquiry(now))
        return total_minor(use, context)
    except GlocalError:  # what cannot be priced there is shown without a price; the quote itself stands
        return None


def peers_for(row: QuoteRecord, uses: Uses, *, by: datetime | None, now: datetime) -> PeerAnswers:
    """Return what the idle machines that other shops offer come to for a quote; none of them is more than to be asked.

    Only the instant estimate is asked, and only for models that the slicer knows.
    """
    from glocal.network.peers import ask_peers

    def print_s(machine: network.MakerMachine) -> Estimate | None:
        try:
            known = uses.instant(machine.machine.id) if machine.machine.id else None
        except GlocalError:  # what another shop's machine cannot do must not keep anybody from an own answer
            return None
        return known.time_s if known else None

    need = need_of(uses, quantity=row.quantity, delivery=row.delivery, may_slice=False)
    shop = row.product.shop
    return ask_peers(
        replace(need, print_s_by_machine=print_s, mass_g_by_machine=None),
        peer_offers(now),
        near=(shop.latitude, shop.longitude),
        by=by,
        now=now,
    )


def peers_of_quote(quote: QuoteRecord, *, now: datetime | None = None) -> PeerAnswers | None:
    """Return what other shops offer now for something quoted before; None where it was never built."""
    if quote.part is None:
        return None
    uses = Uses(quote.part, quote.material_id, quote.product.template().print_notes)
    return peers_for(quote, uses, by=None, now=now or timezone.now())
