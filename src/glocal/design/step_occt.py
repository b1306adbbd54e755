"""Read STEP files (ISO 10303-21) from strangers: Open CASCADE as WebAssembly, one caged process for each file.

The file says its own unit. Solids become triangles in the cage (:mod:`glocal.design.sandbox_bwrap`); what comes back is
only numbers, which are checked here as those of any mesh file are.
"""

from __future__ import annotations

import re
import threading
import time
from pathlib import Path
from typing import Any

import numpy as np

from glocal.design.caged_process import MAX_ANSWER_BYTES, CagedProcess, ProcessDied
from glocal.design.errors import (
    EngineMissing,
    MeshBadNumber,
    MeshEmpty,
    MeshFileMalformed,
    MeshFileTooBig,
    SandboxMissing,
    StepNotRead,
)
from glocal.design.model import Mesh
from glocal.design.sandbox_bwrap import bundle_dir, caged_node
from glocal.design.weld import weld

MOST_TRIANGLES = 1_000_000
READ_WITHIN_S = 40.0
WAIT_FOR_OTHERS_S = 20.0
CPU_LIMIT_S = 60

_one_file = threading.Lock()
"""Each process may take a gigabyte: one file is read at a time."""


def read_step(data: bytes, *, engine_dir: Path | None = None, within_s: float = READ_WITHIN_S) -> tuple[Mesh, ...]:
    """Return the solids of a STEP file, in mm; triangles lie within 0.03 % of the part's size of a curved face.

    Raises
    ------
    MeshFileError
        A leaf of it: the file is malformed, has no solid, is too large, or cannot be read on this computer.
    """
    if b"ISO-10303-21" not in data[:4096]:
        raise MeshFileMalformed("This is not a STEP file: it does not begin with ISO-10303-21.")
    bundle = tuple((engine_dir or bundle_dir("occt")) / name for name in ("occt.wasm", "occt.cjs"))
    try:
        command = [*caged_node(("step_worker.mjs",), bundle, cpu_s=CPU_LIMIT_S), "/engine", str(MOST_TRIANGLES)]
        if not _one_file.acquire(timeout=WAIT_FOR_OTHERS_S):
            raise StepNotRead("Other STEP files are being read.", help="Try again in a minute.")
        try:
            return _ask(command, data, within_s)
        finally:
            _one_file.release()
    except (SandboxMissing, EngineMissing) as missing:
        raise StepNotRead("STEP files cannot be read on this computer.") from missing


def _ask(command: list[str], data: bytes, within_s: float) -> tuple[Mesh, ...]:
    deadline = time.monotonic() + within_s
    process = CagedProcess(command)
    try:
        process.send(data, deadline, all_of_it=True)
        header = process.receive_header(deadline)
        _refuse(header)
        return tuple(_solid(process, size, deadline) for size in _sizes(header))
    except (BrokenPipeError, EOFError):
        raise _died(process.why_it_died(first=True)) from None
    except TimeoutError:
        raise MeshFileTooBig(
            "The STEP file takes longer than {seconds} s to read.",
            help="Export only the part itself, or export it as 3MF.",
            seconds=round(within_s),
        ) from None
    finally:
        process.kill()


def _refuse(header: dict[str, Any]) -> None:
    """Raise why there are no triangles, if there are none."""
    status, log = str(header["status"]), " ".join(map(str, header["log"]))
    if status == "too many triangles":
        raise MeshFileTooBig(
            "The STEP file becomes more than {most} triangles.",
            help="Export it as 3MF, with a coarser resolution.",
            most=MOST_TRIANGLES,
        )
    if status == "unreadable":
        said = re.sub(r"\*{2,}|ERR StepFile : Undefined Parsing:", "", log).strip()
        raise MeshFileMalformed("The STEP file cannot be read: {said}", said=said[:200] or "no solid was understood")
    if status != "ok":
        raise _died(ProcessDied(status))
    if not header["solids"]:
        raise MeshEmpty(
            "The STEP file holds no solid.", help="In an assembly, the parts may be files of their own: send those."
        )


def _died(died: ProcessDied) -> MeshFileTooBig | MeshFileMalformed:
    if "memory" in died.status.lower():
        return MeshFileTooBig(
            "The STEP file needs more memory than one file may have.",
            help="Export only the part itself, or export it as 3MF.",
        )
    return MeshFileMalformed("The STEP file cannot be read: {said}", said=died.status[:200])


def _sizes(header: dict[str, Any]) -> list[tuple[int, int]]:
    """Return how many corners and triangles each solid has, as the cage says within what is believed."""
    sizes = [(int(corners), int(triangles)) for corners, triangles in header["solids"]]
    if any(min(size) < 0 for size in sizes) or sum(24 * size[0] + 12 * size[1] for size in sizes) > MAX_ANSWER_BYTES:
        raise EOFError
    return sizes


def _solid(process: CagedProcess, size: tuple[int, int], deadline: float) -> Mesh:
    corners, triangles = size
    points = np.frombuffer(process.receive(24 * corners, deadline), dtype="<f8").reshape(-1, 3)
    faces = np.frombuffer(process.receive(12 * triangles, deadline), dtype="<u4").reshape(-1, 3)
    if not np.isfinite(points).all():
        raise MeshBadNumber("The STEP file holds a coordinate that is not finite.")
    if len(faces) and faces.max() >= corners:
        raise MeshFileMalformed("The STEP file cannot be read: {said}", said="a face without corners")
    return weld(points[faces])
