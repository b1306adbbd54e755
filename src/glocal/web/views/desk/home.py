"""The owner's first page: what needs them now, what is made today, what the week brought."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from glocal.shop.demand.proposals import proposals
from glocal.shop.desk.queries import MOST_SHOWN, due, needs, todays_plates, weeks
from glocal.shop.jobs.models import Job, JobState
from glocal.shop.makers.links import link_of
from glocal.shop.makers.printers import is_driven
from glocal.shop.messages.queries import waiting_messages
from glocal.shop.orders.hand_over import lies_ready
from glocal.shop.orders.models import WAITING_STATES
from glocal.web.desk_words import job_in_words, owner_order_in_words, phase_in_words
from glocal.web.guard import owner_only
from glocal.web.numbers import number
from glocal.web.page import desk_page, page, shop_or_none


@owner_only
@require_safe
def home_page(request: HttpRequest) -> HttpResponse:
    """Show what needs the owner, today's plates and the money of the week."""
    shop, now = shop_or_none(), timezone.now()
    if shop is None or shop.set_up_at is None:
        return redirect("desk-setup-begin")
    language = get_language() or "en"
    found = needs(now)
    this_week, last_week = weeks(shop, now)
    orders = [
        {
            "order": order,
            "title": order.text("title", language),
            "state": owner_order_in_words(order.state),
            "waits": order.state in WAITING_STATES,
        }
        for order in found.orders
    ]
    ready = list(lies_ready()[: MOST_SHOWN + 1])
    context = {
        "shop": shop,
        "needs": found,
        "mails_go_out": shop.is_demonstration or bool(settings.MAIL_SERVER.host),
        "address": settings.SITE_URL or request.build_absolute_uri("/").rstrip("/"),
        "written": waiting_messages(),
        "orders": orders,
        "failed": [{"outcome": each, "what": phase_in_words(each.phase)} for each in found.failed],
        "low": [{"spool": each, "left_g": number(each.remaining_g or 0.0, language, 0)} for each in found.low_spools],
        "ready": [{"order": order, "title": order.text("title", language)} for order in ready[:MOST_SHOWN]],
        "more_ready": len(ready) > MOST_SHOWN,
        "plates": [_plate(job, language) for job in todays_plates()],
        "week": this_week,
        "last_week": last_week,
    }
    return desk_page(request, "home.html", context)


def _plate(job: Job, language: str) -> dict[str, Any]:
    waits_for_hands = job.state == JobState.QUEUED and not is_driven(job.machine)
    titles = {piece.order.text("title", language) for piece in job.pieces.all()}
    return {
        "job": job,
        "titles": ", ".join(sorted(titles)),
        "count": len(job.pieces.all()),
        "by_hand": waits_for_hands,
        "state": _("To be printed by hand") if waits_for_hands else job_in_words(job.state),
        "maker_url": reverse("maker", args=[link_of(job.machine.maker)]),
        "due": due(job),
        "percent": None if job.progress is None else round(100 * job.progress),
    }


@owner_only
@require_safe
def proposals_count(request: HttpRequest) -> HttpResponse:
    """Say how many variants the region's demand proposes: a part of the first page that may take a moment."""
    shop = shop_or_none()
    return page(request, "desk/proposals_count.html", {"count": len(proposals(shop.region)) if shop else 0})
