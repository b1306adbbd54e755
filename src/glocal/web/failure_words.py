"""A class of failure as pages show it: its drawing and its name."""

from __future__ import annotations

from typing import Any

from django.utils.safestring import mark_safe


def failure(symptom: str, language: str) -> dict[str, Any]:
    """Return word, name and drawing of a class of failure."""
    from glocal.commons.pictures import picture_of
    from glocal.commons.taxonomy import name_of

    drawing = mark_safe(picture_of(symptom))  # noqa: S308 - our own paths and nothing else
    return {"symptom": symptom, "name": name_of(symptom, language), "picture": drawing}
