"""Orders that may wait share a plate: they are held until one of them has waited long enough or the plate is full.

Whoever's time has come closes the plate and takes along all who wait for the same machine, material and recipe and find
room. Slicing happens outside the transaction; the job is written only if every order on the plate still waits.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from typing import TYPE_CHECKING

from django.utils import timezone

from glocal.errors import CannotBeMade, GlocalError
from glocal.shop.effects.once import once
from glocal.shop.orders.events import tell
from glocal.shop.orders.models import Order, OrderState
from glocal.shop.parts.printing import Setup, recipe_as_dict, setup_for
from glocal.shop.quotes.waiting import waiting_with
from glocal.shop.workflow.handover import enqueue
from glocal.shop.workflow.names import HOLD, ORDERS_QUEUE, hold_id
from glocal.shop.workflow.plates import ready_plate, write_job
from glocal.shop.workflow.prepare import pieces_to_print, print_notes, quoted
from glocal.shop.workflow.stage import GO_ON, STOP, move

if TYPE_CHECKING:
    from glocal.production.model import Plate

MOST_LOOKED_AT = 30
MOST_TRIES = 5


class SomebodyLeft(Exception):
    """An order on the plate was cancelled or went elsewhere while the plate was sliced."""


def hold(order: Order) -> str:
    """Let an order that may wait do so, once; the others go on at once."""
    machine = order.machine
    if order.quote.hold_h <= 0 or order.hold_until is not None or machine is None:
        return GO_ON
    until = timezone.now() + timedelta(hours=order.quote.hold_h)

    def change(locked: Order) -> None:
        locked.hold_until = until
        arguments = (str(locked.id), locked.generation)
        delay = None if _is_full(order) else timedelta(hours=order.quote.hold_h)
        enqueue(HOLD, ORDERS_QUEUE, hold_id(*arguments), *arguments, delay=delay)

    words = f"It waits for others on its plate at {machine.maker.name}, until {until:%Y-%m-%d %H:%M} UTC at the latest."
    move(order, "held", words, OrderState.HELD, data={"hold_until": until.isoformat()}, change=change)
    return STOP  # from here on the plate's closing carries the order


def _is_full(order: Order) -> bool:
    """Say whether an order fills the plate that others wait for."""
    from glocal.network.hold import FULL
    from glocal.production.prusaslicer_profiles import get_machine

    if order.machine is None:
        return False
    kind = get_machine(order.machine.profile_id)
    waiting = waiting_with(order.machine, order.quote).exclude(id=order.id)
    covered = sum(_area_mm2(each) for each in [order, *waiting.select_related("quote__part")[:MOST_LOOKED_AT]])
    return covered >= FULL * kind.bed_x_mm * kind.bed_y_mm


def _area_mm2(order: Order) -> float:
    part, _ = quoted(order)
    x, y, _ = part.features["extent_mm"]
    return float(x * y * order.quantity)


def close_plate(order: Order) -> str:
    """Print an order whose waiting is over, together with all who wait for the same and find room."""
    if order.state != OrderState.HELD or order.machine is None:
        return STOP  # another order's plate took it along
    setup = _setup(order)
    for _ in range(MOST_TRIES):
        companions = _companions(order, setup)
        if not companions:
            return GO_ON  # alone, as an order that does not wait
        try:
            return _share(order, companions, setup)
        except SomebodyLeft:
            continue
        except GlocalError:  # together they cannot be sliced; one by one they may
            return GO_ON
    return GO_ON


def _setup(order: Order) -> Setup:
    part, machine = quoted(order)
    return setup_for(part, (order.machine or machine).profile_id, order.quote.material_id, print_notes(order))


def _companions(order: Order, setup: Setup) -> list[Order]:
    """Return the other orders that wait for the same plate, the one that has waited longest first."""
    if order.machine is None:
        return []
    waiting = waiting_with(order.machine, order.quote).exclude(id=order.id)
    same = recipe_as_dict(setup.recipe)
    rows = waiting.select_related("quote__product__shop", "quote__part", "quote__machine", "machine__maker")
    return [each for each in rows[:MOST_LOOKED_AT] if recipe_as_dict(_setup(each).recipe) == same]


def _share(order: Order, companions: Sequence[Order], setup: Setup) -> str:
    from glocal.production.errors import PlateFull

    aboard, plate = [order], None
    for each in companions:
        try:
            plate = _plate([*aboard, each], setup)
        except PlateFull:
            continue
        aboard.append(each)
    if plate is None:
        return GO_ON
    part, _ = quoted(order)
    try:
        ready = ready_plate(setup, plate, part, ", ".join(dict.fromkeys(str(each.quote.product) for each in aboard)))
    except CannotBeMade:
        return GO_ON  # on a plate of its own it comes out whether this order or another one is at fault
    machine = order.machine
    setups = [_setup(each) for each in aboard[1:]]
    generations = {each.id: each.generation for each in aboard}

    def effect() -> list[str]:
        locked = list(Order.objects.select_for_update().filter(id__in=generations).order_by("id"))
        if any(
            each.state != OrderState.HELD or each.cancel_asked or each.generation != generations[each.id]
            for each in locked
        ):
            raise SomebodyLeft
        if machine is None:
            raise RuntimeError("an order waits after its maker was found")
        job = write_job(machine, ready, setup, setups)
        for each in locked:
            others = len(locked) - 1
            words = (
                f"Its plate is closed and waits for {machine.name}; {others} other order{'s'[: others > 1]} share it."
            )
            tell(each, "plate_shared", words, state=OrderState.QUEUED, data={"job": str(job.id), "orders": len(locked)})
        return [str(job.id)]

    try:
        once(f"order:{order.id}:{order.generation}:plate", effect)
    except SomebodyLeft:
        order.refresh_from_db()
        if order.state != OrderState.HELD or order.cancel_asked:
            return STOP
        raise
    return STOP  # from here on the job carries them


def _plate(orders: Sequence[Order], setup: Setup) -> Plate:
    """Lay all pieces of several orders on one plate, or raise which piece finds no room."""
    from glocal.production.plate import place

    pieces = []
    for order in orders:
        part = _setup(order).lying.part
        pieces += [(part, piece.id) for piece in pieces_to_print(order)]
    return place(pieces, setup.machine)
