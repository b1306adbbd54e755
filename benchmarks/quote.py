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
    ("reference", "MK3S 0.20", (2.0, 5.5), (1.0, 2.7)),
    ("creality-ender-3-0-4-mm-nozzle", "Ender-3", (3.0, 9.0), (1.2, 3.2)),
)
MOST_MESHES = int(os.environ.get("GLOCAL_BENCH_MESHES", "160"))
CPU_MESHES = 24


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
        for machine_id, name, time_bars, mass_bars in MACHINES:
            machine = get_machine(machine_id)
            slicer = PrusaSlicer(cache)
            samples = take_samples(meshes, slicer, machine, [get_material("pla")], default_recipe(machine), vary=False)
            result += errors(samples, f"{name}, {slicer.version}", time_bars, mass_bars)
        result += cost(meshes, get_machine("reference"), Path(scratch) / "fresh")
    return result


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


def errors(
    samples: list[Sample], name: str, time_bars: tuple[float, float], mass_bars: tuple[float, float]
) -> list[Figure]:
    """Return the figures of error on held-out shapes."""
    from glocal.quoting.fit import held_out_errors

    off = np.abs(np.expm1(-held_out_errors(samples))) * 100
    given = np.array([not sample.shape.startswith("made:") for sample in samples])
    chosen = given if given.sum() >= 20 else ~given
    shapes = f"{int(chosen.sum())} {'given' if given.sum() >= 20 else 'own'} meshes, held out"
    naive = np.array([naive_error(sample) for sample, counts in zip(samples, chosen, strict=True) if counts]) * 100
    off = off[chosen]
    web = "volume × (0.3 + 0.7 × infill), as on the web"
    return [
        at_most(f"{name}: time error, median %, {shapes}", float(np.median(off[:, 0])), time_bars[0]),
        at_most(f"{name}: time error, 90 % quantile", float(np.quantile(off[:, 0], 0.9)), time_bars[1]),
        at_most(f"{name}: filament error, median %", float(np.median(off[:, 1])), mass_bars[0],
                peer=web, peer_value=float(np.median(naive))),
        at_most(f"{name}: filament error, 90 % quantile", float(np.quantile(off[:, 1], 0.9)), mass_bars[1],
                peer=web, peer_value=float(np.quantile(naive, 0.9))),
    ]  # fmt: skip


def naive_error(sample: Sample) -> float:
    """Return the relative error of the formula that knows nothing but volume and infill."""
    process = sample.process
    solid = sample.use.total("area") * process.layer_mm
    return abs(solid * (0.3 + 0.7 * process.infill_density) / sample.volume_mm3 - 1)


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


def children_s() -> float:
    """Return the CPU seconds of all finished child processes."""
    usage = resource.getrusage(resource.RUSAGE_CHILDREN)
    return usage.ru_utime + usage.ru_stime
