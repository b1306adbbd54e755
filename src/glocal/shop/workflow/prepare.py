"""From a placed order to jobs in printers' queues: check, slice, compare with the quote, match, lay out."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta
from functools import partial
from typing import TYPE_CHECKING, Any

from django.utils import timezone

from glocal.errors import CannotBeMade
from glocal.shop.effects.once import once
from glocal.shop.jobs.decline import declined_machines
from glocal.shop.jobs.models import Job, JobState
from glocal.shop.makers.models import MakerMachine
from glocal.shop.measures import duration, measure
from glocal.shop.orders.events import tell
from glocal.shop.orders.mail import COMES_LATE
from glocal.shop.orders.models import Order, OrderState, Piece
from glocal.shop.parts.models import BuiltPart
from glocal.shop.parts.printing import Setup, plate_of, plates_for, setup_for
from glocal.shop.parts.queries import finding_as_dict
from glocal.shop.quotes.actions import nobody, refuse_if_blocked
from glocal.shop.quotes.candidates import Uses, find_candidates
from glocal.shop.quotes.context import context_from_inputs
from glocal.shop.quotes.inquiry import Inquiry
from glocal.shop.quotes.options import QuoteOptions
from glocal.shop.workflow.handover import enqueue
from glocal.shop.workflow.names import LEARN, ORDERS_QUEUE, learn_id
from glocal.shop.workflow.plates import ready_plate, write_job
from glocal.shop.workflow.stage import GO_ON, STOP, ask_another_maker, move

if TYPE_CHECKING:
    from glocal.network.model import MatchResult
    from glocal.production.model import Plate

NEXT_DOOR_KM = 0.1  # nearer than that is no way to speak of


def check(order: Order) -> str:
    """Look at the part again, with the recipe that was quoted: files and rules may have changed since."""
    if not order.pieces.exclude(jobs__state=JobState.PRINTED).exists():
        return _hand_over_evaluation(order)
    move(order, "checking", "The part is being checked again.", OrderState.CHECKING)
    part, machine = quoted(order)
    setup = setup_for(part, machine.profile_id, order.quote.material_id, print_notes(order))
    refuse_if_blocked(part, [finding_as_dict(finding) for finding in setup.findings])
    return GO_ON


def slice_exactly(order: Order) -> str:
    """Let the slicer answer, and compare its price with the band that the customer was promised."""
    from glocal.quoting.price import price

    move(order, "slicing", "The part is being prepared for printing.", OrderState.SLICING)
    part, machine = quoted(order)
    use = Uses(part, order.quote.material_id, print_notes(order)).exact(machine.profile_id)
    exact = price(use, context_from_inputs((order.quote.quote or {})["inputs"]))
    facts = {
        "price_minor": exact.total_minor,
        "currency": exact.currency,
        "time_s": use.time_s.value,
        "mass_g": use.mass_g.value,
        "quoted_minor": [order.quote.low_minor, order.quote.total_minor, order.quote.high_minor],
        "quote": exact.as_dict(),
    }

    def keep(locked: Order) -> None:
        locked.exact = facts
        if not locked.accepted_price:
            locked.total_minor = exact.total_minor if cheaper else locked.total_minor

    low, high = order.quote.low_minor or 0, order.quote.high_minor or 0
    cheaper = exact.total_minor < low
    each = f"{duration(use.time_s.value, 'en')} and {measure(use.mass_g.value, 'g', 'en', digits=1)} per piece"
    said = f"It was calculated exactly, {use.source}: {each}"
    if exact.total_minor > high and not order.accepted_price:
        words = (
            f"{said}. The exact price is {_money(exact.total_minor, order.currency)}, above the quoted "
            f"{_money(low, order.currency)} to {_money(high, order.currency)}. Please say whether to go on."
        )
        move(order, "needs_customer", words, OrderState.NEEDS_CUSTOMER, data=facts, change=keep)
        return STOP
    words = f"{said}; it costs less than quoted, so the price was lowered." if cheaper else f"{said}, within the quote."
    return move(order, "sliced", words, data=facts, change=keep)


def find_maker(order: Order) -> str:
    """Ask all makers; keep for each the reason why it was or was not chosen."""
    move(order, "matching", "A maker near you is being looked for.", OrderState.MATCHING)
    part, _ = quoted(order)
    uses = Uses(part, order.quote.material_id, print_notes(order))
    now = timezone.now() + timedelta(hours=0.0 if order.hold_until else order.quote.hold_h)
    declined = declined_machines(order)
    asked = replace(QuoteOptions.of(order.quote), quantity=order.quantity)
    ask = partial(find_candidates, order.quote.product, uses, asked, Inquiry(now, placed=order.id))
    found = ask(by=order.promised_by)
    offer = next((each for each in found.accepted if each.machine_id not in declined), None)
    if offer is None:
        found = ask()
        offer = next((each for each in found.accepted if each.machine_id not in declined), None)
    if offer is None:
        return _let_the_shop_decide(order, found)
    machine = MakerMachine.objects.select_related("maker").get(slug=offer.machine_id)

    def keep(locked: Order) -> None:
        locked.machine = machine
        locked.match = found.as_dict()
        locked.ready_at = offer.ready_at

    away = f", {measure(offer.distance_km, 'km', 'en', digits=1)} away" if offer.distance_km >= NEXT_DOOR_KM else ""
    words = f"{machine.maker.name} makes it on {machine.name}{away}."
    said = move(order, "matched", words, data=found.as_dict(), change=keep)
    if said == GO_ON and order.comes_late and not order.events.filter(code=COMES_LATE).exists():
        words = f"It will be later than was promised: likely {offer.ready_at:%Y-%m-%d %H:%M} UTC."
        return move(order, COMES_LATE, words, data={"ready_at": offer.ready_at.isoformat()})
    return said


def _let_the_shop_decide(order: Order, found: MatchResult) -> str:
    """Ask the shop's people: a spool that was taken off comes back, an order that was called off does not."""
    if found.accepted:
        words, data = "Nobody else could make it; the shop decides how it goes on.", found.as_dict()
    else:
        refusal = nobody(found.as_dict())
        words, data = f"{refusal.message} The shop decides how it goes on.", refusal.as_dict()
    move(order, "needs_maker", words, OrderState.NEEDS_MAKER, data=data)
    return STOP


