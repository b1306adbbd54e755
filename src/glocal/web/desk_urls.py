"""The addresses of the owner's desk; each page is marked ``owner_only``."""

from __future__ import annotations

from django.urls import path

from glocal.web.views.desk import grow, home

urlpatterns = [
    path("", home.home_page, name="desk"),
    path("grow/", grow.questions_page, name="desk-grow"),
    path("grow/<slug:name>/", grow.question_page, name="desk-grow-question"),
]
