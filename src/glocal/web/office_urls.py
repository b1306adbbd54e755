"""The owner's pages about money, the law and people's data, below ``desk/``; each is marked ``owner_only``."""

from __future__ import annotations

from django.urls import path

from glocal.web.views import order_talk
from glocal.web.views.desk import law, payments, people

urlpatterns = [
    path("orders/<uuid:order_id>/write/", order_talk.answer, name="desk-order-write"),
    path("orders/<uuid:order_id>/again/", order_talk.again_free, name="desk-order-again"),
    path("law/", law.law_page, name="desk-law"),
    path("law/pieces/<uuid:piece_id>/label.pdf", law.label, name="desk-piece-label"),
    path("people/", people.people_page, name="desk-people"),
    path("people/export.json", people.people_export, name="desk-people-export"),
    path("people/erase/", people.people_erase, name="desk-people-erase"),
    path("payments/", payments.payments_page, name="desk-payments"),
    path("payments/terms/", payments.payment_terms, name="desk-payment-terms"),
    path("payments/<uuid:order_id>/", payments.payment_page, name="desk-payment"),
    path("payments/<uuid:order_id>/received/", payments.received, name="desk-payment-received"),
    path("payments/<uuid:order_id>/refunded/", payments.refunded, name="desk-payment-refunded"),
]
