"""A number that people type: where a phone shows its digits."""

from __future__ import annotations

from typing import Any

from django import forms


def number_field(label: Any, low: float, high: float, *, step: str = "any") -> forms.FloatField:
    """Return a field for a number that may be left out, from ``low`` to ``high``."""
    widget = forms.NumberInput(attrs={"step": step, "inputmode": "decimal"})
    return forms.FloatField(label=label, required=False, min_value=low, max_value=high, widget=widget)
