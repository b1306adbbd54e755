"""Fit the instant estimate to an installed slicer: slice meshes, measure their shapes, compare."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from uuid import UUID

from glocal.design.model import Mesh
from glocal.design.part import part_from_mesh
from glocal.errors import GlocalError
from glocal.production.model import Machine, Material, Recipe, Slicer
from glocal.production.plate import place_single
from glocal.production.prusaslicer_profiles import flat_settings
from glocal.quoting.calibration import Calibration, base_recipe
from glocal.quoting.errors import CalibrationFailed, NeedsExactQuote
from glocal.quoting.estimate import refuse_bodies
from glocal.quoting.fit import Sample, fit
from glocal.quoting.process import read_process
from glocal.quoting.shape import measure

LEAST_SAMPLES = 20
INFILLS = (10.0, 20.0, 30.0, 40.0)
WALLS = (2, 3, 4)


def variation(recipe: Recipe, index: int) -> Recipe:
    """Return the recipe for the ``index``-th mesh: every second one has another infill and number of walls."""
    if index % 2 == 0:
        return recipe
    walls = WALLS[index // 2 % len(WALLS)]
    return replace(
        recipe,
        infill_percent=INFILLS[index // 2 % len(INFILLS)],
        settings={**recipe.settings, "perimeters": str(walls)},
    )


def take_samples(
    meshes: Sequence[tuple[str, Mesh]],
    slicer: Slicer,
    machine: Machine,
    materials: Sequence[Material],
    recipe: Recipe,
    *,
    vary: bool = True,
    tell: Callable[[str], None] = lambda _: None,
) -> list[Sample]:
    """Slice and measure every mesh that can be; the others are told about and left out.

    ``vary`` gives every second mesh another infill and number of walls.
    """
    samples = []
    for index, (name, mesh) in enumerate(meshes):
        material = materials[index // 3 % len(materials)]
        varied = variation(recipe, index) if vary else recipe
        try:
            refuse_bodies(mesh, most=1)
            process = read_process(flat_settings(machine, material, varied))
            use, open_contours = measure(mesh.vertices, mesh.faces, process)
            if open_contours:
                tell(f"{name}: left out, the mesh is open")
                continue
            plate = place_single(part_from_mesh(mesh, name), UUID(int=1), machine)
            result = slicer.slice(plate, machine, material, varied)
        except NeedsExactQuote as error:
            tell(f"{name}: left out, {error.message}")
            continue
        except GlocalError as error:
            tell(f"{name}: left out, {error.message}")
            continue
        volume_mm3 = result.filament_mm * process.filament_area_mm2
        if result.time_s > 0 and volume_mm3 > 0:
            samples.append(Sample(name, use, process, result.time_s, volume_mm3 / process.flow))
            tell(f"{name}: {result.time_s:.0f} s, {result.mass_g:.1f} g")
    return samples


def calibrate(
    meshes: Sequence[tuple[str, Mesh]],
    slicer: Slicer,
    machine: Machine,
    materials: Sequence[Material],
    recipe: Recipe,
    *,
    tell: Callable[[str], None] = lambda _: None,
) -> Calibration:
    """Return the calibration for a slicer, machine and recipe, with the error on held-out shapes in it.

    Parameters
    ----------
    meshes : sequence of (name, Mesh)
        In the order in which infill, walls and materials are varied over them.

    Raises
    ------
    CalibrationFailed
        When fewer than twenty meshes could be sliced.
    """
    samples = take_samples(meshes, slicer, machine, materials, recipe, tell=tell)
    if len(samples) < LEAST_SAMPLES:
        raise CalibrationFailed(
            f"Only {len(samples)} of {len(meshes)} meshes could be sliced, at least {LEAST_SAMPLES} are needed.",
            help="Give more meshes with --data, or look at what was left out and why.",
        )
    made = sum(sample.shape.startswith("made:") for sample in samples)
    return fit(
        samples,
        slicer=slicer.version,
        machine_id=machine.id,
        recipe_id=base_recipe(recipe.id),
        fitted_on={
            "meshes_made_by_glocal": made,
            "meshes_given": len(samples) - made,
            "materials": sorted({material.id for material in materials}),
            "machine": machine.name,
            "profiles": machine.source,
            "print_preset": machine.print_preset,
            "held_out": "ten folds by shape: every error was measured on a shape that this fold was not fitted on",
        },
    )
