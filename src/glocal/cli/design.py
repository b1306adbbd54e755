"""Commands of the design room: what a design offers, building a part, checking a mesh."""

from __future__ import annotations

import sys
import time
import uuid
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from glocal.cli.mesh import read, unit_option
from glocal.cli.numbers import Number
from glocal.cli.output import EXIT_CODES, json_option, print_result, progress, told_to_wait
from glocal.errors import CannotBeMade

if TYPE_CHECKING:
    from glocal.design.model import DesignTemplate, Mesh, ParameterValue, Part
    from glocal.design.openscad import OpenScadPool

_MORE_TIME = "More time (--timeout, up to 600), or --draft for a look; a loop without an end needs the designer."
_FORMATS = (".3mf", ".stl", ".off", ".glb")
_PIECES = uuid.UUID("2f3f62f4-2b1c-5d5e-8c53-51c0e7b6a0d4")


class _Heard:
    """A renderer that keeps what OpenSCAD warned of."""

    def __init__(self, pool: OpenScadPool) -> None:
        self._pool = pool
        self.warnings: tuple[str, ...] = ()

    def render(self, template: DesignTemplate, values: Mapping[str, ParameterValue], *, draft: bool = False) -> Mesh:
        rendered = self._pool.render_with_warnings(template, values, draft=draft)
        self.warnings = rendered.warnings
        return rendered.mesh


@click.group()
def design() -> None:
    """Inspect and build parametric designs."""


@design.command()
@click.argument("file", type=click.Path(exists=True, path_type=Path))
@json_option
def inspect(file: Path, as_json: bool) -> None:
    """List what a customer may change in FILE, an OpenSCAD design or a package directory, without running it."""
    template = _template(file)
    lines = []
    for parameter in template.parameters:
        allowed = ", ".join(option.label for option in parameter.options)
        if parameter.max is not None:
            allowed = f"{parameter.min:g} to {parameter.max:g} in steps of {parameter.step:g}"
        start = f"{parameter.name:<24} {parameter.type:<8} {parameter.initial!s:<16}"
        lines.append(f"{start} {allowed:<40} {parameter.caption}".rstrip())
    result = {
        "id": template.id,
        "title": dict(template.title),
        "hash": template.hash,
        "parameters": [parameter.as_dict() for parameter in template.parameters],
        "presets": sorted(template.presets),
    }
    print_result(result, as_json=as_json, text="\n".join(lines) or "This design has no parameters.")


@design.command()
@click.argument("file", type=click.Path(exists=True, path_type=Path))
@click.option("-P", "--parameter", "pairs", multiple=True, metavar="NAME=VALUE", help="Set a parameter; repeatable.")
@click.option("--preset", help="Start from a preset of the package, or of --presets.")
@click.option("--presets", type=click.Path(exists=True, dir_okay=False, path_type=Path), help="A parameterSets file.")
@click.option(
    "-o", "--output", type=click.Path(dir_okay=False, path_type=Path), required=True, help="3MF, STL, OFF or GLB."
)
@click.option("--draft", is_flag=True, help="Coarser curves, for looking at only.")
@click.option("--timeout", "timeout_s", type=Number(1, 600), default=120.0, show_default=True, help="Seconds.")
@json_option
def build(  # noqa: PLR0917 (click passes options by name)
    file: Path,
    pairs: tuple[str, ...],
    preset: str | None,
    presets: Path | None,
    output: Path,
    draft: bool,
    timeout_s: float,
    as_json: bool,
) -> None:
    """Build the part that FILE describes, with your values, and write it to a mesh file."""
    if output.suffix.lower() not in _FORMATS:
        raise click.BadParameter(f"the file must end in one of {', '.join(_FORMATS)}", param_hint="--output")
    from glocal.design.parameters import bind

    template = _template(file)
    values = bind(template, {**_preset_values(template, preset, presets), **_pairs(pairs)})
    part, warnings, cpu_s = _built(template, values, timeout_s, draft=draft)
    output.write_bytes(_encode(part, template, output.suffix.lower()))
    x, y, z = part.features.extent_mm
    result = {
        "file": str(output),
        "triangles": part.features.triangles,
        "watertight": True,  # the renderer proves it or raises
        "volume_mm3": part.features.volume_mm3,
        "area_mm2": part.features.area_mm2,
        "extent_mm": list(part.features.extent_mm),
        "bodies": part.features.bodies,
        "cpu_s": cpu_s,
        "hash": part.hash,
        "values": _plain(part.values),
        "warnings": list(warnings),
    }
    for warning in warnings:
        progress(f"OpenSCAD says: {warning}")
    text = (
        f"{output}: {x:.1f} × {y:.1f} × {z:.1f} mm, {part.features.volume_mm3 / 1000:.1f} cm³, "
        f"{part.features.triangles} triangles, closed."
    )
    print_result(result, as_json=as_json, text=text)


