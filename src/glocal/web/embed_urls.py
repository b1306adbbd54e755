"""Addresses of what other web sites show of the shop."""

from __future__ import annotations

from django.urls import path

from glocal.web.views import embed

urlpatterns = [
    path("embed.js", embed.script, name="embed-script"),
    path("embed/products/<slug:slug>/", embed.product, name="embed-product"),
    path("embed/checkout/<uuid:quote_id>/", embed.checkout, name="embed-checkout"),
    path("embed/orders/<uuid:order_id>/<str:token>/", embed.ordered, name="embed-ordered"),
]
