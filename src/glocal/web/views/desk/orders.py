"""The owner's orders: searched and filtered, each with what it was planned to leave and what it did."""

from __future__ import annotations

import uuid
from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from glocal.shop.jobs.actions import go_on
from glocal.shop.makers.models import Maker
from glocal.shop.orders.actions import cancel_order
from glocal.shop.orders.hand_over import can_hand_over, hand_over
from glocal.shop.orders.listing import GROUPS, ListedOrder, OrderFilter, list_orders, listed
from glocal.shop.orders.models import WAITING_STATES, Order, OrderState
from glocal.shop.orders.queries import access_order, order_timeline
from glocal.shop.outcomes.actions import actual_time_s
from glocal.shop.payments.ledger import standing_of
from glocal.shop.products.describe import describe_values
from glocal.shop.products.models import Product
from glocal.shop.quotes.elsewhere import peers_of_quote
from glocal.shop.quotes.words import lines_in_words
from glocal.shop.sessions.models import Side
from glocal.values import new_id
from glocal.web.desk_words import (
    job_in_words,
    margin_in_words,
    measured_in_words,
    owner_order_in_words,
    phase_in_words,
)
from glocal.web.guard import actor_of_request, owner_only
from glocal.web.links import part_url
from glocal.web.order_snapshot import can_cancel
from glocal.web.order_words import event_in_words
from glocal.web.page import desk_page, shop_or_none
from glocal.web.pay_words import state_in_words as payment_in_words
from glocal.web.views.order_talk import talk_context


@owner_only
@require_safe
def orders_page(request: HttpRequest) -> HttpResponse:
    """List the orders that are looked for."""
    wanted = wanted_orders(request)
    found = list_orders(wanted, before=request.GET.get("before", ""), after=request.GET.get("after", ""))
    language = get_language() or "en"
    context = {
        "wanted": wanted,
        "typed": request.GET,
        "groups": [(group, _group_in_words(group)) for group in GROUPS],
        "products": [(product.slug, product.text("title", language)) for product in Product.objects.all()],
        "makers": Maker.objects.filter(is_active=True).only("slug", "name"),
        "rows": [_row(each, language) for each in found.rows],
        "found": found,
        "query": _kept(request),
    }
    return desk_page(request, "orders.html", context)


def wanted_orders(request: HttpRequest) -> OrderFilter:
    """Return what the filters in an address let through; days begin at the shop's midnight."""
    shop = shop_or_none()
    zone = ZoneInfo(shop.timezone if shop else "UTC")
    get = request.GET.get
    return OrderFilter(
        text=get("q", ""),
        group=get("state", ""),
        product=get("product", ""),
        maker=get("maker", ""),
        since=_day(get("since", ""), zone),
        until=_day(get("until", ""), zone, days=1),
    )


def _day(text: str, zone: ZoneInfo, *, days: int = 0) -> datetime | None:
    """Return the midnight at the shop's place with which a day begins; what is no day filters nothing."""
    try:
        begins = datetime.strptime(text, "%Y-%m-%d").replace(tzinfo=zone)
        return (begins + timedelta(days=days)).astimezone(UTC)
    except (ValueError, OverflowError):
        return None


def _kept(request: HttpRequest) -> str:
    """Return the filters as they stand in an address, without the page."""
    kept = request.GET.copy()
    for name in ("before", "after"):
        kept.pop(name, None)
    return str(kept.urlencode())


def _group_in_words(group: str) -> str:
    words = {
        "waiting": _("Waiting for an answer"),
        "open": _("On their way"),
        "ready": _("Ready, not handed over"),
        "done": _("Made"),
        "ended": _("Cancelled or not possible"),
    }
    return words[group]


def _row(each: ListedOrder, language: str) -> dict[str, Any]:
    order = each.order
    return {
        "order": order,
        "title": order.text("title", language),
        "state": owner_order_in_words(order.state),
        "waits": order.state in WAITING_STATES,
        "planned": margin_in_words(None if order.is_off else each.planned, order.currency),
        "actual": margin_in_words(each.actual, order.currency),
        "loses": each.actual is not None and each.actual.left_minor < 0,
    }


@owner_only
@require_safe
def order_page(request: HttpRequest, order_id: uuid.UUID) -> HttpResponse:
    """Show one order with everything that the shop knows of it."""
    order = access_order(order_id, actor=actor_of_request(request))
    language = get_language() or "en"
    each = listed(_with_jobs(order))
    quote = order.quote
    context = {
        "row": _row(each, language),
        "margins": each,
        "measured": measured_in_words(each.actual),
        "lines": lines_in_words(quote.quote) if quote.quote else [],
        "values": describe_values(quote.product, quote.values, language),
        "picture": part_url(quote.part, "png"),
        "jobs": [_job(job) for job in each.jobs],
        "timeline": [
            {"event": event, "words": event_in_words(event.code, event.message, event.data, to_shop=True)}
            for event in order_timeline(order)
        ],
        "order": order,
        "talk": talk_context(order, Side.SHOP),
        "pieces": list(order.pieces.all()),
        "done": order.state == OrderState.DONE,
        "key": str(new_id()),
        "payment": _payment(order),
        "peers": peers_of_quote(quote) if _may_need_help(order) else None,
        "can_hand_over": can_hand_over(order),
        "can_cancel": can_cancel(order),
        "can_go_on": order.state == OrderState.NEEDS_MAKER and not any(not job.ended_at for job in each.jobs),
    }
    return desk_page(request, "order.html", context)


def _payment(order: Order) -> dict[str, Any]:
    """Return how the books of an order stand, in the owner's words."""
    now = standing_of(order)
    state = payment_in_words(now.state, off=order.is_off, desk=True)
    return {"state": state, "due_minor": max(0, now.due_minor), "back_minor": max(0, -now.due_minor)}


def _may_need_help(order: Order) -> bool:
    """Say whether other shops are worth asking: nobody makes it, or the own makers were full when it was priced."""
    return not order.is_final and (order.state == OrderState.NEEDS_MAKER or "peers" in order.quote.candidates)


def _with_jobs(order: Order) -> Order:
    from django.db.models import Prefetch, prefetch_related_objects

    from glocal.shop.jobs.models import Job

    jobs = Job.objects.select_related("machine__maker", "outcome")
    prefetch_related_objects([order], "pieces", Prefetch("pieces__jobs", queryset=jobs))
    return order


def _job(job: Any) -> dict[str, Any]:
    outcome = getattr(job, "outcome", None)
    return {
        "job": job,
        "state": phase_in_words(outcome.phase) if outcome else job_in_words(job.state),
        "outcome": outcome,
        "took_s": actual_time_s(outcome) if outcome else None,
    }


@owner_only
@require_POST
def order_do(request: HttpRequest, order_id: uuid.UUID, action: str) -> HttpResponse:
    """Cancel an order, let it go on after its maker looked, or note that its customer has it."""
    actor = actor_of_request(request)
    if action == "cancel":
        cancel_order(access_order(order_id, actor=actor, action="cancel"))
        messages.success(request, _("The order is being cancelled."))
    elif action in {"hand-over", "hand-over-paid"}:
        hand_over(access_order(order_id, actor=actor, action="work"), paid_in_cash=action == "hand-over-paid")
        messages.success(request, _("Noted: the customer has it."))
    else:
        go_on(access_order(order_id, actor=actor, action="work"))
        messages.success(request, _("The order goes on."))
    return redirect("desk-order", order_id)
