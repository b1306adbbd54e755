"""Slice plates with PrusaSlicer, in a process of its own, once per set of inputs.

The slicer gets our own 3MF with every piece where it stands and all settings in one flat file, so that nothing of
the machine it runs on (a user's presets) changes the result. It may crash or hang on bad meshes: it runs with a
limit on memory and time, and is ended with everything that it started.
"""

from __future__ import annotations

import fcntl
import json
import os
import re
import shutil
import signal
import subprocess
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import asdict, replace
from functools import lru_cache
from pathlib import Path
from typing import Any

from glocal.design.part import mesh_hash
from glocal.design.threemf import PlacedObject, write_3mf
from glocal.production.errors import SlicerCrashed, SlicerMissing, SlicerRejected, SlicerTimedOut
from glocal.production.gcode import read_gcode, read_totals
from glocal.production.model import FeatureUse, Machine, Material, Plate, Recipe, SliceResult
from glocal.production.plate import check_on_bed, placed_mesh
from glocal.production.prusaslicer_profiles import flat_settings
from glocal.values import canonical_json, sha256_hex

_CACHE_LAYOUT = 1  # raise when what is stored beside the G-code changes its meaning
LOOK_EVERY_S = 0.3
"""How often a slicer that runs is asked for by whoever waits for it."""
INSTALL_AGAIN = "Is the disk full? If not, install the slicer again; what waits for it goes on by itself then."
_NOISE = re.compile(r"^(\d+ => |\[.*\] \[0x[0-9a-f]+\] \[(trace|debug|info)\]|Slicing result exported|\s*$)")
_LOG_PREFIX = re.compile(r"^\[[^\]]*\] \[0x[0-9a-f]+\] \[\w+\]\s*")


