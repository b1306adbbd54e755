"""Look at G-code before it goes to a printer: would it hurt the machine, or run on what we do not understand?"""

from __future__ import annotations

from collections.abc import Iterator

from glocal.design.model import Finding
from glocal.production.gcode import GcodeSummary
from glocal.production.model import Machine, Material

_EDGE_MM = 0.6  # an extrusion's own width may reach over its path
_KNOWN_FLAVORS = frozenset(
    {"marlin", "marlin2", "marlinfirmware", "klipper", "reprap", "reprapsprinter", "reprapfirmware", "repetier"}
)
_ABOVE_PRESET_C = 30.0  # a first layer is printed a little hotter than the rest, never this much


def check_gcode(summary: GcodeSummary, machine: Machine, material: Material) -> tuple[Finding, ...]:
    """Check a read G-code file against the machine and the material.

    Returns
    -------
    tuple of Finding
        Blocking ones first; a file with a blocking finding must not be sent.
    """
    findings = [
        *_bed(summary, machine),
        *_temperatures(summary, machine, material),
        *_heaters_off(summary, machine),
        *_language(summary, machine),
    ]
    return tuple(sorted(findings, key=lambda finding: finding.severity != "blocking"))


def _bed(summary: GcodeSummary, machine: Machine) -> Iterator[Finding]:
    if summary.printed_box_mm is None:
        yield _blocking("nothing_printed", "The file prints nothing.", "Slice the part again.")
        return
    low, high = summary.printed_box_mm
    left, front = machine.bed_origin_x_mm - _EDGE_MM, machine.bed_origin_y_mm - _EDGE_MM
    right, back = left + machine.bed_x_mm + 2 * _EDGE_MM, front + machine.bed_y_mm + 2 * _EDGE_MM
    if low[0] < left or low[1] < front or high[0] > right or high[1] > back:
        yield _blocking(
            "outside_bed",
            f"The print reaches from ({low[0]:.1f}, {low[1]:.1f}) to ({high[0]:.1f}, {high[1]:.1f}) mm, over the edge "
            f"of the bed of {machine.name}.",
            "Was it sliced for another machine? Slice it again for this one.",
        )
    if high[2] > machine.height_mm:
        yield _blocking(
            "too_tall",
            f"The print is {high[2]:.1f} mm tall, {machine.name} reaches {machine.height_mm:g} mm.",
            "Lay the part down, or choose a taller machine.",
        )
    if low[2] < 0:
        yield _blocking("below_bed", f"The nozzle would go {-low[2]:.2f} mm into the bed.", "Slice the part again.")


def _temperatures(summary: GcodeSummary, machine: Machine, material: Material) -> Iterator[Finding]:
    heaters = (
        ("nozzle", summary.nozzle_max_c, machine.max_nozzle_c, material.nozzle_c),
        ("bed", summary.bed_max_c, machine.max_bed_c, material.bed_c),
    )
    for heater, highest_c, machine_c, material_c in heaters:
        if machine_c is not None and highest_c > machine_c:
            yield _blocking(
                f"{heater}_too_hot_for_machine",
                f"The file heats the {heater} to {highest_c:g} °C, {machine.name} may go to {machine_c:g} °C.",
                "Choose another material or machine.",
            )
        if highest_c > material_c + _ABOVE_PRESET_C:
            yield _blocking(
                f"{heater}_too_hot_for_material",
                f"The file heats the {heater} to {highest_c:g} °C, {material.name} is printed at {material_c:g} °C.",
                "Was it sliced for another material? Slice it again for this one.",
            )
    if summary.cold_extrusions:
        yield _blocking(
            "cold_extrusion",
            "The file pushes filament before it heats the nozzle.",
            "Was its start G-code lost? Slice the part again.",
        )


def _heaters_off(summary: GcodeSummary, machine: Machine) -> Iterator[Finding]:
    left_on = [
        name
        for name, end_c in (
            ("nozzle", summary.nozzle_end_c),
            ("bed", summary.bed_end_c),
            ("chamber", summary.chamber_end_c),
        )
        if end_c > 0
    ]
    if left_on and summary.own_last:
        yield Finding(
            "own_end",
            "warning",
            f"The file leaves it to {machine.name}'s own command “{summary.own_last}” to switch off the "
            f"{' and the '.join(left_on)}.",
            "Look once that it does so at the end of a print.",
        )
    elif left_on:
        yield _blocking(
            "heater_left_on",
            f"The file ends with the {' and the '.join(left_on)} still heated.",
            "Add M104 S0 and M140 S0 to the machine's end G-code.",
        )


def _language(summary: GcodeSummary, machine: Machine) -> Iterator[Finding]:
    if summary.flavor is not None and summary.flavor not in _KNOWN_FLAVORS:
        yield _blocking(
            "unknown_flavor",
            f"The file is written for “{summary.flavor}” firmware, which glocal does not know.",
            "Slice it for Marlin, Klipper, RepRap or Repetier firmware.",
        )
    elif summary.flavor is not None and summary.flavor != machine.gcode_flavor:
        yield _blocking(
            "other_flavor",
            f"The file is written for {summary.flavor} firmware, {machine.name} has {machine.gcode_flavor}.",
            "Slice it again for this machine.",
        )
    if summary.inches:
        yield _blocking("inches", "The file switches to inches.", "Slice the part again in millimetres.")
    if not summary.absolute_first:
        yield _blocking(
            "no_g90",
            "The file moves before it says that coordinates are absolute (G90); it depends on the last print.",
            "Add G90 to the machine's start G-code.",
        )
    if summary.pauses:
        yield Finding(
            "pauses",
            "warning",
            f"The file stops {summary.pauses} times and waits for a person.",
            "Stay near the printer, or slice it without pauses or colour changes.",
        )


def _blocking(code: str, message: str, help: str) -> Finding:
    return Finding(code, "blocking", message, help)
