"""The owner's pages about money and the law, below ``desk/``; each is marked ``owner_only``."""

from __future__ import annotations

from django.urls import path

from glocal.web.views.desk import law, payments

urlpatterns = [
    path("law/", law.law_page, name="desk-law"),
    path("law/pieces/<uuid:piece_id>/label.pdf", law.label, name="desk-piece-label"),
    path("payments/", payments.payments_page, name="desk-payments"),
    path("payments/terms/", payments.payment_terms, name="desk-payment-terms"),
    path("payments/<uuid:order_id>/", payments.payment_page, name="desk-payment"),
    path("payments/<uuid:order_id>/received/", payments.received, name="desk-payment-received"),
    path("payments/<uuid:order_id>/refunded/", payments.refunded, name="desk-payment-refunded"),
]
