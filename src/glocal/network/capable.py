"""What a machine can make, in physics: each thing that stands in the way, with its reason."""

from __future__ import annotations

from collections.abc import Iterator

from glocal.network.fit import box_fits, needed_side_mm, orientations
from glocal.network.model import MakerMachine, Need, Reason


def obstacles(need: Need, machine: MakerMachine) -> tuple[list[Reason], list[Reason]]:
    """Return what this machine cannot do for ``need``, and what is not known about it."""
    kind = machine.machine
    bed = (kind.bed_x_mm, kind.bed_y_mm)
    against: list[Reason] = []
    if not box_fits(need.extent_mm, bed, kind.height_mm, reorient=need.reorient):
        against.append(_size_reason(need, machine))
    unclear: list[Reason] = []
    if machine.materials_loaded or machine.materials_in_stock:
        against += _material_missing(need, machine)
    else:
        unclear.append(Reason("material_unknown", f"{kind.name}: which materials are there is not known"))
    against += _temperature_reasons(need, machine)
    if need.hold_at_c is not None and need.material is None:
        unclear.append(Reason("heat_unknown", f"what temperature {need.material_id.upper()} stands is not known"))
    if need.enclosure and not (machine.enclosure or kind.has_enclosure):
        against.append(Reason("enclosure", f"{kind.name} has no closed chamber, this part needs one"))
    if not against:  # what a piece takes is only known where it can be printed
        against += _too_little_material(need, machine)
    return against, unclear


def _size_reason(need: Need, machine: MakerMachine) -> Reason:
    kind = machine.machine
    bed, height = (kind.bed_x_mm, kind.bed_y_mm), kind.height_mm
    data = {"bed_mm": [*bed, height], "part_mm": list(need.extent_mm), "machine": machine.id}
    turned = "in any orientation" if need.reorient else "standing as modelled"
    if box_fits(need.extent_mm, bed, float("inf"), reorient=need.reorient):
        lowest = min(z for _, _, z in orientations(need.extent_mm, reorient=need.reorient))
        if lowest > height:
            return Reason("height", f"prints {height:g} mm high, part needs {lowest:g} {turned}", data)
    side = needed_side_mm(need.extent_mm, height, reorient=need.reorient)
    if side == float("inf"):
        side = needed_side_mm(need.extent_mm, float("inf"), reorient=need.reorient)
    if side > max(bed):
        return Reason(
            "bed_size", f"bed {bed[0]:g} × {bed[1]:g}, part needs {side:.0f} {turned}", {**data, "needed_mm": side}
        )
    part = " × ".join(f"{length:g}" for length in need.extent_mm)
    space = f"{bed[0]:g} × {bed[1]:g} × {height:g}"
    return Reason("bed_size", f"bed {space}, part {part} mm does not fit {turned}", data)


def _material_missing(need: Need, machine: MakerMachine) -> Iterator[Reason]:
    if need.material_id not in machine.materials_loaded and need.material_id not in machine.materials_in_stock:
        has = sorted({*machine.materials_loaded, *machine.materials_in_stock})
        yield Reason(
            "material",
            f"no {need.material_id.upper()} at {machine.machine.name}, only {', '.join(m.upper() for m in has)}",
            {"material": need.material_id, "has": has, "machine": machine.id},
        )


def _too_little_material(need: Need, machine: MakerMachine) -> Iterator[Reason]:
    left = machine.loaded_g.get(need.material_id)
    if left is None or need.mass_g_by_machine is None or need.material_id in machine.materials_in_stock:
        return
    piece = need.mass_g_by_machine(machine)
    if piece is not None and piece.value * need.quantity > left:
        asked = piece.value * need.quantity
        yield Reason(
            "too_little_material",
            f"{left:.0f} g of {need.material_id.upper()} left at {machine.machine.name}, this takes {asked:.0f} g",
            {"material": need.material_id, "left_g": left, "needs_g": asked, "machine": machine.id},
        )


def _temperature_reasons(need: Need, machine: MakerMachine) -> Iterator[Reason]:
    """Yield what is too hot; a limit that nobody stated does not count against a maker who stocks the material."""
    material, kind = need.material, machine.machine
    if material is None:
        return
    for what, asked, reached in (
        ("nozzle", material.nozzle_c, kind.max_nozzle_c),
        ("bed", material.bed_c, kind.max_bed_c),
    ):
        if reached is not None and asked > reached:
            yield Reason(
                f"{what}_heat",
                f"{kind.name}'s {what} reaches {reached:g} °C, {material.name} needs {asked:g}",
                {"reaches_c": reached, "needs_c": asked, "machine": machine.id},
            )
    if need.hold_at_c is not None and material.heat_resistance_c < need.hold_at_c:
        yield Reason(
            "heat",
            f"{material.name} softens at {material.heat_resistance_c:g} °C, the part must stand {need.hold_at_c:g}",
            {"stands_c": material.heat_resistance_c, "needs_c": need.hold_at_c},
        )
