"""Small plans beside the exact solver, OR-Tools CP-SAT, on the cities of :mod:`benchmarks.cities`."""

from __future__ import annotations

import time
from collections.abc import Iterator
from math import inf

from benchmarks import Figure, at_least, at_most
from benchmarks.cities import city
from glocal.network.plan import earned_by, plan
from glocal.network.plan_exact import solve

SMALL, SMALL_S = 20, 30.0
LARGE, LARGE_S = 2, 60.0
ROUNDS = 3000


def exact_figures() -> Iterator[Figure]:
    """Count the proven optima that the search finds, and compare it with what CP-SAT has after a minute."""
    plan(city(10, 3, 0), rounds=10)  # compiled and warm
    found, proven = 0, 0
    for seed in range(SMALL):
        problem = city(10, 3, seed)
        quick, best = plan(problem, rounds=ROUNDS).objective, plan(problem, rounds=ROUNDS, exact_s=SMALL_S)
        proven += best.solver == "exact"
        found += best.solver == "exact" and quick >= best.objective * (1 - 1e-4)
    yield at_least(f"10 orders × 3 machines: plans proven the best, of {SMALL}, as a share", proven / SMALL, 0.95)
    if proven:
        yield Figure("10 orders × 3 machines: of those proven, what the search finds by itself", found / proven)
    worst, slowest = inf, 0.0
    for seed in range(1, LARGE + 1):
        problem = city(50, 3, seed)
        begin = time.process_time()
        quick = plan(problem, rounds=ROUNDS).objective
        slowest = max(slowest, time.process_time() - begin)
        theirs = earned_by(problem, solve(problem, [[], [], []], seconds=LARGE_S)[0])
        worst = min(worst, quick / theirs if theirs > 0 else inf)
    peer = {"peer": f"CP-SAT at {LARGE_S:g} s", "peer_value": 1.0}
    if worst < inf:
        yield at_least("50 orders × 3 machines: the worst of ours against CP-SAT", worst, 1.0, **peer)
    yield at_most("50 orders × 3 machines: CPU s of ours", slowest, 1.0)
