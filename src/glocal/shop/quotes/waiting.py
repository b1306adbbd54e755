"""The second offer: an order that may wait for others on its plate costs less, because they share its set-up."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from django.db.models import QuerySet

from glocal.shop.makers.models import MakerMachine
from glocal.shop.orders.models import Order, OrderState
from glocal.shop.quotes.context import context_from_inputs, use_from_inputs
from glocal.shop.quotes.models import QuoteMethod, QuoteRecord
from glocal.shop.shops.models import Shop
from glocal.values import Estimate

if TYPE_CHECKING:
    from glocal.quoting.model import PriceContext, PrintUse

LOOK_BACK_DAYS = 30
OWN_ORDERS_NEEDED = 10  # below, what the owner assumes is used and named as such
WORTH_IT = 0.02  # of the price: a smaller saving is no reason to wait


def offer_to_wait(row: QuoteRecord) -> QuoteRecord | None:
    """Write the quote of the same thing for a customer who may wait, or none where that saves nothing.

    Parameters
    ----------
    row : QuoteRecord
        The quote of the same thing at once, written already.
    """
    from glocal.network.hold import room_for_others, share_of_plate
    from glocal.quoting.price import price

    if row.part is None or row.machine is None or row.total_minor is None or row.quote is None or row.rush:
        return None
    hold = row.product.shop.assumptions.get("plate_hold")
    if not hold:
        return None
    use, context = use_from_inputs(row.quote["inputs"]), context_from_inputs(row.quote["inputs"])
    if context.plate_share * context.quantity > 1:  # it fills a plate of its own already
        return None
    room = room_for_others(*_areas_mm2(row))
    coming = orders_coming(row.product.shop, row, hold, context.now)
    share = share_of_plate(waiting_with(row.machine, row).count(), coming, room)
    quote = price(use, _context(context, use, share, float(hold["hold_h"])))
    if quote.total_minor > row.total_minor * (1 - WORTH_IT):
        return None
    return QuoteRecord.objects.create(
        **{name: getattr(row, name) for name in _SAME},
        alternative_to=row,
        hold_h=float(hold["hold_h"]),
        method=QuoteMethod(quote.method),
        quote={**quote.as_dict(), "share_of_plate": share.value, "share_source": share.source},
        total_minor=quote.total_minor,
        low_minor=quote.low_minor,
        high_minor=quote.high_minor,
        valid_until=quote.valid_until,
    )


_SAME = (
    *("product", "part", "values", "material_id", "colour", "region", "quantity", "delivery", "prefer"),
    *("machine", "recipe", "findings", "candidates", "currency"),
)


def _areas_mm2(row: QuoteRecord) -> tuple[float, float]:
    """Return what the order and the bed cover."""
    from glocal.production.prusaslicer_profiles import get_machine

    if row.part is None or row.machine is None:
        raise RuntimeError("a refused quote has no plate")
    x, y, _ = row.part.features["extent_mm"]
    kind = get_machine(row.machine.profile_id)
    return x * y * row.quantity, kind.bed_x_mm * kind.bed_y_mm


def waiting_with(machine: MakerMachine, row: QuoteRecord) -> QuerySet[Order]:
    """Return the orders that wait for a plate of this machine, in a quote's material, colour and recipe.

    The longest waiting comes first.
    """
    held = Order.objects.filter(state=OrderState.HELD, machine=machine, cancel_asked=False)
    same = held.filter(quote__material_id=row.material_id, quote__colour=row.colour, quote__recipe=row.recipe)
    return same.order_by("hold_until", "id")


def orders_coming(shop: Shop, row: QuoteRecord, hold: dict[str, Any], now: datetime) -> Estimate:
    """Return how many orders for such a plate come while one waits: from own orders, else as the owner assumes."""
    hold_days = float(hold["hold_h"]) / 24
    since = now - timedelta(days=LOOK_BACK_DAYS)
    alike = {"quote__material_id": row.material_id, "quote__colour": row.colour, "quote__recipe": row.recipe}
    recent = Order.objects.filter(created_at__gte=since, created_at__lt=now, quote__product__shop=shop)
    came = recent.filter(**alike).count()
    if came >= OWN_ORDERS_NEEDED:
        scale, source = hold_days / LOOK_BACK_DAYS, f"{came} such orders in {LOOK_BACK_DAYS} days"
        spread = 1.2816 * came**0.5  # 80 % of a Poisson count
        return Estimate(came * scale, max(0.0, came - spread) * scale, (came + spread) * scale, source)
    assumed = Estimate(**hold["orders_per_day"])
    return Estimate(assumed.value * hold_days, assumed.low * hold_days, assumed.high * hold_days, assumed.source)


def _context(context: PriceContext, use: PrintUse, share: Estimate, hold_h: float) -> PriceContext:
    """Return what the price depends on when the order waits and shares: its set-up, and when its plate is done."""
    queue_s = max(hold_h * 3600, context.queue_s.value if context.queue_s else 0.0)
    own_s = use.time_s.value * context.quantity
    others = [own_s * (1 / part - 1) for part in (share.value, share.high, share.low)]
    waits = Estimate(
        queue_s + others[0],
        queue_s + others[1],
        queue_s + others[2],
        f"waits up to {hold_h:g} h for others on its plate",
    )
    return replace(context, plate_share=share.value / context.quantity, queue_s=waits)
