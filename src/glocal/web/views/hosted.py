"""To a payment firm's page and back, and its notices."""

from __future__ import annotations

import time
import uuid

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import get_language
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST, require_safe

from glocal.shop.errors import NotFound
from glocal.shop.orders.queries import access_order
from glocal.shop.payments.hosted import FIRMS, begin, gateway_of, settle, settle_order
from glocal.shop.payments.models import HostedPayment, PayBy
from glocal.shop.payments.queries import payment_of
from glocal.shop.shops.queries import the_shop
from glocal.web.guard import open_to
from glocal.web.page import page
from glocal.web.pay_words import way_in_words

MOST_BYTES = 200_000  # no notice is longer


@open_to("link")
@require_POST
@never_cache
def pay_online(request: HttpRequest, order_id: uuid.UUID, token: str) -> HttpResponse:
    """Begin the payment on the page of the firm that was chosen, and lead there.

    A form of ours may lead to our own pages only (form-action), so the way goes over a page that says where it leads.
    """
    order = access_order(order_id, token=token, action="pay")
    payment = payment_of(order)
    if payment is None or payment.method not in FIRMS:
        raise NotFound("This order is not paid on a payment page.", help="Choose such a way first.")
    back = settings.SITE_URL + reverse("order-paid", args=[order_id, token])
    language = get_language() or order.language
    row = begin(
        order,
        PayBy(payment.method),
        title=f"{order.text('title', language)} × {order.quantity} ({payment.number})",
        return_url=back,
        notice_url=settings.SITE_URL + reverse("pay-notice", args=[payment.method]),
        language=language,
    )
    context = {"shop": order.quote.product.shop, "order": order, "row": row, "way": way_in_words(row.firm)}
    return page(request, "pay_leave.html", context)


@open_to("link")
@require_safe
@never_cache
def paid(request: HttpRequest, order_id: uuid.UUID, token: str) -> HttpResponse:
    """Take a payer back, and ask the firm what came of it."""
    settle_order(access_order(order_id, token=token, action="pay"))
    return redirect(f"{reverse('order', args=[order_id, token])}#pay")


@csrf_exempt
@open_to("program")
@require_POST
def notice(request: HttpRequest, firm: str) -> HttpResponse:
    """Hear from a firm that something happened to a payment, and ask it what."""
    if firm not in FIRMS:
        raise NotFound("There is no such payment firm.")
    body = request.read(MOST_BYTES + 1)
    if len(body) > MOST_BYTES:
        return HttpResponse(status=413)
    with gateway_of(the_shop(), PayBy(firm)) as gateway:
        firm_id = gateway.payment_of_notice(body, request.headers, now_s=time.time())
        row = HostedPayment.objects.filter(firm=firm, firm_id=firm_id or "-").select_related("order").first()
        if row is not None:
            settle(row, gateway)
    return HttpResponse(status=204)
