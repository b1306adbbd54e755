"""Which materials a design is offered in, in this climate and from this shelf, and why the others are not."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

from glocal.design.errors import PackageInvalid
from glocal.design.model import DesignTemplate
from glocal.design.region import RegionProfile


class MaterialFacts(Protocol):
    """What must be known of a material; :class:`glocal.production.model.Material` is one."""

    @property
    def id(self) -> str:
        """Slug, such as ``"pla"``."""
        ...

    @property
    def name(self) -> str:
        """As people say it."""
        ...

    @property
    def heat_resistance_c(self) -> float:
        """Up to which temperature it keeps its shape, °C."""
        ...


@dataclass(frozen=True, slots=True)
class MaterialVerdict:
    """Whether a material is offered; ``offered`` is None when nobody can say, and ``reason`` says what is missing.

    Parameters
    ----------
    code : str
        ``offered``, ``not_for_this_design``, ``not_at_hand``, ``softens`` or ``summer_unknown``;
        in a shop also ``on_no_machine``.
    softens_c, needs_c : float or None
        What the material stands and what the part must stand here, where both are known.
    """

    material_id: str
    name: str
    offered: bool | None
    code: str
    reason: str
    softens_c: float | None = None
    needs_c: float | None = None


@dataclass(frozen=True, slots=True)
class HeatNeed:
    """At which temperature a part must hold its shape here, and why in words; ``missing`` when that cannot be said."""

    needs_c: float | None
    why: str
    missing: bool = False


def heat_need(template: DesignTemplate, region: RegionProfile) -> HeatNeed:
    """Return how hot a part of this design gets in this region.

    ``print.hold_at_c`` is the heat of its use (a stove's knob); ``print.climate.above_air_c`` is how much hotter than
    the air of a summer day it gets where it stands (a dark part in the sun). The higher of the two counts.

    Raises
    ------
    PackageInvalid
        When the manifest's numbers are none.
    """
    own = _number(template.print_notes, "hold_at_c", "print.hold_at_c")
    climate = template.print_notes.get("climate") or {}
    if not isinstance(climate, Mapping):
        raise PackageInvalid("datapackage.json: glocal.print.climate is not an object.", field="glocal.print.climate")
    above = _number(climate, "above_air_c", "print.climate.above_air_c")
    if above is None:
        return HeatNeed(own, "" if own is None else f"its use needs {region.temperature_text(own)}")
    if region.summer_c is None:
        return HeatNeed(own, f"nobody has said how hot summers are in {region.name}", missing=True)
    there = region.summer_c + above
    if own is not None and own >= there:
        return HeatNeed(own, f"its use needs {region.temperature_text(own)}")
    summer = region.temperature_text(region.summer_c)
    return HeatNeed(
        there, f"a summer day here has {summer}, and the part gets {above:g} degrees (°C) hotter than the air"
    )


def judge_materials(
    template: DesignTemplate, region: RegionProfile, materials: Sequence[MaterialFacts]
) -> tuple[MaterialVerdict, ...]:
    """Return a verdict for each material: those that the design asks for first, in its order.

    Parameters
    ----------
    materials : sequence of MaterialFacts
        All that the shop knows; what the design asks for and is not among them is not at hand.
    """
    asked = [str(name).lower() for name in template.print_notes.get("materials", ())]
    known = {material.id.lower(): material for material in materials}
    need = heat_need(template, region)
    order = [*asked, *(name for name in known if name not in asked)]
    return tuple(_judge(name, known.get(name), asked, need, region) for name in dict.fromkeys(order))


def _judge(
    material_id: str, material: MaterialFacts | None, asked: Sequence[str], need: HeatNeed, region: RegionProfile
) -> MaterialVerdict:
    name = material.name if material else material_id.upper()
    if asked and material_id not in asked:
        return MaterialVerdict(material_id, name, False, "not_for_this_design", f"This design is not made for {name}.")
    if material is None or (region.materials is not None and material_id not in region.materials):
        return MaterialVerdict(material_id, name, False, "not_at_hand", f"There is no {name} in {region.name}.")
    softens = material.heat_resistance_c
    text = region.temperature_text
    if need.needs_c is not None and softens < need.needs_c:
        reason = f"{name} softens at {text(softens)}; the part must hold its shape at {text(need.needs_c)}: {need.why}."
        if need.missing:
            reason = f"{name} softens at {text(softens)}; the part must hold its shape at {text(need.needs_c)}."
        return MaterialVerdict(material_id, name, False, "softens", reason, softens, need.needs_c)
    if need.missing:
        reason = f"Whether {name}, which softens at {text(softens)}, stands the heat cannot be said: {need.why}."
        return MaterialVerdict(material_id, name, None, "summer_unknown", reason, softens)
    reason = f"{name} is at hand."
    if need.needs_c is not None:
        reason = f"{name} holds its shape up to {text(softens)}; the part must at {text(need.needs_c)}: {need.why}."
    return MaterialVerdict(material_id, name, True, "offered", reason, softens, need.needs_c)


def _number(holder: Mapping[str, Any], name: str, field: str) -> float | None:
    value = holder.get(name)
    if value is None:
        return None
    if isinstance(value, bool) or not isinstance(value, int | float) or not math.isfinite(value):
        raise PackageInvalid(f"datapackage.json: glocal.{field} is not a number.", field=f"glocal.{field}")
    return float(value)
