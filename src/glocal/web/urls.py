"""The addresses of the shop."""

from __future__ import annotations

from django.urls import include, path

from glocal.web.views import checkout, errors, events, maker, orders, product, shop

urlpatterns = [
    path("", shop.shop_page, name="shop"),
    path("products/<slug:slug>/", product.product_page, name="product"),
    path("checkout/<uuid:quote_id>/", checkout.checkout_page, name="checkout"),
    path("orders/<uuid:order_id>/<str:token>/", orders.order_page, name="order"),
    path("orders/<uuid:order_id>/<str:token>/cancel/", orders.cancel, name="order-cancel"),
    path("orders/<uuid:order_id>/<str:token>/agree/", orders.agree, name="order-agree"),
    path("orders/<uuid:order_id>/<str:token>/events/", events.order_events, name="order-events"),
    path("maker/<str:link>/", maker.maker_page, name="maker"),
    path("maker/<str:link>/jobs/<uuid:job_id>/", maker.answer, name="maker-answer"),
    path("maker/<str:link>/jobs/<uuid:job_id>/print.gcode", maker.gcode, name="maker-gcode"),
    path("maker/<str:link>/orders/<uuid:order_id>/", maker.try_again, name="maker-try-again"),
    path("maker/<str:link>/machines/<slug:machine>/plate/", maker.plate_cleared, name="maker-plate"),
    path("i18n/", include("django.conf.urls.i18n")),
    path("api/", include("glocal.api.urls")),
]

handler404 = errors.not_found
handler500 = errors.broken
