"""A number that people type: where a phone shows its digits, and without a nought that nobody typed."""

from __future__ import annotations

from typing import Any

from django import forms


class NumberField(forms.FloatField):
    """A number with or without decimals: 6, not 6.0."""

    def prepare_value(self, value: Any) -> Any:
        """Return a whole number without decimals."""
        return int(value) if isinstance(value, float) and value.is_integer() else value


def number_field(label: Any, low: float, high: float, *, step: str = "any") -> NumberField:
    """Return a field for a number that may be left out, from ``low`` to ``high``."""
    widget = forms.NumberInput(attrs={"step": step, "inputmode": "decimal"})
    return NumberField(label=label, required=False, min_value=low, max_value=high, widget=widget)
