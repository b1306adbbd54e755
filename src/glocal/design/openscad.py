"""The renderer: OpenSCAD as WebAssembly, in warm Node processes, each in a cage of its own.

A job is a design with bound values. It goes over a pipe into a cage (:mod:`glocal.design.sandbox_bwrap`), a fresh
WebAssembly instance runs it, and the mesh comes back as OFF, which is parsed and proved here, outside the cage.
"""

from __future__ import annotations

import contextlib
import json
import queue
import re
import struct
import time
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from glocal.design.caged_process import CagedProcess, ProcessDied
from glocal.design.errors import DesignTooBig, EngineFailed, MeshFileError, MeshFileTooBig
from glocal.design.library_trim import trimmed_files
from glocal.design.model import DesignTemplate, Mesh, ParameterValue
from glocal.design.off import read_off
from glocal.design.openscad_log import error_of, mistake_in, warnings_of
from glocal.design.openscad_source import draft_source, engine_source, parameter_set_values
from glocal.design.parameters import engraved_texts
from glocal.design.sandbox_bwrap import default_engine_dir, worker_command
from glocal.design.solid import prove_solid
from glocal.values import sha256_hex

RETIRE_CPU_S = 600.0
"""A process that has used this much CPU time is replaced before its next job."""

_GRACE_S = 3.0  # the worker stops a job by itself; only when that fails the whole process is killed
_START_S = 30.0
_MAIN = "design-main.scad"
_CALLS_TEXT = re.compile(r"\btext(?:metrics)?\s*\(|\bfontmetrics\s*\(")


@dataclass(frozen=True, slots=True)
class EngineJob:
    """What one run of the engine needs; the same for the server's worker and a browser's.

    Parameters
    ----------
    main : str
        Path of the design among ``files``.
    files : mapping of relative path to bytes
    fonts : tuple of Path
        Font files to load.
    values : mapping
        The parameter set: all values as text.
    """

    main: str
    files: Mapping[str, bytes]
    fonts: tuple[Path, ...]
    values: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Rendered:
    """A proved mesh, and what OpenSCAD warned of."""

    mesh: Mesh
    warnings: tuple[str, ...]


def engine_job(template: DesignTemplate, values: Mapping[str, ParameterValue], *, draft: bool = False) -> EngineJob:
    """Return the job that makes a template with bound values."""
    source = engine_source(template.source, template.parameters, values)
    return EngineJob(
        main=_MAIN,
        files={**trimmed_files(template), _MAIN: (draft_source(source) if draft else source).encode()},
        fonts=fonts_on_part(template, values),
        values=parameter_set_values(values),
    )


def fonts_on_part(template: DesignTemplate, values: Mapping[str, ParameterValue]) -> tuple[Path, ...]:
    """Return the font files for the texts on the part; none for a design that writes nothing."""
    sources = (
        template.source,
        *(data.decode("latin-1") for name, data in trimmed_files(template).items() if name.endswith(".scad")),
    )
    if not any(_CALLS_TEXT.search(source) for source in sources):
        return ()
    from glocal.design.chosen_fonts import font_file
    from glocal.design.text import font_files

    found = dict.fromkeys(font_files(""))
    for text in engraved_texts(template, values):
        found |= dict.fromkeys(font_files(text))
    chosen = (font_file(str(values[each.name])) for each in template.parameters if each.widget == "font")
    return (*found, *dict.fromkeys(file for file in chosen if file))


