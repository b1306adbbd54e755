"""Addresses of a part's files."""

from __future__ import annotations

from django.urls import reverse

from glocal.shop.parts.models import BuiltPart


def part_url(part: BuiltPart | None, kind: str) -> str | None:
    """Return where a part's file is served; ``kind`` is ``png``, ``glb`` or ``3mf``."""
    return reverse("part-file", args=[part.hash, kind]) if part else None
