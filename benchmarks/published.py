"""Instances of nesting and scheduling with published optima: Nascimento et al., EJOR 317, 92-110, 2024.

``DIR/planning/nest_and_schedule``: identical machines, a board of 20 × 20, parts that are not turned, a plate takes as
long as its longest part, and what counts is the sum of tardiness. (The size of the board is not in the files: with 20
the published values come out.) Theirs places parts on dots of a grid, ours anywhere: ours may be better. Each instance
is planned by the same function as everything else; in its words, an hour of tardiness costs one.
"""

from __future__ import annotations

import ast
import re
import time
import zipfile
from collections.abc import Iterator
from pathlib import Path

from benchmarks import Figure, at_least
from glocal.network.plan import plan
from glocal.network.plan_model import PlanMachine, PlanOrder, Problem

BOARD, MACHINES = 20.0, (2, 3)
SETS = ((15, 8), (20, 2), (30, 1))  # parts, and files for each number of machines
ROUNDS = 1500
REWARD, REFUND = 1e5, 9e4  # more than any tardiness: every part is made
ZERO = (0.0, 0.0)

Ring = tuple[tuple[float, float], ...]


def sheets(path: Path) -> list[list[list[str]]]:
    """Return the cells of a workbook of numbers and inline texts, row by row."""
    found = []
    with zipfile.ZipFile(path) as book:
        for name in sorted(name for name in book.namelist() if name.startswith("xl/worksheets/sheet")):
            rows = re.findall(r"<row[^>]*>(.*?)</row>", book.read(name).decode(), re.DOTALL)
            cells = [re.findall(r"<c [^>]*>(?:<v>([^<]*)</v>|<is><t>([^<]*)</t></is>)", row) for row in rows]
            found.append([[number or text for number, text in row] for row in cells])
    return found


def instance(rows: list[list[str]], rings: list[Ring], machines: int) -> Problem:
    """Return an instance in our words: part, processing time, release, due date, area."""
    orders = []
    for number, takes, release, due, area in rows:
        ring = rings[int(number)]
        x, y = (max(side) - min(side) for side in zip(*ring, strict=True))
        sizes = ((x, y, float(takes)), float(area), 0.0, "any", ZERO)
        orders.append(PlanOrder(f"p{number}", *sizes, float(release), float(due), REWARD, 1.0, REFUND, ring))
    boards = tuple(
        PlanMachine(f"m{k}", "one", (BOARD, BOARD), 1e3, 1.0, 0.0, 0.0, 0.0, ("any",), ZERO, height_h_per_mm=1.0)
        for k in range(machines)
    )
    return Problem(tuple(orders), boards, fill=1.0, spacing_mm=0.0, turns=1)


def instances(directory: Path, parts: int, files: int) -> Iterator[tuple[Problem, float]]:
    """Give instances of so many parts with their published optima, from so many files for each number of machines."""
    text = (directory / f"{parts}Parts" / "1.Polygons" / "allPolygons.txt").read_text()
    rings = [tuple((float(x), float(y)) for x, y in ast.literal_eval(line.strip(" ,"))) for line in text.splitlines()]
    for machines in MACHINES:
        results = sheets(directory / "published" / f"{parts}Parts" / "441dots" / f"{parts}-441-{machines}.xlsx")[0]
        optima = {row[0].replace("Alfa", "Alpha"): [float(value) for value in row[8:13]] for row in results[1:]}
        specs = sorted((directory / f"{parts}Parts" / "2.PartsSpecs" / f"{machines}Machines").glob("*.xlsx"))
        for file in specs[:: max(1, len(specs) // files)]:
            best = optima.get(file.stem.split("Machines_")[1], [])
            for rows, optimum in zip(sheets(file), best, strict=False):
                yield instance(rows[1:], rings, machines), optimum


def published_figures(data: Path | None) -> Iterator[Figure]:
    """Plan some of the published instances, and count those that reach the published optimum."""
    directory = data / "planning" / "nest_and_schedule" if data else None
    if directory is None or not directory.is_dir():
        yield Figure("published optima: not measured, --data DIR with planning/nest_and_schedule was not given", None)
        return
    for parts, files in SETS:
        equal, better, count = 0, 0, 0
        begin = time.process_time()
        for problem, optimum in instances(directory, parts, files):
            found = plan(problem, rounds=ROUNDS, layouts=True)
            tardy = REWARD * len(problem.orders) - found.objective
            count += 1
            equal += abs(tardy - optimum) < 1e-3
            better += tardy < optimum - 1e-3
        name = f"{count} published optima of {parts} parts"
        yield at_least(f"{name}: reached, as a share", (equal + better) / count, 0.95)
        yield Figure(f"{name}: bettered, by parts between the dots", better)
        yield Figure(f"{name}: CPU s each", (time.process_time() - begin) / count)
