"""The addresses of the owner's desk; each page is marked ``owner_only``."""

from __future__ import annotations

from django.urls import path

from glocal.web.views.desk import home

urlpatterns = [
    path("", home.home_page, name="desk"),
]
