"""``python -m benchmarks NAME [--data DIR] [--json]``: measure what the README claims."""

from __future__ import annotations

import argparse
import importlib
import importlib.util
import json
import sys
from pathlib import Path

from benchmarks import Figure

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


def main() -> None:
    """Run the named benchmark, or all that exist; the exit status is 0 whatever the figures say."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    parser.add_argument("name", choices=(*NAMES, *CHECKS, "all"))
    parser.add_argument("--data", "--files", type=Path, help="a directory of data sets or designs made by others")
    parser.add_argument("--json", action="store_true", dest="as_json")
    arguments = parser.parse_args()
    names = [name for name in NAMES if exists(name)] if arguments.name == "all" else [arguments.name]
    for name in names:
        if not exists(name):
            parser.error(f"the benchmark {name!r} is not written yet")
        print(f"measuring {name} …", file=sys.stderr, flush=True)
        figures: list[Figure] = importlib.import_module(f"benchmarks.{name}").figures(arguments.data)
        if arguments.as_json:
            print(json.dumps({"benchmark": name, "figures": [figure.as_dict() for figure in figures]}))
        else:
            print(table(name, figures), flush=True)


main()
