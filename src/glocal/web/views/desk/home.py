"""The owner's first page: what needs them now."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_safe

from glocal.web.guard import owner_only
from glocal.web.page import desk_page


@owner_only
@require_safe
def home_page(request: HttpRequest) -> HttpResponse:
    """Show what needs the owner."""
    return desk_page(request, "home.html", {})