def lay_out(order: Order) -> str:
    """Slice the real plates, check and label their G-code, and put one job per plate into the printer's queue."""
    part, _ = quoted(order)
    machine = order.machine
    if machine is None:
        raise RuntimeError("an order is laid out after its maker was found")
    missing = pieces_to_print(order)
    if not missing:
        return STOP
    title = str(order.quote.product)
    try:
        setup = setup_for(part, machine.profile_id, order.quote.material_id, print_notes(order))
        refuse_if_blocked(part, [finding_as_dict(finding) for finding in setup.findings])
        ready = [ready_plate(setup, plate, part, title) for plate in _plates(missing, setup)]
    except CannotBeMade as refusal:
        return ask_another_maker(order, refusal)
    planned = {piece.id for piece in missing}

    def effect() -> list[str]:
        locked = Order.objects.select_for_update().get(id=order.id)
        still_missing = {piece.id for piece in pieces_to_print(locked)}  # it may share another's plate by now
        if locked.generation != order.generation or locked.is_final or still_missing != planned:
            return []
        for plate in ready:
            write_job(machine, plate, setup)
        plates = "its plate waits" if len(ready) == 1 else f"its {len(ready)} plates wait"
        tell(
            locked,
            "queued",
            f"Everything is prepared; {plates} for {machine.name}.{_turned(setup)}",
            state=OrderState.QUEUED,
            data={"jobs": [str(plate.job_id) for plate in ready], "turned": list(setup.lying.reasons)},
        )
        return [str(plate.job_id) for plate in ready]

    once(f"order:{order.id}:{order.generation}:queued", effect)
    return STOP  # from here on the jobs carry the order


def _turned(setup: Setup) -> str:
    """Return why the part is printed on another side than it came, in words."""
    reasons = setup.lying.reasons
    return (
        f" It is printed on another side than it was drawn. {' '.join(reason['message'] for reason in reasons)}"
        if reasons
        else ""
    )


def _hand_over_evaluation(order: Order) -> str:
    """Send an order whose pieces are all printed straight to its evaluation."""

    def change(locked: Order) -> None:
        arguments = (str(locked.id), locked.generation)
        enqueue(LEARN, ORDERS_QUEUE, learn_id(*arguments), *arguments)

    move(order, "printed", "Everything is printed already.", OrderState.PRINTED, change=change)
    return STOP


def pieces_to_print(order: Order) -> list[Piece]:
    """Return the pieces of an order that are neither printed nor in an open job."""
    settled = Job.objects.exclude(state__in=(JobState.FAILED, JobState.CANCELLED))
    return list(order.pieces.exclude(jobs__in=settled))


def quoted(order: Order) -> tuple[BuiltPart, MakerMachine]:
    part, machine = order.quote.part, order.quote.machine
    if part is None or machine is None:
        raise RuntimeError("a refused quote cannot have been ordered")
    return part, machine


def print_notes(order: Order) -> dict[str, Any]:
    return dict(order.quote.product.template().print_notes)


def _plates(pieces: Sequence[Piece], setup: Setup) -> list[Plate]:
    """Return as few plates as the simple layout needs, about equally full."""
    count = plates_for(setup, len(pieces))
    ids = [piece.id for piece in pieces]
    return [plate_of(setup, ids[k::count]) for k in range(count)]


def _money(minor: int, currency: str) -> str:
    from babel.numbers import format_currency, get_currency_precision

    return format_currency(minor / 10 ** get_currency_precision(currency), currency, locale="en")
