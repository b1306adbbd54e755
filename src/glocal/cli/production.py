"""Commands of the production room: machines and slicing."""

from __future__ import annotations

import os
import shutil
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from glocal.cli.numbers import Number
from glocal.cli.output import json_option, print_result, progress

if TYPE_CHECKING:
    from glocal.production.model import Machine, SliceResult


@click.command()
@click.argument("text", required=False, default="")
@click.option("--limit", type=click.IntRange(1), default=None, help="Show at most this many.")
@json_option
def machines(text: str, limit: int | None, as_json: bool) -> None:
    """Search the machines that the slicer knows, by name.

    TEXT is part of a name, for example "ender 3"; without it all machines are listed.
    """
    from glocal.production.prusaslicer_profiles import find_machines

    found = find_machines(text)
    rows = [_machine_row(machine) for machine in found[:limit]]
    lines = [
        f"{row['id']:<50} {row['bed_x_mm']:g} × {row['bed_y_mm']:g} × {row['height_mm']:g} mm, "
        f"nozzle {row['nozzle_mm']:g} mm   {row['name']}"
        for row in rows
    ]
    left_out = f"\n… and {len(found) - len(rows)} more" if len(found) > len(rows) else ""
    summary = "\n".join(lines) + left_out if rows else f"No machine has “{text}” in its name."
    print_result({"machines": rows, "found": len(found)}, as_json=as_json, text=summary)


@click.command("slice")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--machine", "machine_id", default="reference", show_default=True, help="Id from `glocal machines`.")
@click.option("--material", "material_id", default="pla", show_default=True, help="pla, petg, asa, abs, tpu or pc.")
@click.option("-o", "--output", type=click.Path(dir_okay=False, path_type=Path), required=True, help="The G-code file.")
@click.option("--timeout", "timeout_s", type=Number(min=1), default=180, show_default=True, help="Seconds.")
@json_option
def slice_(file: Path, *, machine_id: str, material_id: str, output: Path, timeout_s: float, as_json: bool) -> None:
    """Slice FILE, a mesh, for a machine and a material."""
    from glocal.design.meshfile import read_mesh
    from glocal.design.part import part_from_mesh
    from glocal.production.gcode import read_gcode
    from glocal.production.gcode_safety import check_gcode
    from glocal.production.materials import get_material
    from glocal.production.plate import place_single
    from glocal.production.prusaslicer import PrusaSlicer
    from glocal.production.prusaslicer_profiles import get_machine
    from glocal.production.recipes import default_recipe
    from glocal.values import new_id

    machine = get_machine(machine_id)
    material = get_material(material_id, machine=machine)
    part = part_from_mesh(read_mesh(file), file.stem)
    slicer = PrusaSlicer(_cache_dir(), timeout_s=timeout_s)
    progress(f"Slicing {file.name} for {machine.name} with {slicer.version} …")
    result = slicer.slice(place_single(part, new_id(), machine), machine, material, default_recipe(machine))
    output.parent.mkdir(parents=True, exist_ok=True)
    shutil.copyfile(result.gcode, output)
    findings = check_gcode(read_gcode(output), machine, material)
    answer = _slice_answer(result, output) | {"safety": [finding.as_dict() for finding in findings]}
    print_result(answer, as_json=as_json, text=_slice_text(result, output, [f.message for f in findings]))


def _cache_dir() -> Path:
    """Return where sliced plates are kept: the same place as the shop's."""
    import glocal
    from glocal.shop.home import state_directory

    named = os.environ.get("GLOCAL_SLICE_CACHE")
    return Path(named) if named else state_directory(os.environ, Path(glocal.__file__).parent) / "slices"


def _machine_row(machine: Machine) -> dict[str, Any]:
    return {
        "id": machine.id,
        "name": machine.name,
        "vendor": machine.vendor,
        "model": machine.model,
        "bed_x_mm": machine.bed_x_mm,
        "bed_y_mm": machine.bed_y_mm,
        "height_mm": machine.height_mm,
        "nozzle_mm": machine.nozzle_mm,
        "gcode_flavor": machine.gcode_flavor,
        "process": machine.print_preset,
        "source": machine.source,
    }


def _slice_answer(result: SliceResult, output: Path) -> dict[str, Any]:
    return {
        "file": str(output),
        "time_s": result.time_s,
        "mass_g": result.mass_g,
        "filament_mm": result.filament_mm,
        "filament_cm3": result.filament_cm3,
        "slicer": result.slicer,
        "layers": result.layers,
        "features": {
            name: {"time_s": use.time_s, "length_mm": use.length_mm, "filament_mm": use.filament_mm}
            for name, use in result.features.items()
        },
        "warnings": list(result.warnings),
        "cached": result.cached,
    }


def _slice_text(result: SliceResult, output: Path, findings: list[str]) -> str:
    minutes = round(result.time_s / 60)
    lines = [
        f"{output}: {minutes // 60} h {minutes % 60:02d} min, {result.mass_g:.1f} g, {result.layers} layers "
        f"({result.slicer}{', from the cache' if result.cached else ''})"
    ]
    lines += [
        f"  {name:<28} {use.time_s / 60:7.1f} min  {use.filament_mm / 1000:7.2f} m"
        for name, use in sorted(result.features.items(), key=lambda item: -item[1].time_s)
    ]
    return "\n".join([*lines, *(f"  ! {words}" for words in (*result.warnings, *findings))])