class OpenScadPool:
    """A renderer of warm, caged OpenSCAD processes; safe to share between threads.

    Parameters
    ----------
    engine_dir : Path, optional
        Where ``openscad.wasm`` and ``openscad.mjs`` are; the bundle of the installation by default.
    size : int
        How many jobs run at the same time; each process keeps about 150 MB.
    timeout_s : float
        Longest a job may take, in seconds of the clock.

    Examples
    --------
    >>> with OpenScadPool() as pool:  # doctest: +SKIP
    ...     mesh = pool.render(template, bind(template, {"width": 80}))
    """

    def __init__(self, engine_dir: Path | None = None, *, size: int = 1, timeout_s: float = 20.0) -> None:
        if not 1 <= size <= 64:
            raise ValueError(f"size is {size}, expected 1 to 64")
        if not 0 < timeout_s <= 600:
            raise ValueError(f"timeout_s is {timeout_s}, expected more than 0 and up to 600")
        self.timeout_s = timeout_s
        self.size = size
        self._engine_dir = engine_dir or default_engine_dir()
        # bubblewrap ends its cage when the thread that started it ends, so one thread that lives as long as the pool
        # starts them all
        self._starter = ThreadPoolExecutor(max_workers=1, thread_name_prefix="openscad-starter")
        self._idle: queue.LifoQueue[_Process | None] = queue.LifoQueue()
        self._busy: set[_Process | None] = set()
        self._closed = False
        self._cpu_s = 0.0
        for _ in range(size):
            self._idle.put(None)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def warm(self) -> None:
        """Start all processes now, so that the first customer does not wait for them."""
        slots = [self._idle.get() for _ in range(self.size)]
        try:
            slots = [slot or self._start() for slot in slots]
        finally:
            for slot in slots:
                self._idle.put(slot)

    @property
    def cpu_s(self) -> float:
        """Return the CPU time in seconds that jobs have used in the cages, starts not counted."""
        return self._cpu_s

    def close(self) -> None:
        """End all processes; a job that still runs ends with an error."""
        if self._closed:
            return
        self._closed = True
        for _ in range(self.size):
            with contextlib.suppress(queue.Empty):
                process = self._idle.get(timeout=self.timeout_s + _GRACE_S)
                if process is not None:
                    process.kill()
        self._starter.shutdown(wait=False)

    def stop(self) -> None:
        """End what runs now; whoever waits for it is told that the engine stopped."""
        for process in tuple(self._busy):
            if process is not None:
                process.stop()

    def render(self, template: DesignTemplate, values: Mapping[str, ParameterValue], *, draft: bool = False) -> Mesh:
        """Return the proved mesh of a template with bound values.

        Raises
        ------
        DesignError
            Why there is no part: the design failed, refused, looped, is too deep, too big, empty or not solid; or the
            sandbox or the engine is missing or broke.
        """
        return self.render_with_warnings(template, values, draft=draft).mesh

    def render_with_warnings(
        self, template: DesignTemplate, values: Mapping[str, ParameterValue], *, draft: bool = False
    ) -> Rendered:
        """Return the proved mesh and OpenSCAD's warnings."""
        output, log = self.run(engine_job(template, values, draft=draft))
        if mistake := mistake_in(log):
            raise mistake
        try:
            mesh = read_off(output)
        except MeshFileTooBig as error:
            raise DesignTooBig(error.message, help="Ask for fewer repetitions or coarser curves.") from error
        except (MeshFileError, ValueError) as error:
            raise EngineFailed("The design engine gave a mesh that cannot be read: {said}", said=str(error)) from error
        if not len(mesh.faces):
            raise error_of(1, log, self.timeout_s)
        prove_solid(mesh)
        return Rendered(mesh, warnings_of(log))

    def run(self, job: EngineJob, *, output_format: str = "off") -> tuple[bytes, tuple[str, ...]]:
        """Run one job; return what OpenSCAD wrote and what it said."""
        if self._closed:
            raise EngineFailed("The design engine has been closed.")
        process = self._idle.get()
        try:
            if process is not None and (process.cpu_s > RETIRE_CPU_S or not process.is_alive()):
                process.kill()
                process = None
            process = process or self._start()
            self._busy.add(process)
            answer, output = process.ask(job, output_format, self.timeout_s)
        except ProcessDied as died:
            if process is not None:
                self._busy.discard(process)
                process.kill()
            process = None
            raise error_of(died.status, (), self.timeout_s) from died
        finally:
            self._busy.discard(process)
            self._idle.put(process)
        cpu_s = answer["job_cpu_us"] / 1e6
        self._cpu_s += cpu_s
        log = tuple(str(line) for line in answer["log"])
        if answer["status"] != 0 or not output:
            raise error_of(answer["status"], log, self.timeout_s, cpu_s)
        return output, log

    def _start(self) -> _Process:
        command = worker_command(self._engine_dir)
        return self._starter.submit(_Process, command).result()


class _Process(CagedProcess):
    """One caged Node process that renders; used by one thread at a time."""

    def __init__(self, command: list[str]) -> None:
        super().__init__(command)
        self._sent_fonts: set[str] = set()
        self.cpu_s = 0.0
        self._jobs = 0

    def ask(self, job: EngineJob, output_format: str, timeout_s: float) -> tuple[dict[str, Any], bytes]:
        """Send a job and return the header and the output of the answer."""
        self._jobs += 1
        deadline = time.monotonic() + timeout_s + _GRACE_S + (_START_S if self._jobs == 1 else 0.0)
        try:
            self.send(self._request(job, output_format, timeout_s), deadline)
            answer = self.receive_header(deadline)
            output = self.receive(int(answer["size"]), deadline)
        except (BrokenPipeError, EOFError):
            raise self.why_it_died(first=self._jobs == 1) from None
        except TimeoutError:
            raise ProcessDied("timeout") from None
        self.cpu_s = answer["cpu_us"] / 1e6
        return answer, output

    def _request(self, job: EngineJob, output_format: str, timeout_s: float) -> bytes:
        fonts, font_bytes = [], []
        for path in job.fonts:
            data = path.read_bytes()
            digest = sha256_hex(data)
            new = digest not in self._sent_fonts
            fonts.append([f"{digest[:16]}{path.suffix}", digest, len(data) if new else 0])
            if new:
                font_bytes.append(data)
                self._sent_fonts.add(digest)
        header = {
            "id": self._jobs,
            "main": job.main,
            "files": [[name, len(data)] for name, data in job.files.items()],
            "fonts": fonts,
            "values": dict(job.values),
            "format": output_format,
            "parsed": _all_but_values(job, fonts, output_format),
            "timeout_ms": int(timeout_s * 1000),
        }
        text = json.dumps(header).encode()
        return b"".join([struct.pack("<I", len(text)), text, *job.files.values(), *font_bytes])


def _all_but_values(job: EngineJob, fonts: list[list[Any]], output_format: str) -> str:
    """Return a name of what the engine has read before it looks at the values: the same only for the same."""
    sizes = [[name, len(data)] for name, data in job.files.items()]
    told = json.dumps([job.main, sizes, [digest for _, digest, _ in fonts], output_format]).encode()
    return sha256_hex(b"".join([told, *job.files.values()]))