def _built(
    template: DesignTemplate, values: Mapping[str, ParameterValue], timeout_s: float, *, draft: bool
) -> tuple[Part, tuple[str, ...], float]:
    """Return the part, what OpenSCAD warned of, and the CPU seconds that it took."""
    import manifold3d  # noqa: F401 (loaded before the time is taken)
    import scipy.sparse.csgraph  # noqa: F401

    from glocal.design.errors import DesignLoops
    from glocal.design.openscad import OpenScadPool
    from glocal.design.part import build_part

    with OpenScadPool(timeout_s=timeout_s) as pool, told_to_wait(timeout_s):
        pool.warm()
        started = time.process_time()
        heard = _Heard(pool)
        try:
            part = build_part(template, values, heard, draft=draft)
        except DesignLoops as error:
            raise DesignLoops(error.words[0], help=_MORE_TIME, timeout_s=timeout_s) from error
        return part, heard.warnings, time.process_time() - started + pool.cpu_s


@design.command()
@click.argument("file", type=click.Path(exists=True, path_type=Path))
@click.argument("name")
@click.option("-P", "--parameter", "pairs", multiple=True, metavar="NAME=VALUE", help="Set a parameter; repeatable.")
@click.option(
    "-o", "--output", type=click.Path(dir_okay=False, path_type=Path), required=True, help="A parameterSets file."
)
@json_option
def preset(file: Path, name: str, pairs: tuple[str, ...], output: Path, as_json: bool) -> None:
    """Keep your values for FILE as the preset NAME in a file that OpenSCAD's Customizer opens; other presets stay."""
    from glocal.design.parameter_sets import read_parameter_sets, write_parameter_sets
    from glocal.design.parameters import bind

    sets: dict[str, Any] = dict(read_parameter_sets(output.read_bytes())) if output.exists() else {}
    template = _template(file)
    values = bind(template, _pairs(pairs))
    output.write_bytes(write_parameter_sets({**sets, name: values}))
    result = {"file": str(output), "presets": sorted({*sets, name}), "values": _plain(values)}
    print_result(result, as_json=as_json, text=f"{output}: {', '.join(sorted({*sets, name}))}")


@click.command()
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--machine", "machine_id", default="reference", show_default=True, help="Id from `glocal machines`.")
@unit_option
@json_option
def check(file: Path, machine_id: str, unit: str, as_json: bool) -> None:
    """Say whether FILE (STL, OBJ, 3MF, OFF, STEP) can be printed on a machine, and what stands in the way.

    Exit codes: 0 printable, 3 the file cannot be read as what it claims to be, 4 it cannot be made as it is.
    """
    from glocal.design.check import check as check_mesh
    from glocal.design.check import printable, summary
    from glocal.design.meshfile import SAY_THEIR_UNIT
    from glocal.design.unit_guess import unit_findings
    from glocal.production.prusaslicer_profiles import get_machine
    from glocal.production.recipes import default_recipe

    mesh = read(file, unit)
    machine = get_machine(machine_id)
    process = machine.process(default_recipe(machine))
    asked = unit_findings(mesh, process) if unit == "mm" and file.suffix.lower() not in SAY_THEIR_UNIT else []
    findings = (*check_mesh(mesh, process), *asked)
    result = {
        "findings": [finding.as_dict() for finding in findings],
        "printable": printable(findings),
        "triangles": len(mesh.faces),
        "extent_mm": list(mesh.extent_mm),
        "machine": machine.id,
    }
    print_result(result, as_json=as_json, text=summary(findings))
    if not printable(findings):
        sys.exit(dict(EXIT_CODES)[CannotBeMade])


def _plain(values: Mapping[str, Any]) -> dict[str, Any]:
    return {name: list(value) if isinstance(value, tuple) else value for name, value in values.items()}


def _template(file: Path) -> DesignTemplate:
    from glocal.design.package import load_package, template_from_scad

    return load_package(file) if file.is_dir() else template_from_scad(file)


def _pairs(pairs: tuple[str, ...]) -> dict[str, str]:
    values = {}
    for pair in pairs:
        name, equals, value = pair.partition("=")
        if not equals or not name:
            raise click.BadParameter(f"{pair!r} is not NAME=VALUE", param_hint="-P")
        values[name.strip()] = value
    return values


def _preset_values(template: DesignTemplate, preset: str | None, presets: Path | None) -> dict[str, Any]:
    from glocal.design.parameter_sets import read_parameter_sets

    if preset is None:
        return {}
    sets: dict[str, Any] = dict(read_parameter_sets(presets.read_bytes()) if presets else template.presets)
    if preset not in sets:
        known = ", ".join(sorted(sets)) or "none"
        raise click.BadParameter(f"there is no preset {preset!r}; there are: {known}", param_hint="--preset")
    known_names = {parameter.name for parameter in template.parameters}
    return {name: value for name, value in sets[preset].items() if name in known_names}


def _encode(part: Part, template: DesignTemplate, suffix: str) -> bytes:
    from glocal.design.glb import write_glb
    from glocal.design.meshfile import write_off, write_stl

    writers = {".stl": write_stl, ".off": write_off, ".glb": write_glb}
    return writers[suffix](part.mesh) if suffix in writers else _three_mf(part.mesh, part, template)


def _three_mf(mesh: Mesh, part: Part, template: DesignTemplate) -> bytes:
    from glocal.design.threemf import PlacedObject, write_3mf

    metadata = {"Title": part.title, "Application": "glocal", "Designer": ", ".join(template.authors)}
    if template.licence != "NOASSERTION":
        metadata["LicenseTerms"] = template.licence
    piece = PlacedObject(mesh, uuid.uuid5(_PIECES, part.hash), part.title)
    return write_3mf([piece], metadata={name: text for name, text in metadata.items() if text})
