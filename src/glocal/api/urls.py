"""The addresses of the interface for programs."""

from __future__ import annotations

from django.urls import path

from glocal.api.main import api
from glocal.api.part_files import part_file

urlpatterns = [
    path("parts/<slug:part_hash>.<slug:kind>", part_file, name="part-file"),
    path("", api.urls),
]
