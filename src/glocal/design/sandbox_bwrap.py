"""The cage around the design engine: bubblewrap, with nothing inside but Node, the engine and our worker script."""

from __future__ import annotations

import os
import shutil
import subprocess
from functools import cache
from pathlib import Path

from glocal.design.errors import EngineMissing, SandboxMissing

CPU_LIMIT_S = 1200
"""Of one process; the pool replaces a process long before."""

_INSIDE = "/engine"
_NODE_DATA = ("/usr/share/nodejs",)  # Debian's Node loads parts of itself from here


def default_engine_dir() -> Path:
    """Return where the set-up puts the engine."""
    return bundle_dir("openscad")


def bundle_dir(name: str) -> Path:
    """Return where the set-up puts a program from outside."""
    return Path(__file__).parents[1] / "bundle" / name


def worker_command(engine_dir: Path) -> list[str]:
    """Return the command that starts one caged worker for designs.

    Raises
    ------
    SandboxMissing, EngineMissing
        As :func:`caged_node` does.
    """
    bundle = tuple(engine_dir / name for name in ("openscad.wasm", "openscad.mjs"))
    return [*caged_node(("openscad_worker.mjs", "openscad_job.mjs"), bundle, cpu_s=CPU_LIMIT_S), _INSIDE]


def caged_node(scripts: tuple[str, ...], bundle: tuple[Path, ...], *, cpu_s: int) -> list[str]:
    """Return the command that runs the first of our ``scripts`` in a cage; the bundled files are below ``/engine``.

    The worker sees, read-only: the Node program and the libraries it is linked to, the engine, the worker script.
    It has no network, no home, no other process, no capability, and cannot open a new terminal.

    Raises
    ------
    SandboxMissing
        When bubblewrap, prlimit or Node is not installed.
    EngineMissing
        When the engine has not been set up.
    """
    for file in bundle:
        if not file.is_file():
            raise EngineMissing(f"The design engine is not set up: {file} is missing.", help="Run `make setup`.")
    bwrap, prlimit, node = (_program(name) for name in ("bwrap", "prlimit", "node"))
    command = [
        prlimit, f"--cpu={cpu_s}", "--nofile=256", "--data=3221225472", "--fsize=0", "--core=0", "--",
        bwrap, "--unshare-all", "--die-with-parent", "--new-session", "--clearenv", "--cap-drop", "ALL",
        "--hostname", "design", "--proc", "/proc", "--dev", "/dev", "--dir", "/tmp",  # noqa: S108
    ]  # fmt: skip
    for path in _node_files(node):
        command += ["--ro-bind", path, path]
    for name in scripts:
        command += ["--ro-bind", str(Path(__file__).parent / name), f"/worker/{name}"]
    for file in bundle:
        command += ["--ro-bind", str(file), f"{_INSIDE}/{file.name}"]
    return [*command, "--remount-ro", "/", "--chdir", "/", node, f"/worker/{scripts[0]}"]


def _program(name: str) -> str:
    path = shutil.which(name)
    if path is None:
        package = {"bwrap": "bubblewrap", "prlimit": "util-linux", "node": "nodejs"}[name]
        raise SandboxMissing(
            f"Designs by others run only in a sandbox, and its program {name} is not installed.",
            help=f"On Debian: apt install {package}. Elsewhere, only the browser can shape them.",
            program=name,
        )
    return path


@cache
def _node_files(node: str) -> tuple[str, ...]:
    """Return the files that Node needs: itself, and the libraries that the system's own linker names."""
    real = str(Path(node).resolve())
    listing = subprocess.run(["ldd", real], capture_output=True, text=True, timeout=20, check=False).stdout
    words = (word for line in listing.splitlines() for word in line.split())
    libraries = {word for word in words if word.startswith("/") and Path(word).exists()}
    data = {path for path in _NODE_DATA if os.path.isdir(path)}  # noqa: PTH112 (plain strings throughout)
    return tuple(sorted({node, real, *libraries, *data}))
