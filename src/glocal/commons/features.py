"""What the commons may know of a machine, a material, settings and a part: features so coarse that many share them."""

from __future__ import annotations

from typing import Any, Protocol

from glocal.commons.errors import RecordRefused


class PartShape(Protocol):
    """What a part's features tell; ``glocal.design.model.PartFeatures`` is one."""

    @property
    def volume_mm3(self) -> float: ...
    @property
    def area_mm2(self) -> float: ...
    @property
    def extent_mm(self) -> tuple[float, float, float]: ...
    @property
    def overhang_mm2(self) -> float: ...


class MachineKind(Protocol):
    """What a machine is; ``glocal.production.model.Machine`` is one."""

    @property
    def vendor(self) -> str: ...
    @property
    def model(self) -> str: ...
    @property
    def nozzle_mm(self) -> float: ...
    @property
    def has_enclosure(self) -> bool: ...


class SizedMachine(MachineKind, Protocol):
    """A machine with the box that it prints; ``glocal.production.model.Machine`` is one."""

    @property
    def bed_x_mm(self) -> float: ...
    @property
    def bed_y_mm(self) -> float: ...
    @property
    def height_mm(self) -> float: ...


class MaterialKind(Protocol):
    """What a material is; ``glocal.production.model.Material`` is one."""

    @property
    def type(self) -> str: ...


class Settings(Protocol):
    """How a part is printed; ``glocal.production.model.Recipe`` is one."""

    @property
    def layer_height_mm(self) -> float: ...
    @property
    def infill_percent(self) -> float: ...
    @property
    def supports(self) -> bool: ...
    @property
    def brim_mm(self) -> float: ...


def settings_of(recipe: Settings) -> dict[str, Any]:
    """Return a recipe's settings in canonical units."""
    return {
        "layer_height_mm": recipe.layer_height_mm,
        "infill_percent": recipe.infill_percent,
        "supports": recipe.supports,
        "brim_mm": recipe.brim_mm,
    }


def part_of(part: PartShape) -> dict[str, Any]:
    """Return a part's features, so coarse that many parts share them.

    Two significant digits; the box sorted by length, so that orientation tells nothing either. Thinness is
    area³ / (36 π volume²), 1 for a sphere and large for thin shapes.
    """
    area, volume = part.area_mm2, part.volume_mm3
    if area <= 0 or volume <= 0:
        raise RecordRefused("A part without volume has no features to share.", volume_mm3=volume, area_mm2=area)
    return {
        "volume_cm3": significant(volume / 1000, 2),
        "box_mm": sorted(significant(length, 2) for length in part.extent_mm),
        "overhang_share": round(min(1.0, part.overhang_mm2 / area), 2),
        "thinness": significant(min(1000.0, area**3 / (36 * 3.141592653589793 * volume**2)), 2),
    }


def significant(value: float, digits: int) -> float:
    """Round to so many significant decimal digits."""
    return float(f"{value:.{digits - 1}e}")
