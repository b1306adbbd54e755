"""Render a page in the shop's frame."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from glocal.shop.errors import NotFound
from glocal.shop.shops.models import Shop
from glocal.shop.shops.queries import the_shop
from glocal.web.desk_nav import navigation


def page(request: HttpRequest, template: str, context: dict[str, Any], *, status: int = 200) -> HttpResponse:
    """Render ``web/<template>`` with the shop's name, place and languages around it."""
    return render(request, f"web/{template}", {**frame_of(context), **context}, status=status)


def frame_of(context: dict[str, Any]) -> dict[str, Any]:
    """Return what the frame around every page shows."""
    return {"shop": context.get("shop") or shop_or_none(), "LANGUAGES": settings.LANGUAGES}


def shop_or_none() -> Shop | None:
    """Return the shop, or nothing while it is not set up."""
    try:
        return the_shop()
    except NotFound:
        return None


def desk_page(request: HttpRequest, template: str, context: dict[str, Any], *, status: int = 200) -> HttpResponse:
    """Render ``web/desk/<template>`` with the owner's navigation beside it."""
    return page(request, f"desk/{template}", {"desk_nav": navigation(request.path), **context}, status=status)
