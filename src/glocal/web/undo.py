"""Say what was done, with a button that takes it back."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest

MARK = "undo:"


def told(request: HttpRequest, words: str, *, undo: str = "") -> None:
    """Tell on the next page what was done; ``undo`` is where an empty form is sent that takes it back."""
    messages.success(request, words, extra_tags=f"{MARK}{undo}" if undo else "")


def undo_address(extra_tags: str) -> str:
    """Return where a message's action is taken back; empty where it cannot be."""
    return extra_tags.removeprefix(MARK) if extra_tags.startswith(MARK) else ""
