"""The addresses of the owner's desk; each page is marked ``owner_only``."""

from __future__ import annotations

from django.urls import path, re_path

from glocal.web.machine_urls import desk_patterns
from glocal.web.views.desk import grow, home, orders

urlpatterns = [
    path("", home.home_page, name="desk"),
    path("proposals/", home.proposals_count, name="desk-proposals"),
    path("orders/", orders.orders_page, name="desk-orders"),
    path("orders/<uuid:order_id>/", orders.order_page, name="desk-order"),
    re_path(r"^orders/(?P<order_id>[0-9a-f-]{36})/(?P<action>cancel|go-on)/$", orders.order_do, name="desk-order-do"),
    path("grow/", grow.questions_page, name="desk-grow"),
    path("grow/<slug:name>/", grow.question_page, name="desk-grow-question"),
    *desk_patterns,
]
