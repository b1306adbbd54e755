"""Small makers that can be checked by hand."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from glocal.network.hours import OpeningHours
from glocal.network.model import Maker, MakerMachine, Need
from glocal.production.model import Machine, Material
from glocal.values import Estimate

HERE = (52.52, 13.405)
MONDAY_8 = datetime(2026, 3, 2, 8, 0, tzinfo=UTC)  # a Monday


def kind(bed: tuple[float, float] = (250.0, 210.0), height: float = 210.0, **changes: Any) -> Machine:
    values: dict[str, Any] = {
        "id": "reference",
        "name": "MK3S",
        "vendor": "Prusa",
        "model": "MK3S",
        "bed_x_mm": bed[0],
        "bed_y_mm": bed[1],
        "height_mm": height,
        "nozzle_mm": 0.4,
        "gcode_flavor": "marlin",
        "max_nozzle_c": 300.0,
        "max_bed_c": 120.0,
        "printer_preset": "",
        "print_preset": "",
        "source": "test",
    }
    return Machine(**{**values, **changes})


def printer(id: str = "m1", machine: Machine | None = None, **changes: Any) -> MakerMachine:
    values: dict[str, Any] = {"materials_loaded": ("pla",), "hourly_minor": 200}
    return MakerMachine(id, machine or kind(), **{**values, **changes})


def maker(id: str = "anna", *machines: MakerMachine, **changes: Any) -> Maker:
    values: dict[str, Any] = {
        "name": id.title(),
        "latitude": HERE[0],
        "longitude": HERE[1],
        "hours": OpeningHours.always(),
    }
    return Maker(id=id, machines=machines or (printer(),), **{**values, **changes})


def need(extent: tuple[float, float, float] = (50.0, 40.0, 30.0), **changes: Any) -> Need:
    values: dict[str, Any] = {
        "material_id": "pla",
        "print_s_by_machine": Estimate(7200.0, 6000.0, 9000.0, "test"),
    }
    return Need(extent, **{**values, **changes})


def pla(**changes: Any) -> Material:
    values: dict[str, Any] = {
        "id": "pla",
        "name": "PLA",
        "type": "PLA",
        "density_g_cm3": 1.24,
        "spool_mass_g": 1000.0,
        "nozzle_c": 215.0,
        "bed_c": 60.0,
        "heat_resistance_c": 55.0,
        "source": "test",
    }
    return Material(**{**values, **changes})
