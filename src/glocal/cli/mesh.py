"""Commands on a mesh file: which way up it prints best, and mending it."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import click

from glocal.cli.output import json_option, print_result

if TYPE_CHECKING:
    from glocal.design.model import Mesh
    from glocal.design.orient import Orientation

Command = TypeVar("Command", bound=Callable[..., Any])
UNITS = ("mm", "cm", "inch", "m", "micron")
WRITES = (".3mf", ".stl", ".off")


def unit_option(command: Command) -> Command:
    """Add the unit of a file that does not say it."""
    return click.option(
        "--unit",
        type=click.Choice(UNITS),
        default="mm",
        show_default=True,
        help="Unit of the file; 3MF and STEP say it.",
    )(command)


def read(file: Path, unit: str) -> Mesh:
    """Return the mesh in a file that was drawn in ``unit``."""
    from glocal.design.meshfile import read_mesh
    from glocal.design.unit_guess import UNITS_MM

    return read_mesh(file, unit_mm=UNITS_MM[unit])


def _direction(context: click.Context, parameter: click.Parameter, text: str | None) -> tuple[float, ...] | None:
    if text is None:
        return None
    named = {"x": (1.0, 0.0, 0.0), "y": (0.0, 1.0, 0.0), "z": (0.0, 0.0, 1.0)}
    try:
        axis = named.get(text) or tuple(float(number) for number in text.split(","))
    except ValueError:
        axis = ()
    if len(axis) != 3 or not any(axis) or not all(abs(number) < 1e9 for number in axis):
        raise click.BadParameter(f"{text!r} is neither x, y, z nor three numbers such as 1,0,0")
    return axis


@click.command()
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--machine", "machine_id", default="reference", show_default=True, help="Id from `glocal machines`.")
@click.option("--load", callback=_direction, help="Direction in which it will be pulled or bent: x, y, z or 1,0,0.")
@click.option("--most", type=click.IntRange(1, 20), default=5, show_default=True, help="Show at most this many.")
@click.option("-o", "--output", type=click.Path(dir_okay=False, path_type=Path), help="Write the best: 3MF, STL, OFF.")
@unit_option
@json_option
def orient(  # noqa: PLR0917 (click passes options by name)
    file: Path,
    machine_id: str,
    load: tuple[float, ...] | None,
    most: int,
    output: Path | None,
    unit: str,
    as_json: bool,
) -> None:
    """Find which way up FILE prints best, with the reasons: support, time, foot, strength along the layers.

    The way it lies is always among the answers. Costs are minutes of print and work beside what every way costs.
    """
    from glocal.design.orient import orientations, turned
    from glocal.production.prusaslicer_profiles import get_machine
    from glocal.production.recipes import default_recipe

    mesh = closed(read(file, unit))
    machine = get_machine(machine_id)
    ways = orientations(mesh, machine.process(default_recipe(machine)), load=load, most=most)
    if output is not None:
        write(turned(mesh, ways[0]), output, file.stem)
    result = {
        "machine": machine.id,
        "orientations": [way.as_dict() for way in ways],
        "file": None if output is None else str(output),
    }
    print_result(result, as_json=as_json, text="\n".join(_line(number, way) for number, way in enumerate(ways, 1)))


def _line(number: int, way: Orientation) -> str:
    up = ", ".join(f"{part:g}" for part in (round(part, 3) + 0.0 for part in way.up))
    head = f"{number}. ({up}) up{', as it lies' if way.as_it_lies else ''}: {way.cost_min:.0f} min"
    return "\n".join([head, *(f"     {reason.message}" for reason in way.reasons)])


def closed(mesh: Mesh) -> Mesh:
    """Return the mesh when it is closed; else say where to go."""
    from glocal.design.errors import DesignNotSolid
    from glocal.design.solid import prove_solid

    try:
        prove_solid(mesh)
    except DesignNotSolid as error:
        raise DesignNotSolid(
            error.message, help="`glocal check` shows where it is open; `glocal repair` mends what is safe to mend."
        ) from error
    return mesh


@click.command()
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("-o", "--output", type=click.Path(dir_okay=False, path_type=Path), required=True, help="3MF, STL or OFF.")
@unit_option
@json_option
def repair(file: Path, output: Path, unit: str, as_json: bool) -> None:
    """Mend FILE where that is safe, prove that it is closed, and say what was done.

    Torn corners, doubled and turned triangles, small or flat holes and overlapping pieces are mended. What has no one
    sensible answer is refused (exit code 4).
    """
    from glocal.design.repair import repair as mend

    before = read(file, unit)
    mended = mend(before)
    write(mended.mesh, output, file.stem)
    result = {
        "file": str(output),
        "done": list(mended.done),
        "watertight": True,  # proven, or refused
        "triangles": len(mended.mesh.faces),
        "volume_mm3": mended.mesh.volume_mm3,
        "extent_mm": list(mended.mesh.extent_mm),
    }
    print_result(result, as_json=as_json, text="\n".join(mended.done) or "It was sound; nothing was changed.")


def write(mesh: Mesh, output: Path, title: str) -> None:
    """Write a mesh in the format that the file's name asks for."""
    import uuid

    from glocal.design.meshfile import write_off, write_stl
    from glocal.design.part import mesh_hash
    from glocal.design.threemf import PlacedObject, write_3mf

    suffix = output.suffix.lower()
    if suffix not in WRITES:
        raise click.BadParameter(f"the file must end in one of {', '.join(WRITES)}", param_hint="--output")
    if suffix == ".3mf":
        piece = PlacedObject(mesh, uuid.uuid5(uuid.NAMESPACE_OID, mesh_hash(mesh)), title)
        data = write_3mf([piece], metadata={"Title": title, "Application": "glocal"})
    else:
        data = write_stl(mesh) if suffix == ".stl" else write_off(mesh)
    output.parent.mkdir(parents=True, exist_ok=True)
    output.write_bytes(data)
