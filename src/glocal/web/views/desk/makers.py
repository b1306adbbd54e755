"""The shop's makers: invite, see how their prints went, pause, and give a new link."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.debug import sensitive_variables
from django.views.decorators.http import require_http_methods, require_POST

from glocal.network.peers import PeerOffer
from glocal.shop.commons.capacity import peer_offers
from glocal.shop.errors import OrderInvalid
from glocal.shop.makers.actions import set_maker_active, vouch
from glocal.shop.makers.board import MakerOnBoard, makers_board
from glocal.shop.makers.links import access_named_maker, link_of, renew_link
from glocal.shop.makers.track import TrackRecords
from glocal.shop.people.actions import invite_maker
from glocal.web.desk_words import job_in_words, plate_in_words
from glocal.web.guard import actor_of_request, owner_only
from glocal.web.maker_map import makers_on_map
from glocal.web.numbers import percent
from glocal.web.page import desk_page, shop_or_none
from glocal.web.undo import told

if TYPE_CHECKING:
    from glocal.values import Estimate


@owner_only
@require_http_methods(["GET", "HEAD", "POST"])
@sensitive_variables("secret")
def makers_page(request: HttpRequest) -> HttpResponse:
    """List the makers; a sent form makes an invitation, whose link is shown once."""
    invitation = ""
    if request.method == "POST":
        for_whom = request.POST.get("for_whom", "").strip()
        if len(for_whom) > 200:
            raise OrderInvalid("The name is too long.", help="Write up to 200 characters.", field="for_whom")
        _row, secret = invite_maker(for_whom)
        invitation = request.build_absolute_uri(reverse("join", args=[secret]))
    track = TrackRecords.read()
    board = makers_board(track)
    shop = shop_or_none()
    context = {
        "shop": shop,
        "rows": [_shown(each, track) for each in board],
        "invitation": invitation,
        "on_map": makers_on_map(shop, board) if shop and board else None,
        "offers": [_offered(each) for each in peer_offers(timezone.now())],
    }
    return desk_page(request, "makers.html", context)


def _offered(offer: PeerOffer) -> dict[str, Any]:
    """Return what another shop offers, as the template of answers shows it."""
    return {
        "maker_name": offer.shop,
        "model": offer.model,
        "hour": offer.hour,
        "until": f"{offer.ends - timedelta(days=1):%Y-%m}",
        "url": offer.url,
        "materials": ", ".join(material.upper() for material in offer.materials),
    }


def _shown(each: MakerOnBoard, track: TrackRecords) -> dict[str, Any]:
    return {
        "each": each,
        "maker": each.maker,
        "link": reverse("maker", args=[link_of(each.maker)]),
        "machines": [
            {
                "machine": machine,
                "plate": plate_in_words(machine.plate_state),
                "now": job_in_words(job.state) if (job := each.running.get(machine.id)) else "",
                "loaded": ", ".join(sorted(spool.material_id.upper() for spool in machine.spools.all())),
            }
            for machine in each.machines
        ],
        "good": f"{each.good}/{each.ended}" if each.ended else "",
        "odds": _odds_in_words(track.odds_ok(each.maker)),
        "plates_left": track.plates_left(each.maker),
        "vouched": ", ".join(other.name for other in each.maker.vouched_by.all()),
    }


def _odds_in_words(odds: Estimate | None) -> str:
    if odds is None:
        return ""
    middle, low, high = (percent(share, get_language() or "en") for share in (odds.value, odds.low, odds.high))
    return f"{middle} ({low} – {high})"


@owner_only
@require_POST
def maker_do(request: HttpRequest, slug: str, action: str) -> HttpResponse:
    """Pause a maker, let them go on, or make their old link useless."""
    maker = access_named_maker(slug, actor=actor_of_request(request), action="manage")
    if action == "renew":
        renew_link(maker)
        messages.success(
            request, _("The old link of {name} is useless now. Give them the new one.").format(name=maker.name)
        )
        return redirect("desk-makers")
    if action == "vouch":
        by = access_named_maker(request.POST.get("by", ""), actor=actor_of_request(request), action="manage")
        vouch(maker, by)
        messages.success(request, _("{voucher} vouches for {name}.").format(voucher=by.name, name=maker.name))
        return redirect("desk-makers")
    active = action == "resume"
    set_maker_active(maker, active=active)
    back = reverse("desk-maker-do", args=[slug, "pause" if active else "resume"])
    words = _("{name} gets plates again.") if active else _("{name} gets no new plates. What is in the queue stays.")
    told(request, words.format(name=maker.name), undo=back)
    return redirect("desk-makers")
