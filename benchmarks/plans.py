"""Plans of many orders: whole, in eight regions, and a hundred thousand orders with every plate nested and verified.

Instances are those of :func:`benchmarks.cities.city`. CPU seconds count all processes, the bound and the candidates
included; memory is this process's peak and twice the largest worker's. Beside ours stand best insertion and the usual
practice, the nearest maker who can, first come first served.
"""

from __future__ import annotations

import resource
import time
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor, ThreadPoolExecutor
from pathlib import Path

from benchmarks import Figure, at_most
from benchmarks.cities import city, nearest_first
from glocal.network.plan import plan
from glocal.network.plan_model import Plan, Problem, check_plan
from glocal.network.plan_regions import plan_in_regions

MIDDLE, MIDDLE_MAKERS, MIDDLE_CPU_S = (10_000, 323), 130, 40.0
LARGE, LARGE_MAKERS, LARGE_CPU_S = (100_000, 2_483), 1_000, 600.0
REGIONS, WORKERS = 8, 2
GIB_PER_KIB = 1 / 2**20


def cpu_s() -> float:
    """Return the processor seconds of this process and of its ended workers."""
    return sum(
        used.ru_utime + used.ru_stime
        for used in (resource.getrusage(resource.RUSAGE_SELF), resource.getrusage(resource.RUSAGE_CHILDREN))
    )


def peak_gib() -> float:
    """Return the peak of memory, every worker counted as the largest."""
    own = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return float(own + WORKERS * resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss) * GIB_PER_KIB


def beside(name: str, problem: Problem, found: Plan) -> Iterator[Figure]:
    """Compare a plan with best insertion and with the usual practice."""
    insertion = plan(problem, rounds=0).objective
    yield Figure(f"{name}: earned against best insertion", found.objective / insertion)
    yield Figure(f"{name}: nearest, first come, against ours", nearest_first(problem) / found.objective)


def middle_figures() -> Iterator[Figure]:
    """Plan ten thousand orders as a whole, and in regions."""
    plan(city(10, 3, 0), rounds=10)  # compiled and warm
    problem, name = city(*MIDDLE, 1), f"{MIDDLE[0]:,} orders × {MIDDLE_MAKERS} makers"
    begin = time.process_time()
    whole = plan(problem)
    spent = time.process_time() - begin
    yield at_most(f"{name}: gap to the bound", whole.gap, 0.05)
    yield at_most(f"{name}: CPU s, bound included", spent, MIDDLE_CPU_S)
    yield from beside(name, problem, whole)
    with ThreadPoolExecutor(1) as threads:
        sharded = plan_in_regions(problem, threads, regions=REGIONS)
    lost = 1 - sharded.objective / whole.objective
    yield at_most(f"{name}: lost by planning in {REGIONS} regions, after polish", lost, 0.005)


def large_figures() -> Iterator[Figure]:
    """Plan a hundred thousand orders in regions, every plate nested."""
    problem, name = city(*LARGE, 1), f"{LARGE[0]:,} orders × {LARGE_MAKERS:,} makers"
    begin = cpu_s()
    with ProcessPoolExecutor(WORKERS) as workers:
        found = plan_in_regions(problem, workers, regions=REGIONS, layouts=True)
    spent = cpu_s() - begin
    laid = sum(len(job.items) == len(job.orders) for job in found.jobs)
    yield at_most(f"{name}: gap to the bound, every plate nested", found.gap, 0.06)
    yield at_most(f"{name}: CPU s, bound and candidates included", spent, LARGE_CPU_S)
    yield at_most(f"{name}: memory, GiB", peak_gib(), 4.0)
    yield at_most(f"{name}: plates that are not nested", len(found.jobs) - laid, 0)
    yield at_most(f"{name}: faults by the independent checker", len(check_plan(problem, found)), 0)
    yield from beside(name, problem, found)


def figures(data: Path | None) -> list[Figure]:
    """Measure all; nothing is read from ``data``."""
    del data
    return [*middle_figures(), *large_figures()]
