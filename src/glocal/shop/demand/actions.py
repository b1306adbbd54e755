"""Record what people choose, without recording who."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from django.utils import timezone

from glocal.shop.demand.models import Choice, ChoiceKind
from glocal.shop.demand.voices import voice_of
from glocal.shop.orders.models import Order

if TYPE_CHECKING:
    from glocal.design.model import DesignTemplate, Parameter, ParameterValue


def record_choices(
    template: DesignTemplate,
    values: Mapping[str, object],
    *,
    region: str,
    kind: ChoiceKind,
    order: Order | None = None,
    visit: str = "",
) -> list[Choice]:
    """Record one event per parameter that says something about the region.

    What is known of the ``visit`` is kept as a voice that cannot be traced to it. Free text is never recorded: it may
    be a name. Derived parameters are nobody's choice.
    """
    voice = voice_of(visit, template.id, kind, timezone.now())
    choices = []
    for parameter in template.parameters:
        notes = template.notes.get(parameter.name)
        if parameter.name not in values or (notes and notes.origin == "derived"):
            continue
        told = _told(parameter, values[parameter.name])
        if told is None:
            continue
        offered, chosen = told
        choices.append(
            Choice(
                product_slug=template.id,
                parameter=parameter.name,
                offered=offered,
                chosen=chosen,
                region=region,
                kind=kind,
                order=order,
                voice=voice,
            )
        )
    return Choice.objects.bulk_create(choices)


def _told(parameter: Parameter, value: object) -> tuple[list[str], str | float] | None:
    """Return (labels offered, label or number chosen), or None where the value must not or cannot be recorded."""
    comparable: ParameterValue = tuple(value) if isinstance(value, list) else value  # type: ignore[assignment]
    for option in parameter.options:
        if option.value == comparable:
            return [option.label for option in parameter.options], option.label
    if isinstance(comparable, bool):
        return ["yes", "no"], "yes" if comparable else "no"
    return ([], float(comparable)) if isinstance(comparable, (int, float)) else None
