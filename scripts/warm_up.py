"""Compile the numeric kernels once, at set-up, so that nobody's first quote or print waits for the compiler.

Each is called on a tiny real case; numba keeps what it compiled beside the source.
"""

from __future__ import annotations

import tempfile
import uuid
from contextlib import suppress
from dataclasses import replace
from pathlib import Path

import manifold3d
import numpy as np

from glocal.design.intersect import crossings
from glocal.design.model import Mesh
from glocal.design.part import part_from_mesh
from glocal.design.picture import render_png
from glocal.network.fairness import Fairness
from glocal.network.nest import Bed, Outline, nest
from glocal.network.plan import plan
from glocal.network.plan_model import PlanMachine, PlanOrder, Problem
from glocal.production.gcode import read_gcode
from glocal.production.materials import get_material
from glocal.production.plate import place_single
from glocal.production.prusaslicer import PrusaSlicer
from glocal.production.prusaslicer_profiles import get_machine
from glocal.production.recipes import default_recipe
from glocal.quoting.calibration import load_calibration
from glocal.quoting.errors import NotCalibrated
from glocal.quoting.estimate import estimate
from glocal.strategy.example import example_world
from glocal.strategy.simulate import simulated_year


def tiny_mesh() -> Mesh:
    """Return a small tower with a slanted roof and a hole, so that every kind of layer occurs."""
    tower = manifold3d.Manifold.cylinder(6.0, 7.0, 3.0, 32) - manifold3d.Manifold.cylinder(8.0, 1.5, 1.5, 16)
    raw = tower.to_mesh64()
    return Mesh(np.asarray(raw.vert_properties)[:, :3], np.asarray(raw.tri_verts).astype(np.int32))


def main() -> None:
    """Call each kernel once."""
    machine = get_machine("reference")
    material, recipe = get_material("pla", machine=machine), default_recipe(machine)
    part = part_from_mesh(tiny_mesh(), "tower")
    crossings(part.mesh)
    render_png(part.mesh, width_px=64, height_px=48)
    with tempfile.TemporaryDirectory() as directory:
        slicer = PrusaSlicer(Path(directory))
        sliced = slicer.slice(place_single(part, uuid.UUID(int=1), machine), machine, material, recipe)
        read_gcode(sliced.gcode)
        for each in (machine, get_machine("creality-ender-3-0-4-mm-nozzle")):  # gyroid and grid infill
            setting = default_recipe(each)
            with suppress(NotCalibrated):  # a slicer that no calibration ships for: its quotes come from the slicer
                known = load_calibration(slicer.version, each.id, setting.id)
                estimate(part.mesh, each, get_material("pla", machine=each), setting, known)
    order = PlanOrder("o", (20.0, 20.0, 20.0), 400.0, 2000.0, "pla", (52.4, 13.2), 0.0, 24.0, 900.0, 10.0, 400.0)
    printer = PlanMachine("m", "maker", (180.0, 180.0), 180.0, 9000.0, 100.0, 0.4, 100.0, ("pla",), (52.4, 13.2))
    two = Problem((order,), (printer, replace(printer, id="n", maker="other")))
    plan(two, rounds=1, fairness=Fairness(0.5))
    simulated_year(replace(example_world(), days=1))
    nest(Bed(50.0, 50.0), [Outline("square", ((0.0, 0.0), (10.0, 0.0), (10.0, 10.0), (0.0, 10.0)))])


if __name__ == "__main__":
    main()
