"""Other shops: whom this one follows, how the last look into their logs went, and what they need to follow it back."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST

from glocal.errors import BadInput
from glocal.shop.commons.peers import (
    FollowedShop,
    block_shop,
    follow_shop,
    followed_shops,
    look_soon,
    own_log,
    stop_following,
)
from glocal.shop.error_words import error_text
from glocal.shop.shops.queries import the_shop
from glocal.web.guard import owner_only
from glocal.web.page import desk_page, shop_or_none
from glocal.web.peer_words import noticed_in_words


@owner_only
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def shops_page(request: HttpRequest) -> HttpResponse:
    """List the shops that are followed; a sent form follows one more."""
    said = {name: request.POST.get(name, "") for name in ("address", "key", "home", "labels")}
    refused, status = "", 200
    if request.method == "POST":
        try:
            ticked = {"in_own_network": bool(said["home"]), "heeds_labels": bool(said["labels"])}
            follow_shop(said["address"], said["key"], **ticked)
        except BadInput as refusal:
            refused, status = error_text(refusal), 422
        else:
            messages.success(request, _("Followed. Its log is fetched within a minute and looked at every hour."))
            return redirect("desk-shops")
    shop = shop_or_none()
    context: dict[str, Any] = {
        "rows": [_shown(each) for each in followed_shops()],
        "own": own_log(),
        "address": request.build_absolute_uri("/commons/"),
        "shares": bool(shop and shop.shares_outcomes),
        "said": said,
        "refused": refused,
    }
    return desk_page(request, "shops.html", context, status=status)


@owner_only
@require_POST
def shop_do(request: HttpRequest, peer: str, action: str) -> HttpResponse:
    """Look into a shop's log soon, leave out what it says, or follow it no more."""
    if action == "look":
        look_soon(peer)
        messages.success(request, _("Its log is looked at within a minute."))
    elif action == "block":
        block_shop(the_shop(), peer)
        messages.success(request, _("What this shop says is left out from now on."))
    else:
        stop_following(peer)
        messages.success(request, _("Followed no more. The copy of its log is gone."))
    return redirect("desk-shops")


def _shown(each: FollowedShop) -> dict[str, Any]:
    last = each.last
    return {"each": each, "noticed": noticed_in_words(last.noticed if last else ()), "last": last}
