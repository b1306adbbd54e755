"""Small worlds of choices."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

from glocal.demand.events import ChoiceEvent

START = datetime(2026, 3, 2, 12, tzinfo=UTC)  # a Monday


def choice(chosen: str | float, region: str = "DE-BE", day: int = 0, **changes: Any) -> ChoiceEvent:
    offered: tuple[str, ...] = ("narrow", "wide") if isinstance(chosen, str) else ()
    values: dict[str, Any] = {
        "product": "knob",
        "parameter": "width",
        "offered": offered,
        "kind": "ordered",
        "at": START + timedelta(days=day),
    }
    return ChoiceEvent(chosen=chosen, region=region, **{**values, **changes})


def choices(region: str, narrow: int, wide: int) -> list[ChoiceEvent]:
    """Choices spread evenly over weeks, one a week of each kind, so that there is no over-dispersion to be seen."""
    weeks = [*(("narrow", week) for week in range(narrow)), *(("wide", week) for week in range(wide))]
    return [choice(chosen, region, 7 * week) for chosen, week in weeks]
