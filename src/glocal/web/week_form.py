"""When somebody is there, a line for each day: of the shop, of a maker."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from glocal.shop.error_words import error_text
from glocal.shop.shops.settings import DAYS, SettingWrong, Week, hours_as_text, hours_from_text

DAY_LABELS = {
    "monday": _("Monday"),
    "tuesday": _("Tuesday"),
    "wednesday": _("Wednesday"),
    "thursday": _("Thursday"),
    "friday": _("Friday"),
    "saturday": _("Saturday"),
    "sunday": _("Sunday"),
}


class WeekForm(forms.Form):
    """Seven lines, after whatever else a form asks."""

    only_some_needed = True  # a day that is left out is closed: nothing to say at each

    def __init__(self, *arguments: Any, **named: Any) -> None:
        super().__init__(*arguments, **named)
        for day in DAYS:
            self.fields[day] = forms.CharField(label=DAY_LABELS[day], max_length=80, required=False)
        self.fields["sunday"].help_text = _(
            "For example 09:00-12:30, 14:00-18:00. Leave a day empty when you are closed."
        )

    def clean(self) -> dict[str, Any]:
        """Read the hours, and say at each day what is wrong with it."""
        typed = {**self.cleaned_data}
        for day in DAYS:
            try:
                typed[day] = hours_from_text(typed.get(day, ""), field=day)
            except SettingWrong as refusal:
                self.add_error(day, error_text(refusal))
        return typed

    def week(self) -> Week:
        """Return what was typed."""
        return tuple(self.cleaned_data[day] for day in DAYS)


def week_as_typed(hours: Sequence[Sequence[Sequence[int]]]) -> dict[str, str]:
    """Return a week as the form shows it; hours that are not known are empty."""
    return {day: hours_as_text(spans) for day, spans in zip(DAYS, hours or [[]] * 7, strict=True)}


def hours_in_words(hours: Sequence[Sequence[Sequence[int]]]) -> list[tuple[Any, str]]:
    """Return each day on which somebody is there, with its hours; nothing where they have not said any."""
    week = zip(DAYS, hours or [[]] * 7, strict=True)
    return [(DAY_LABELS[day], hours_as_text(spans)) for day, spans in week if spans]
