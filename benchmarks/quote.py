"""The instant estimate against PrusaSlicer on the same meshes, with the formula that shops use on the web beside it.

Without ``--data`` the meshes are those that glocal makes for calibration; with it, those of the directory too. Every
error is measured on a shape that was not fitted on (ten folds by shape), never on what the calibration has seen.
"""

from __future__ import annotations

import os
import resource
import statistics
import time
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING

import numpy as np

from benchmarks import Figure, at_least, at_most

if TYPE_CHECKING:
    from glocal.design.model import Mesh
    from glocal.production.model import Machine
    from glocal.quoting.fit import Sample

MACHINES = (
    ("reference", "MK3S 0.20", "pla", (2.0, 5.5), (1.0, 2.7)),
    ("creality-ender-3-0-4-mm-nozzle", "Ender-3", "pla", (3.0, 9.0), (1.2, 3.2)),
    ("voron-v2-250-0-4-nozzle", "Voron 2 0.20", "abs", (3.0, 9.0), (1.2, 3.2)),
)
NEWER_BARS = (3.5, 9.0), (None, None)
"""What the reference is held to with a slicer newer than 2.5; the other families have no bar there."""
MOST_MESHES = int(os.environ.get("GLOCAL_BENCH_MESHES", "160"))
CPU_MESHES = 24
GCODE_FILES = 40


@dataclass(frozen=True, slots=True)
class Pair:
    """CPU seconds of one mesh: estimated and sliced."""

    estimate_s: float
    slice_s: float


def figures(data: Path | None) -> list[Figure]:
    """Measure error and cost of the instant estimate, pair by pair with the slicer."""
    from glocal.production.materials import get_material
    from glocal.production.prusaslicer import PrusaSlicer
    from glocal.production.prusaslicer_profiles import get_machine
    from glocal.production.recipes import default_recipe
    from glocal.quoting.calibrate import take_samples

    meshes = all_meshes(data)
    result: list[Figure] = []
    # a directory that stays (GLOCAL_BENCH_CACHE) spares slicing again; CPU is always measured on fresh slices
    with TemporaryDirectory() as scratch:
        cache = Path(os.environ.get("GLOCAL_BENCH_CACHE", scratch))
        slicer = PrusaSlicer(cache)
        newer = not slicer.version.startswith("PrusaSlicer-2.5")
        for machine_id, name, material, time_bars, mass_bars in MACHINES[: 1 if newer else None]:
            machine = get_machine(machine_id)
            recipe = default_recipe(machine)
            samples = take_samples(meshes, slicer, machine, [get_material(material)], recipe, vary=False)
            bars = NEWER_BARS if newer else (time_bars, mass_bars)
            result += errors(samples, f"{name}, {slicer.version}", *bars)
        result += cost(meshes, get_machine("reference"), Path(scratch) / "fresh")
        result += reader(cache)
    return [*result, checked()]


