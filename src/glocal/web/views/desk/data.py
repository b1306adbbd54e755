"""The shop's data, to take away: the order book for a spreadsheet, everything for whatever comes next."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.utils import timezone
from django.views.decorators.http import require_safe

from glocal.shop.export.everything import everything
from glocal.shop.export.order_book import order_book
from glocal.shop.orders.models import Order
from glocal.shop.shops.queries import the_shop
from glocal.web.guard import owner_only
from glocal.web.page import desk_page
from glocal.web.streamed import download
from glocal.web.views.desk.orders import wanted_orders


@owner_only
@require_safe
def data_page(request: HttpRequest) -> HttpResponse:
    """Say what can be taken away."""
    return desk_page(request, "data.html", {"orders": Order.objects.count()})


@owner_only
@require_safe
def order_book_file(request: HttpRequest) -> HttpResponseBase:
    """Send the order book, all of it or what is looked for."""
    name = f"{the_shop().slug}-orders-{timezone.now():%Y-%m-%d}.csv"
    return download(request, order_book(wanted_orders(request)), content_type="text/csv; charset=utf-8", file_name=name)


@owner_only
@require_safe
def everything_file(request: HttpRequest) -> HttpResponseBase:
    """Send all data."""
    name = f"{the_shop().slug}-{timezone.now():%Y-%m-%d}.zip"
    return download(request, everything(), content_type="application/zip", file_name=name)
