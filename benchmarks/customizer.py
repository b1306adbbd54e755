"""Customizer files by others: a changed parameter to a proved mesh on the warm server, against Debian's ``openscad``.

``python -m benchmarks customizer --files DIR`` takes every ``.scad`` file below the directory that offers a choice
(``// [...]``) and that either side turns into a solid. CPU seconds of all processes on both sides, file by file in one
run; on ours also what the server does after an answer to be ready for the next. ``GLOCAL_FILES=12`` takes that many
files, evenly.
"""

from __future__ import annotations

import os
import re
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path

import psutil

from benchmarks import Figure, at_least, at_most
from benchmarks.design import children_cpu_s
from glocal.design.errors import DesignError, MeshFileError
from glocal.design.libraries import library_roots
from glocal.design.model import Mesh
from glocal.design.off import read_off
from glocal.design.openscad import OpenScadPool
from glocal.design.package import template_from_scad
from glocal.design.parameters import bind
from glocal.design.solid import prove_solid

PEER = "Debian openscad 2021.01"
PEER_TIMEOUT_S = 120
OUR_TIMEOUT_S = 60.0
CHANGES = 3
VOLUME_SHARE = 0.005
_CHOICE = re.compile(r"^\s*\w+\s*=[^;]*;\s*//\s*\[", re.MULTILINE)
_LIBRARY = re.compile(r"^\s*(?:include|use)\s*<BOSL2/", re.MULTILINE)


@dataclass(frozen=True, slots=True)
class Compared:
    """One file on both sides: seconds of CPU, mm³; None where that side gave no solid."""

    file: str
    with_bosl2: bool
    ours_s: float | None
    ours_mm3: float | None
    peer_s: float
    peer_mm3: float | None
    refusal: str = ""

    @property
    def ratio(self) -> float | None:
        """Return how many times less CPU ours took, where both sides gave a solid."""
        return None if self.ours_s is None or self.peer_mm3 is None else self.peer_s / self.ours_s

    @property
    def is_equal(self) -> bool:
        """Tell whether the volumes agree."""
        return (
            self.ours_mm3 is not None
            and self.peer_mm3 is not None
            and abs(self.ours_mm3 / self.peer_mm3 - 1) <= VOLUME_SHARE
        )


def figures(files: Path | None) -> list[Figure]:
    """Compare all files; each is told on the error stream as it is done."""
    program = shutil.which("openscad")
    found = chosen(files) if files else []
    if program is None or not found:
        why = "openscad is not installed" if program is None else "no files by others (--files DIR)"
        return [Figure(f"times less CPU than openscad on Customizer files: {why}", None, 5.0)]
    compared = []
    with OpenScadPool(timeout_s=OUR_TIMEOUT_S) as pool:
        for file in found:
            if (row := compare(file, program, pool)) is not None:
                print(told(row), file=sys.stderr, flush=True)
                compared.append(row)
    both = [row for row in compared if row.ratio is not None]
    if not both:
        return [Figure("times less CPU than openscad on Customizer files: none that both sides build", None, 5.0)]
    words = "times less CPU than openscad, third-party Customizer files{}, median"
    kinds = {
        ", with BOSL2": [row.ratio for row in both if row.ratio and row.with_bosl2],
        ", without BOSL2": [row.ratio for row in both if row.ratio and not row.with_bosl2],
    }
    return [
        at_least(
            words.format(""), statistics.median(row.ratio for row in both if row.ratio), 5.0, peer=PEER, peer_value=1.0
        ),
        *(Figure(words.format(kind), statistics.median(ratios)) for kind, ratios in kinds.items() if ratios),
        Figure("files that both sides build", len(both)),
        at_most("of these, volumes that differ by more than 0.5 %", sum(not row.is_equal for row in both), 0),
        at_most(
            "files that only openscad builds",
            sum(row.ours_s is None and row.peer_mm3 is not None for row in compared),
            0,
        ),
        Figure("files that only we build", sum(row.ours_s is not None and row.peer_mm3 is None for row in compared)),
    ]


def chosen(folder: Path) -> list[Path]:
    """Return the files that offer a choice."""
    files = [path for path in sorted(folder.rglob("*.scad")) if _CHOICE.search(path.read_text("utf-8", "replace"))]
    most = int(os.environ.get("GLOCAL_FILES", len(files))) if files else 0
    return files[:: max(1, len(files) // most)][:most] if most else []


def compare(file: Path, program: str, pool: OpenScadPool) -> Compared | None:
    """Build a file on both sides; None when neither does: it is a piece of another file."""
    peer_s, peer_mm3 = run_peer(program, file)
    refusal, ours_s, ours_mm3 = "", None, None
    try:
        ours_s, ours_mm3 = run_ours(file, pool)
    except DesignError as error:
        refusal = error.message
    if ours_s is None and peer_mm3 is None:
        return None
    with_bosl2 = _LIBRARY.search(file.read_text("utf-8", "replace")) is not None
    return Compared(file.name, with_bosl2, ours_s, ours_mm3, peer_s, peer_mm3, refusal)


def run_ours(file: Path, pool: OpenScadPool) -> tuple[float, float]:
    """Return the CPU seconds of one change and the volume."""
    template = template_from_scad(file)
    mesh = pool.render(template, bind(template, {}))  # a warm server has seen the design
    start = tree_cpu_s()
    for _ in range(CHANGES):
        mesh = pool.render(template, bind(template, {}))
    time.sleep(0.1)  # the worker gets ready for the next job
    return (tree_cpu_s() - start) / CHANGES, mesh.volume_mm3


def run_peer(program: str, file: Path) -> tuple[float, float | None]:
    """Return the CPU seconds of openscad for a file and the volume, None when it gave no solid."""
    roots = os.pathsep.join(str(root) for root in library_roots())
    with tempfile.TemporaryDirectory() as directory:
        out = Path(directory) / "out.off"
        before = children_cpu_s()
        try:
            subprocess.run(
                [program, "-o", out, file.name],
                cwd=file.parent,
                env={**os.environ, "OPENSCADPATH": roots},
                capture_output=True,
                timeout=PEER_TIMEOUT_S,
                check=True,
            )
            mesh: Mesh | None = read_off(out.read_bytes())
        except (subprocess.SubprocessError, OSError, ValueError, MeshFileError):
            mesh = None
        spent_s = children_cpu_s() - before
    return spent_s, volume_mm3(mesh)


def volume_mm3(mesh: Mesh | None) -> float | None:
    """Return the volume of a proved solid."""
    if mesh is None or not len(mesh.faces):
        return None
    try:
        prove_solid(mesh)
    except DesignError:
        return None
    return mesh.volume_mm3


def tree_cpu_s() -> float:
    """Return the CPU seconds that this process and all that it has started have used so far."""
    me = psutil.Process()
    times = [process.cpu_times() for process in (me, *me.children(recursive=True))]
    return sum(each.user + each.system for each in times)


def told(row: Compared) -> str:
    """Return a line about a file."""
    if row.ratio is None:
        side = f"only openscad builds it ({row.refusal})" if row.ours_s is None else "only we build it"
        return f"{row.file:<44} {side}"
    volumes = f"{row.ours_mm3:.1f} mm³ against {row.peer_mm3:.1f}"
    return f"{row.file:<44} {row.ours_s:6.2f} s against {row.peer_s:7.2f}: {row.ratio:5.1f} ×, {volumes}"
