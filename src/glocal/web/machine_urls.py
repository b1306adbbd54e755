"""The addresses of a machine's pages, for makers (below their link) and for the owner (below the desk)."""

from __future__ import annotations

from django.urls import URLPattern, path

from glocal.web.seat import SeatedView, doors
from glocal.web.views import connection, idle, layers, outcome, presence, workshop
from glocal.web.views.desk import machines

PAGES: tuple[tuple[str, SeatedView, str], ...] = (
    ("machines/<slug:machine>/connection/", connection.connection_page, "machine-connection"),
    ("machines/<slug:machine>/settings/", workshop.settings_page, "machine-settings"),
    ("machines/<slug:machine>/spools/", workshop.spools_page, "machine-spools"),
    ("machines/<slug:machine>/idle/", idle.idle_page, "machine-idle"),
    ("makers/<slug:maker>/new-machine/", workshop.new_page, "machine-new"),
    ("makers/<slug:maker>/presence/", presence.presence_page, "maker-presence"),
    ("machines/<slug:machine>/camera.jpg", connection.camera, "machine-camera"),
    ("jobs/<uuid:job_id>/steer/", connection.steer_job, "job-steer"),
    ("jobs/<uuid:job_id>/outcome/", outcome.outcome_page, "job-outcome"),
    ("jobs/<uuid:job_id>/layers/", layers.layers_page, "job-layers"),
    ("jobs/<uuid:job_id>/lines.bin", layers.lines, "job-lines"),
    ("jobs/<uuid:job_id>/plate.3mf", layers.threemf, "job-3mf"),
    ("jobs/<uuid:job_id>/photo.jpg", outcome.photo, "job-photo"),
)

maker_patterns: list[URLPattern] = [
    path(f"maker/<str:link>/{address}", doors(view)[0], name=f"maker-{name}") for address, view, name in PAGES
]
desk_patterns: list[URLPattern] = [
    path("machines/", machines.machines_page, name="desk-machines"),
    *(path(address, doors(view)[1], name=f"desk-{name}") for address, view, name in PAGES),
]
