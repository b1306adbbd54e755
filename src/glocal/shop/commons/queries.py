"""Reads about the commons of this shop."""

from __future__ import annotations

from glocal.shop.commons.actions import log_directory


def follows_somebody() -> bool:
    """Say whether this shop holds a copy of another shop's log."""
    return any((log_directory() / "peers").glob("*/following.json"))
