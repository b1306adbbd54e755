"""The G-code reader against the slicer's own figures, and what the printability check of a large mesh costs."""

from __future__ import annotations

import re
import statistics
import time
import uuid
from collections.abc import Callable
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING

from benchmarks import Figure, at_least, at_most

if TYPE_CHECKING:
    from glocal.design.model import Mesh

MESHES = 12
TRIANGLES = 100_000
ROUNDS = 3


def figures(data: Path | None) -> list[Figure]:
    """Slice meshes of our own, read what came out, and check one large mesh."""
    with TemporaryDirectory() as directory:
        return [*reader(sliced_files(Path(directory))), check_of_large_mesh()]


def sliced_files(cache: Path) -> list[Path]:
    """Return G-code of meshes that glocal makes itself, as the reference machine prints them."""
    from glocal.design.part import part_from_mesh
    from glocal.production.materials import get_material
    from glocal.production.plate import place_single
    from glocal.production.prusaslicer import PrusaSlicer
    from glocal.production.prusaslicer_profiles import get_machine
    from glocal.production.recipes import default_recipe
    from glocal.quoting.samples import sample_meshes

    machine, slicer = get_machine("reference"), PrusaSlicer(cache)
    material, recipe = get_material("pla", machine=machine), default_recipe(machine)
    fitting = [(name, mesh) for name, mesh in sample_meshes() if max(mesh.extent_mm) < machine.height_mm]
    chosen = fitting[:: max(1, len(fitting) // MESHES)][:MESHES]
    plates = [place_single(part_from_mesh(mesh, name), uuid.UUID(int=1), machine) for name, mesh in chosen]
    return [slicer.slice(plate, machine, material, recipe).gcode for plate in plates]


def reader(files: list[Path]) -> list[Figure]:
    """Compare time and speed of the reader with the slicer's own totals and with a reader of regular expressions."""
    from glocal.production.gcode import read_gcode, read_gcode_bytes, read_totals

    off = [read_gcode(file).time_s / read_totals(file)["time_s"] - 1 for file in files]
    largest = max(files, key=lambda file: file.stat().st_size).read_bytes()
    ours = len(largest) / 1e6 / cpu_s(lambda: read_gcode_bytes(largest))
    plain = len(largest) / 1e6 / cpu_s(lambda: naive(largest))
    return [
        at_most(
            f"G-code reader, total time against the slicer's, median of {len(off)}, %",
            100 * abs(statistics.median(off)),
            0.5,
        ),
        at_most("… and of the absolute error, %", 100 * statistics.median(map(abs, off)), 0.5),
        at_least("G-code reader, MB per CPU second", ours, 200, peer="regular expressions, way only", peer_value=plain),
    ]


def naive(content: bytes) -> float:
    """Return the length of all moves, as a short script finds it."""
    word = re.compile(rb"([XYZ])(-?[\d.]+)")
    place, way = {b"X": 0.0, b"Y": 0.0, b"Z": 0.0}, 0.0
    for line in content.split(b"\n"):
        if line.startswith((b"G1 ", b"G0 ")):
            new = {**place, **{axis: float(value) for axis, value in word.findall(line)}}
            way += sum((new[axis] - place[axis]) ** 2 for axis in place) ** 0.5
            place = new
    return way


def check_of_large_mesh() -> Figure:
    """Measure the printability check of a bumpy body of about 100,000 triangles."""
    from glocal.design.check import check
    from glocal.production.prusaslicer_profiles import get_machine
    from glocal.production.recipes import default_recipe

    machine, mesh = get_machine("reference"), bumpy(TRIANGLES)
    process = machine.process(default_recipe(machine))
    check(bumpy(2_000), process)
    name = f"printability check of a mesh of {len(mesh.faces):,} triangles, CPU s"
    return at_most(name, cpu_s(lambda: check(mesh, process)), 1.5)


def bumpy(triangles: int) -> Mesh:
    """Return a closed body with bumps all over, of about so many triangles."""
    import manifold3d
    import numpy as np

    from glocal.design.model import Mesh

    segments = 4 * round((triangles / 2) ** 0.5 / 2)
    ball = manifold3d.Manifold.sphere(30.0, segments)
    raw = ball.warp_batch(
        lambda points: points * (1 + 0.03 * np.sin(points / 2).sum(axis=1, keepdims=True))
    ).to_mesh64()
    return Mesh(np.asarray(raw.vert_properties)[:, :3], np.asarray(raw.tri_verts).astype(np.int32))


def cpu_s(work: Callable[[], object]) -> float:
    """Return the least CPU seconds of this process that some work took in a few rounds."""
    taken = []
    for _ in range(ROUNDS):
        begin = time.process_time()
        work()
        taken.append(time.process_time() - begin)
    return min(taken)