class PrusaSlicer:
    """The installed PrusaSlicer behind a cache.

    Parameters
    ----------
    cache_dir : Path
        Where sliced plates are kept; shared by any number of processes.
    timeout_s : float
        After this the slicer is ended and the plate refused.
    memory_mb : int
        Address space that the slicer may use.
    program : str
        Name or path of the slicer.
    profiles : Path, optional
        Directory of the slicer's profiles; found by itself when not given.
    """

    def __init__(
        self,
        cache_dir: Path,
        *,
        timeout_s: float = 180,
        memory_mb: int = 2048,
        program: str = "prusa-slicer",
        profiles: Path | None = None,
    ) -> None:
        self.cache_dir = cache_dir
        self.timeout_s = timeout_s
        self.memory_mb = memory_mb
        self._program = program
        self._profiles = profiles

    @property
    def version(self) -> str:
        """Name and version of the installed slicer, for example ``"PrusaSlicer-2.5.0"``."""
        path = self._path()
        return _version(str(path), path.stat().st_mtime_ns)

    def slice(
        self,
        plate: Plate,
        machine: Machine,
        material: Material,
        recipe: Recipe,
        *,
        go_on: Callable[[], None] = lambda: None,
    ) -> SliceResult:
        """Slice a plate, or return what the same inputs gave before.

        Parameters
        ----------
        go_on : callable
            Called every moment while the slicer runs; when it raises, the slicer is ended.

        Raises
        ------
        SlicerRejected
            The slicer refuses the parts; the message holds its own words.
        SlicerCrashed, SlicerTimedOut, SlicerMissing
            The slicer itself failed.
        MaterialNotForMachine
            It has no settings for this material on this machine.
        PlateFull
            A piece reaches over the bed.
        """
        check_on_bed(plate, machine)
        settings = flat_settings(machine, material, recipe, directory=self._profiles)
        return self.slice_with_settings(plate, settings, density_g_cm3=material.density_g_cm3, go_on=go_on)

    def slice_with_settings(
        self,
        plate: Plate,
        settings: Mapping[str, str],
        *,
        density_g_cm3: float,
        go_on: Callable[[], None] = lambda: None,
    ) -> SliceResult:
        """Slice a plate with settings that are already flat."""
        input_hash = _input_hash(self.version, settings, plate, density_g_cm3)
        place = self.cache_dir / input_hash[:2] / input_hash
        if stored := _read_stored(place):
            return stored
        place.parent.mkdir(parents=True, exist_ok=True)
        with _locked(place.with_suffix(".lock")):
            if stored := _read_stored(place):  # another process was faster
                return stored
            with tempfile.TemporaryDirectory(dir=place.parent, prefix="slicing-") as scratch:
                work = Path(scratch) / "result"
                work.mkdir()
                (work.parent / "plate.3mf").write_bytes(_slicer_3mf(plate))
                (work.parent / "settings.ini").write_text("".join(f"{key} = {settings[key]}\n" for key in settings))
                output = self._run(work.parent, work / "plate.gcode", go_on)
                result = self._read(work, output, density_g_cm3, input_hash)
                work.rename(place)
        return replace(result, gcode=place / "plate.gcode")

    def _read(self, work: Path, output: str, density_g_cm3: float, input_hash: str) -> SliceResult:
        """Read what the slicer wrote, and keep it beside."""
        gcode = work / "plate.gcode"
        _check_whole(gcode)
        totals = read_totals(gcode)
        summary = read_gcode(gcode)
        result = SliceResult(
            gcode=gcode,
            time_s=totals["time_s"],
            filament_mm=totals["filament_mm"],
            filament_cm3=totals["filament_cm3"],
            mass_g=totals["filament_cm3"] * density_g_cm3,
            slicer=self.version,
            features=summary.features,
            layers=summary.layers,
            input_hash=input_hash,
            warnings=tuple(_words(output)),
        )
        _store(work, result)
        return result

    def _run(self, work: Path, gcode: Path, go_on: Callable[[], None]) -> str:
        command = [
            *(["prlimit", f"--as={self.memory_mb * 2**20}", "--core=0"] if shutil.which("prlimit") else []),
            *(str(self._path()), "--export-gcode", "--dont-arrange", "--loglevel", "1"),
            *("--datadir", str(work / "datadir"), "--load", str(work / "settings.ini")),
            *("--output", str(gcode), str(work / "plate.3mf")),
        ]
        process = subprocess.Popen(
            command,
            cwd=work,
            env=_environment(work),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
        try:
            raw = self._wait_for(process, go_on)
        finally:
            _end_group(process)
        output = raw.decode("utf-8", "replace")
        _check_answer(process.returncode, output, gcode)
        return output

    def _wait_for(self, process: subprocess.Popen[bytes], go_on: Callable[[], None]) -> bytes:
        """Return what the slicer printed when it ended; raise when it takes too long or nobody waits any more."""
        ends = time.monotonic() + self.timeout_s
        while (left_s := ends - time.monotonic()) > 0:
            with suppress(subprocess.TimeoutExpired):
                return process.communicate(timeout=min(LOOK_EVERY_S, left_s))[0]
            go_on()
        raise SlicerTimedOut(
            "The slicer was still busy with this plate after {timeout_s} seconds.",
            help="Make the part simpler (fewer triangles, less fine detail), or let the shop raise its limit.",
            timeout_s=self.timeout_s,
        )

    def _path(self) -> Path:
        found = shutil.which(self._program)
        if found is None:
            raise SlicerMissing(
                "PrusaSlicer is not installed.",
                help="Install it (Debian: apt install prusa-slicer), then try again.",
                program=self._program,
            )
        return Path(found)


def _check_answer(code: int, output: str, gcode: Path) -> None:
    words = " ".join(_words(output)) or "it gave no reason"
    if code in (126, 127):  # the loader's codes: the program itself did not start
        raise SlicerMissing(
            f"PrusaSlicer does not start: {words}", help="Install it again, or give it more memory.", exit_code=code
        )
    if code < 0 or code >= 128:
        signal_number = -code if code < 0 else code - 128
        if "could not fit on the bed" in output:
            raise SlicerRejected(
                "The slicer refuses this plate: {said}",
                help="Make the part smaller, or choose a larger machine.",
                said=words,
            )
        raise SlicerCrashed(
            "The slicer crashed on this plate (signal {signal}): {said}",
            help="The mesh is probably damaged: check it and repair it. If it is sound, its size or detail was too "
            "much for the memory that the slicer may use.",
            signal=signal_number,
            said=words,
        )
    if code == 0 and not gcode.is_file() and not any(_words(output)):
        raise SlicerCrashed("The slicer ended without a word and without a file.", help=INSTALL_AGAIN)
    if code != 0 or not gcode.is_file():
        raise SlicerRejected(
            "The slicer refuses this plate: {said}",
            help="Check that the part is a closed solid, stands on the bed and is thicker than a layer.",
            said=words,
            exit_code=code,
        )


def _check_whole(gcode: Path) -> None:
    """Raise when the file breaks off, or is none of the slicer's: its settings stand at the end of each."""
    with gcode.open("rb") as file:
        file.seek(max(0, gcode.stat().st_size - 256))
        if not file.read().rstrip().endswith(b"prusaslicer_config = end"):
            raise SlicerCrashed("The slicer’s file breaks off before its end.", help=INSTALL_AGAIN)


def _words(output: str) -> Iterator[str]:
    """Yield the lines that the slicer means for a person."""
    for line in output.splitlines():
        if not _NOISE.match(line):
            yield _LOG_PREFIX.sub("", line).strip()


def _end_group(process: subprocess.Popen[bytes]) -> None:
    with suppress(ProcessLookupError):
        os.killpg(process.pid, signal.SIGKILL)
    process.wait()
    if process.stdout:
        process.stdout.close()


def _slicer_3mf(plate: Plate) -> bytes:
    """Return the plate for the slicer: pieces in place, named by their number and nothing else."""
    objects = [
        PlacedObject(placed_mesh(piece), piece.piece_id, f"piece-{number}", None)
        for number, piece in enumerate(plate.pieces, 1)
    ]
    return write_3mf(objects, metadata={})


def _input_hash(version: str, settings: Mapping[str, str], plate: Plate, density_g_cm3: float) -> str:
    """Return what the result depends on; piece ids are left out, the same shape prints the same."""
    meshes = [mesh_hash(placed_mesh(piece)) for piece in plate.pieces]
    inputs = {
        "layout": _CACHE_LAYOUT,
        "slicer": version,
        "settings": dict(settings),
        "meshes": meshes,
        "density": density_g_cm3,
    }
    return sha256_hex(canonical_json(inputs))


def _environment(home: Path) -> dict[str, str]:
    """Return what the slicer sees of its surroundings; 2.9 does not even tell its version in an unknown locale."""
    return {"PATH": os.environ.get("PATH", os.defpath), "HOME": str(home), "LC_ALL": "C.UTF-8"}


@lru_cache(maxsize=8)
def _version(program: str, _changed_ns: int) -> str:
    try:
        answer = subprocess.run(
            [program, "--help"],
            capture_output=True,
            timeout=60,
            check=False,
            env=_environment(Path(tempfile.gettempdir())),
        )
    except (OSError, subprocess.TimeoutExpired) as error:
        raise SlicerMissing("PrusaSlicer does not start.", help="Install it again.", reason=str(error)) from error
    found = re.search(rb"PrusaSlicer-(\d+\.\d+\.\d+[^+\s]*)", answer.stdout + answer.stderr)
    if not found:
        raise SlicerMissing(
            f"{program} does not say that it is PrusaSlicer.", help="Install PrusaSlicer 2.5 or newer.", program=program
        )
    return f"PrusaSlicer-{found.group(1).decode()}"


@contextmanager
def _locked(path: Path) -> Iterator[None]:
    """Hold a lock between processes; it is gone when the process is."""
    with path.open("w") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield


def _store(work: Path, result: SliceResult) -> None:
    stored: dict[str, Any] = asdict(result)
    del stored["gcode"], stored["cached"]
    (work / "result.json").write_text(json.dumps(stored, ensure_ascii=False, allow_nan=False))


def _read_stored(place: Path) -> SliceResult | None:
    try:
        stored = json.loads((place / "result.json").read_text())
    except FileNotFoundError:
        return None
    stored["features"] = {name: FeatureUse(**use) for name, use in stored["features"].items()}
    stored["warnings"] = tuple(stored["warnings"])
    return SliceResult(gcode=place / "plate.gcode", cached=True, **stored)
