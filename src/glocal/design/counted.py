"""How numbers of things and shares of a surface read in the English of a finding."""

from __future__ import annotations


def counted(count: int, one: str, many: str) -> str:
    """Return the words for one thing or for many, with the number before them."""
    return f"{count} {one if count == 1 else many}"


def share(part: float) -> str:
    """Return a share, 0 to 1, in whole percent; what is there is never nothing."""
    return "under 1%" if 0 < part < 0.005 else f"{part:.0%}"


def percent(part: float) -> float:
    """Return a share, 0 to 1, in percent: whole, or the first digit that is not 0."""
    return round(100 * part) if part >= 0.005 else float(f"{100 * part:.1g}")


def in_mm(mm: float) -> str:
    """Return a measured length of which hundredths of a mm matter."""
    return "under 0.01 mm" if mm < 0.01 else f"about {mm:.2f} mm"
