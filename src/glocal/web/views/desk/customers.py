"""Who orders here."""

from __future__ import annotations

from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_safe

from glocal.shop.customers.queries import list_customers
from glocal.web.guard import owner_only
from glocal.web.page import desk_page


@owner_only
@require_safe
def customers_page(request: HttpRequest) -> HttpResponse:
    """List customers, who ordered last first."""
    text = request.GET.get("q", "")
    found = list_customers(text, before=request.GET.get("before", ""))
    older = urlencode({"q": text, "before": found.older}) if found.older else ""
    context = {"text": text, "rows": found.rows, "older": older, "is_first": "before" not in request.GET}
    return desk_page(request, "customers.html", context)
