"""Our own products: each a design package that a shop can sell as it is."""

from __future__ import annotations

from functools import cache
from pathlib import Path

from glocal.design.model import DesignTemplate

__all__ = ["PRODUCTS_DIR", "demo_products"]

PRODUCTS_DIR = Path(__file__).parent
_SLUGS = ("name-sign", "replacement-knob", "plant-pot")


@cache
def demo_products() -> tuple[DesignTemplate, ...]:
    """Return the name sign, the replacement knob and the plant pot."""
    from glocal.design.package import load_package

    return tuple(load_package(PRODUCTS_DIR / slug) for slug in _SLUGS)
