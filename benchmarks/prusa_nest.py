"""Thirty nesting instances beside PrusaSlicer's own arrangement.

Its command line arranges one plate and refuses when something is left over. So it gets each plate as first fit would
fill it: larger parts first, what it refuses waits for the next plate; the distance between parts is the same. The parts
are flat, so that slicing costs it nothing.
"""

from __future__ import annotations

import shutil
import subprocess
import tempfile
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

import manifold3d
import numpy as np

from benchmarks import Figure, at_least, at_most
from glocal.design.model import Mesh
from glocal.design.stl import write_stl
from glocal.network.nest import Bed, Outline, check_nest, nest, shape_of
from glocal.network.nest_files import read_nesting

INSTANCES, PARTS, ROUNDS = 30, 20, 200
FLAT_MM = 0.3


def instances(directory: Path) -> list[tuple[Bed, list[Outline]]]:
    """Return the published instances, and as many mixtures of their parts as make thirty."""
    found = [read_nesting(file) for file in sorted(directory.glob("*.json"))]
    parts = [outline for _, outlines in found for outline in outlines]
    rng = np.random.default_rng(1)
    while len(found) < INSTANCES:
        chosen = rng.choice(len(parts), PARTS, replace=False)
        found.append((found[0][0], [replace(parts[k], id=f"{n}") for n, k in enumerate(chosen)]))
    return found


@dataclass(slots=True)
class Prusa:
    """PrusaSlicer's arrangement of one instance."""

    work: Path
    bed: Bed
    outlines: Sequence[Outline]
    calls: int = field(default=0, init=False)

    def __post_init__(self) -> None:
        x, y = self.bed.x_mm, self.bed.y_mm
        settings = {
            "bed_shape": f"0x0,{x:g}x0,{x:g}x{y:g},0x{y:g}",
            "duplicate_distance": f"{self.bed.spacing_mm:g}",
            "layer_height": FLAT_MM,
            "first_layer_height": FLAT_MM,
            **dict.fromkeys(("skirts", "fill_density", "top_solid_layers", "bottom_solid_layers"), 0),
        }
        text = "".join(f"{name} = {value}\n" for name, value in settings.items())
        (self.work / "settings.ini").write_text(text, encoding="utf-8")
        for index, outline in enumerate(self.outlines):
            points = np.asarray(outline.points)
            section = manifold3d.CrossSection([points - points.min(axis=0)], manifold3d.FillRule.EvenOdd)
            raw = manifold3d.Manifold.extrude(section, FLAT_MM).to_mesh64()
            mesh = Mesh(np.asarray(raw.vert_properties)[:, :3], np.asarray(raw.tri_verts).astype(np.int32))
            (self.work / f"{index}.stl").write_bytes(write_stl(mesh))

    def takes(self, plate: Sequence[int]) -> bool:
        """Say whether it arranges these parts on one bed; what covers more than the bed need not be asked."""
        if sum(shape_of(self.outlines[index]).area for index in plate) > self.bed.x_mm * self.bed.y_mm:
            return False
        self.calls += 1
        files = [f"{index}.stl" for index in plate]
        command = ["prusa-slicer", "--load", "settings.ini", "--merge", "--export-gcode", "--loglevel", "0"]
        done = subprocess.run([*command, "-o", "out.gcode", *files], cwd=self.work, capture_output=True, check=False)
        return done.returncode == 0

    def plates(self) -> int:
        """Return how many plates it needs."""
        left = sorted(range(len(self.outlines)), key=lambda index: -shape_of(self.outlines[index]).area)
        count = 0
        while left:
            plate: list[int] = []
            self._fill(plate, left)
            if not plate:
                raise RuntimeError("PrusaSlicer does not lay a single part")
            left = [index for index in left if index not in plate]
            count += 1
        return count

    def _fill(self, plate: list[int], parts: Sequence[int]) -> None:
        """Add to a plate what it takes, halves at a time."""
        if self.takes([*plate, *parts]):
            plate += parts
        elif len(parts) > 1:
            middle = len(parts) // 2
            self._fill(plate, parts[:middle])
            self._fill(plate, parts[middle:])


def prusa_figures(data: Path | None) -> Iterator[Figure]:
    """Count plates of thirty instances, ours and PrusaSlicer's."""
    directory = data / "planning" / "nesting" if data else None
    if directory is None or not directory.is_dir() or not shutil.which("prusa-slicer"):
        yield Figure("nesting beside PrusaSlicer: not measured, needs --data DIR with planning/nesting, and it", None)
        return
    ours, theirs, faults = [], [], 0
    cpu_s = 0.0
    for bed, outlines in instances(directory):
        begin = time.process_time()
        found = nest(bed, outlines, rounds=ROUNDS)
        cpu_s += time.process_time() - begin
        faults += len(check_nest(bed, outlines, found))
        ours.append(len(found.plates))
        with tempfile.TemporaryDirectory() as work:
            theirs.append(Prusa(Path(work), bed, outlines).plates())
    peer = {"peer": "PrusaSlicer", "peer_value": float(sum(theirs))}
    worse = sum(mine > its for mine, its in zip(ours, theirs, strict=True))
    yield Figure(f"plates for {len(ours)} instances", sum(ours), **peer)
    yield at_most(f"of {len(ours)} instances, those with more plates than PrusaSlicer's", worse, 0)
    yield at_least("plates saved against PrusaSlicer's arrangement", 1 - sum(ours) / sum(theirs), 0.10)
    yield at_most("overlaps by the exact check, 30 instances", faults, 0)
    yield Figure("CPU s an instance", cpu_s / len(ours))