def all_meshes(data: Path | None) -> list[tuple[str, Mesh]]:
    """Return our meshes and those of the data directory, where they can be read."""
    from glocal.design.meshfile import read_mesh
    from glocal.errors import GlocalError
    from glocal.quoting.samples import sample_meshes

    meshes = sample_meshes()
    if data is not None:
        folder = data / "meshes" if (data / "meshes").is_dir() else data
        for path in sorted(folder.glob("*.stl")):
            try:
                meshes.append((path.stem, read_mesh(path)))
            except GlocalError:
                continue
    step = max(1, -(-len(meshes) // MOST_MESHES))
    return meshes[::step]


Bars = tuple[float | None, float | None]


def errors(samples: list[Sample], name: str, time_bars: Bars, mass_bars: Bars) -> list[Figure]:
    """Return the figures of error on held-out shapes."""
    from glocal.quoting.fit import held_out_errors

    off = np.abs(np.expm1(-held_out_errors(samples))) * 100
    given = np.array([not sample.shape.startswith("made:") for sample in samples])
    chosen = given if given.sum() >= 20 else ~given
    shapes = f"{int(chosen.sum())} {'given' if given.sum() >= 20 else 'own'} meshes, held out"
    rows = np.array([naive_errors(sample, samples) for sample in samples])[chosen] * 100
    off = off[chosen]
    figures = []
    for column, (what, web, bars) in enumerate(
        (
            ("time", "volume × (0.3 + 0.7 × infill) ÷ the flow that suits most meshes", time_bars),
            ("filament", "volume × (0.3 + 0.7 × infill), as on the web", mass_bars),
        )
    ):
        points = (("median %, " + shapes, 0.5, bars[0]), ("90 % quantile", 0.9, bars[1]))
        for words, share, bar in points:
            value, naive = (float(np.quantile(errors[:, column], share)) for errors in (off, rows))
            holds = None if bar is None else value <= bar
            figures.append(Figure(f"{name}: {what} error, {words}", value, bar, holds, web, naive))
    return figures


def naive_errors(sample: Sample, samples: list[Sample]) -> tuple[float, float]:
    """Return the relative errors of time and filament of the formula that knows nothing but volume and infill.

    Its flow is given the best of chances: the median of what these very prints show.
    """
    formula = naive_mm3(sample)
    flow = statistics.median(naive_mm3(each) / each.time_s for each in samples)
    return abs(formula / flow / sample.time_s - 1), abs(formula / sample.volume_mm3 - 1)


def naive_mm3(sample: Sample) -> float:
    """Return the filament that the formula expects, mm³."""
    solid = sample.use.total("area") * sample.process.layer_mm
    return solid * (0.3 + 0.7 * sample.process.infill_density)


def cost(meshes: list[tuple[str, Mesh]], machine: Machine, cache: Path) -> list[Figure]:
    """Return what the estimate and the slicer cost in CPU on the same meshes, one after the other."""
    given = [named for named in meshes if not named[0].startswith("made:")]
    meshes = given if len(given) >= 20 else meshes
    pairs = [
        pair for _, mesh in meshes[:: max(1, len(meshes) // CPU_MESHES)] if (pair := one_pair(mesh, machine, cache))
    ]
    estimates = [pair.estimate_s * 1000 for pair in pairs]
    slices = [pair.slice_s * 1000 for pair in pairs]
    ratio = statistics.median(pair.slice_s / pair.estimate_s for pair in pairs)
    return [
        at_most(f"instant estimate, CPU ms, median of {len(pairs)} meshes", statistics.median(estimates), 80,
                peer="PrusaSlicer", peer_value=statistics.median(slices)),
        at_least("CPU of slicing ÷ CPU of the estimate, median of pairs", ratio, 30),
    ]  # fmt: skip


def one_pair(mesh: Mesh, machine: Machine, cache: Path) -> Pair | None:
    """Return the CPU seconds of one mesh, or None when the estimate refuses it or the slicer does."""
    from uuid import UUID

    from glocal.design.part import part_from_mesh
    from glocal.errors import GlocalError
    from glocal.production.materials import get_material
    from glocal.production.plate import place_single
    from glocal.production.prusaslicer import PrusaSlicer
    from glocal.production.recipes import default_recipe
    from glocal.quoting.calibration import load_calibration
    from glocal.quoting.estimate import estimate

    slicer, material, recipe = PrusaSlicer(cache), get_material("pla"), default_recipe(machine)
    try:
        calibration = load_calibration(slicer.version, machine.id, recipe.id)
        estimate(mesh, machine, material, recipe, calibration)  # warm: profiles are read, kernels are loaded
        begin = time.process_time()
        estimate(mesh, machine, material, recipe, calibration)
        estimated = time.process_time() - begin
        before = children_s()
        slicer.slice(place_single(part_from_mesh(mesh, "part"), UUID(int=1), machine), machine, material, recipe)
        return Pair(estimated, children_s() - before)
    except GlocalError:
        return None


def reader(cache: Path) -> list[Figure]:
    """Return how fast G-code is read, and how near its time comes to the slicer's own."""
    from glocal.production.gcode import read_gcode, read_totals

    files = sorted(cache.glob("*/*/plate.gcode"), key=lambda path: -path.stat().st_size)[:GCODE_FILES]
    read_gcode(files[0])  # warm: kernels are loaded, and the file lies in memory
    rates, off = [], []
    for path in files:
        path.read_bytes()
        begin = time.process_time()
        summary = read_gcode(path)
        rates.append(path.stat().st_size / 1e6 / (time.process_time() - begin))
        off.append(abs(summary.time_s / read_totals(path)["time_s"] - 1) * 100)
    return [
        at_least(
            f"G-code reader, MB per CPU s, median of the {len(files)} largest files", statistics.median(rates), 200
        ),
        at_most("G-code reader: time against the slicer's own, median %", statistics.median(off), 0.5),
    ]


def checked() -> Figure:
    """Return what the printability check of a large mesh costs."""
    from manifold3d import Manifold

    from glocal.design.check import check
    from glocal.design.model import Mesh
    from glocal.production.prusaslicer_profiles import get_machine
    from glocal.production.recipes import default_recipe

    ball = Manifold.sphere(30.0, 448).to_mesh()
    mesh = Mesh(np.array(ball.vert_properties, dtype=np.float64)[:, :3], np.array(ball.tri_verts, dtype=np.int32))
    machine = get_machine("reference")
    process = machine.process(default_recipe(machine))
    check(mesh, process)
    begin = time.process_time()
    check(mesh, process)
    return at_most(f"printability check of {len(mesh.faces)} triangles, CPU s", time.process_time() - begin, 1.5)


def children_s() -> float:
    """Return the CPU seconds of all finished child processes."""
    usage = resource.getrusage(resource.RUSAGE_CHILDREN)
    return usage.ru_utime + usage.ru_stime
