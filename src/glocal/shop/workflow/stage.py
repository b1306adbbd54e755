"""One stage of an order: what is common to all of them.

A stage may run more than once (a worker died in it), so it reads, works outside the database, and then writes its
consequence under a key that exists once.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from glocal.errors import CannotBeMade, GlocalError
from glocal.shop.effects.once import once
from glocal.shop.orders.events import tell
from glocal.shop.orders.models import FINAL_STATES, WAITING_STATES, Order, OrderState
from glocal.shop.orders.path import hand_over_preparation
from glocal.shop.outcomes.models import UNFIT_MACHINE
from glocal.shop.workflow.handover import enqueue
from glocal.shop.workflow.names import ORDERS_QUEUE, PREPARE, prepare_id
from glocal.shop.workflow.pace import pace

GO_ON = "go_on"
STOP = "stop"
MOST_TRIES = 8

Stage = Callable[[Order], str]


def run_stage(stage: Stage, order_id: str, generation: int) -> str:
    """Run a stage for an order, unless the order has moved on, and turn every refusal into a state with words.

    Returns
    -------
    str
        ``GO_ON`` or ``STOP``.
    """
    order = Order.objects.select_related("quote__product__shop", "quote__part", "quote__machine").get(id=order_id)
    if order.generation != generation or order.state in FINAL_STATES | WAITING_STATES:
        return STOP
    if order.cancel_asked and order.state not in {OrderState.PRINTED, OrderState.LEARNING}:
        return move(order, "cancelled", "The order was cancelled.", OrderState.CANCELLED) and STOP
    try:
        return stage(order)
    except CannotBeMade as refusal:
        message = f"It cannot be made: {refusal.message} {refusal.help}".strip()
        move(order, "cannot_be_made", message, OrderState.CANNOT_BE_MADE, data=refusal.as_dict())
    except GlocalError as failure:
        try_again_later(order, failure.message, failure.help, failure.as_dict())
    return STOP


def move(
    order: Order,
    code: str,
    message: str,
    state: OrderState | None = None,
    *,
    data: Mapping[str, Any] | None = None,
    change: Callable[[Order], None] | None = None,
) -> str:
    """Change an order of this generation once: apply ``change``, tell the timeline, move to ``state``.

    Nothing happens when the order has meanwhile gone on to another generation or to its end.
    """

    def effect() -> str:
        locked = Order.objects.select_for_update().get(id=order.id)
        if locked.generation != order.generation or locked.is_final:
            return STOP
        if change is not None:
            change(locked)
        tell(locked, code, message, state=state, data=dict(data or {}))
        return GO_ON

    result = str(once(f"order:{order.id}:{order.generation}:{code}", effect))
    order.refresh_from_db()
    return result


def try_again_later(order: Order, message: str, help: str, data: Mapping[str, Any]) -> None:
    """Keep the order and try its path again later; after many tries, ask the shop's people."""

    def change(locked: Order) -> None:
        locked.tries += 1
        if locked.tries < MOST_TRIES:
            locked.generation += 1
            delay = pace().retry(locked.tries - 1)
            arguments = (str(locked.id), locked.generation)
            enqueue(PREPARE, ORDERS_QUEUE, prepare_id(*arguments), *arguments, delay=delay)

    if order.tries + 1 < MOST_TRIES:
        wait_s = pace().retry(order.tries).total_seconds()
        words = f"{message} {help} It will be tried again in {_span(wait_s)}."
        move(order, "failed_retry", words, OrderState.FAILED_RETRY, data=data, change=change)
    else:
        words = f"{message} {help} This was tried {MOST_TRIES} times; somebody of the shop has to look."
        move(order, "needs_maker", words, OrderState.NEEDS_MAKER, data=data, change=change)


def ask_another_maker(order: Order, refusal: CannotBeMade) -> str:
    """Look for another maker: the machine that was found cannot make what its customer was promised."""
    if order.machine is None:
        raise RuntimeError("only a machine that was found can turn out unfit")

    def change(locked: Order) -> None:
        locked.generation += 1
        hand_over_preparation(locked)

    words = f"{order.machine.name} cannot make it: {refusal.message} {refusal.help}".strip()
    data = refusal.as_dict() | {UNFIT_MACHINE: order.machine.slug}
    state = OrderState.FAILED_RETRY
    move(order, "declined", f"{words} Another maker is looked for.", state, data=data, change=change)
    return STOP


def _span(seconds: float) -> str:
    return f"{seconds:.0f} s" if seconds < 90 else f"{seconds / 60:.0f} min"
