"""``python -m benchmarks NAME [--part PART] [--data DIR] [--json]``: measure what the README claims."""

from __future__ import annotations

import argparse
import importlib
import importlib.util
import json
import os
import sys
import time
from collections.abc import Callable
from pathlib import Path

from benchmarks import Figure
from glocal.cli.algebra import one_thread_of_algebra

NAMES = (
    "start",
    "design",
    "customizer",
    "production",
    "quote",
    "network",
    "plans",
    "demand",
    "commons",
    "strategy",
    "desk",
    "web",
)
CHECKS = ("day", "schemathesis")  # they count what must not happen; ``all`` leaves them out


def exists(name: str) -> bool:
    """Say whether this benchmark has been written."""
    return importlib.util.find_spec(f"benchmarks.{name}") is not None


def parts_of(name: str, data: Path | None) -> dict[str, Callable[[], list[Figure]]]:
    """Return what a benchmark is made of, by name; one that is measured at once is one part without a name."""
    module = importlib.import_module(f"benchmarks.{name}")
    if hasattr(module, "parts"):
        parts: dict[str, Callable[[], list[Figure]]] = module.parts(data)
        return parts
    return {"": lambda: module.figures(data)}


def table(name: str, figures: list[Figure]) -> str:
    """Return the figures as a table for people."""
    lines = [f"{name}"]
    for figure in figures:
        value = "not measured" if figure.value is None else f"{figure.value:.4g}"
        verdict = "" if figure.holds is None else ("holds" if figure.holds else "DOES NOT HOLD")
        bar = "" if figure.bar is None else f"bar {figure.bar:g}"
        peer = "" if figure.peer is None else f"{figure.peer}: {figure.peer_value:.4g}"
        lines.append(f"  {figure.figure:<72} {value:>12}  {bar:<12} {verdict:<14} {peer}")
    return "\n".join(lines)


def measure(title: str, run: Callable[[], list[Figure]], *, as_json: bool) -> None:
    """Measure one part and tell its figures at once, so that a stop later loses nothing."""
    print(f"measuring {title} …", file=sys.stderr, flush=True)
    begin, worked = time.perf_counter(), cpu_s()
    figures = run()
    took = f"{time.perf_counter() - begin:.0f} s, {cpu_s() - worked:.0f} s of processors"
    print(f"measured {title} in {took}", file=sys.stderr, flush=True)
    if as_json:
        print(json.dumps({"benchmark": title, "figures": [figure.as_dict() for figure in figures]}), flush=True)
    else:
        print(table(title, figures), flush=True)


def cpu_s() -> float:
    """Return what this process and those that it waited for have worked."""
    times = os.times()
    return times.user + times.system + times.children_user + times.children_system


def main() -> None:
    """Run the named benchmark, or all that exist; the exit status is 0 whatever the figures say."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    parser.add_argument("name", choices=(*NAMES, *CHECKS, "all"))
    parser.add_argument("--data", "--files", type=Path, help="a directory of data sets or designs made by others")
    parser.add_argument("--part", action="append", help="measure only this part of it; repeatable")
    parser.add_argument("--json", action="store_true", dest="as_json")
    arguments = parser.parse_args()
    names = [name for name in NAMES if exists(name)] if arguments.name == "all" else [arguments.name]
    one_thread_of_algebra()
    for name in names:
        if not exists(name):
            parser.error(f"the benchmark {name!r} is not written yet")
        parts = parts_of(name, arguments.data)
        wanted = arguments.part or list(parts)
        if unknown := set(wanted) - set(parts):
            parser.error(f"{name} has no part {min(unknown)!r}; it has {', '.join(parts) or 'none'}")
        for part in wanted:
            measure(f"{name} {part}".strip(), parts[part], as_json=arguments.as_json)


main()
