"""The network: matching with reasons, nesting true silhouettes, planning with a bound.

Matching asks the 2,237 directory records of ``DIR/okw`` (each says no more than "fablab") and 1,000 full records made
here. Nesting takes the instances of ``DIR/planning/nesting``; the peer nests the parts' bounding boxes with the same
code. Planning takes instances made here, see :func:`benchmarks.cities.city`; beside ours stand best
insertion and the usual practice, the nearest maker who can, first come first served.
"""

from __future__ import annotations

import statistics
import time
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import numpy as np

from benchmarks import Figure, at_least, at_most
from benchmarks.cities import city, nearest_first
from benchmarks.exact import exact_figures
from benchmarks.prusa_nest import prusa_figures
from benchmarks.published import published_figures
from benchmarks.rolling import rolling_figures
from glocal.network.fairness import Fairness
from glocal.network.hours import OpeningHours
from glocal.network.maker_files import read_makers
from glocal.network.match import match
from glocal.network.model import Maker, MakerMachine, Need
from glocal.network.nest import Outline, check_nest, nest
from glocal.network.nest_files import read_nesting
from glocal.network.plan import plan, usual_rounds
from glocal.production.model import Machine
from glocal.values import Estimate

HERE = (52.52, 13.405)
NOW = datetime(2026, 3, 2, 8, tzinfo=UTC)
BEDS = ((180.0, 180.0, 180.0), (220.0, 220.0, 250.0), (250.0, 210.0, 210.0), (300.0, 300.0, 400.0))
NEST_ROUNDS, FAIR_ROUNDS = 200, 8000


def full_makers(count: int) -> list[Maker]:
    """Return makers with complete records within some 60 km."""
    rng = np.random.default_rng(1)
    makers = []
    for k in range(count):
        x, y, z = BEDS[k % len(BEDS)]
        names = (f"kind-{k % len(BEDS)}", f"Kind {k % len(BEDS)}", "Vendor", "Model")
        kind = Machine(*names, x, y, z, 0.4, "marlin", 280.0, 110.0, "", "", "made for the benchmark")
        machine = MakerMachine(
            "one",
            kind,
            materials_loaded=("pla",) if rng.random() < 0.6 else ("petg",),
            materials_in_stock={"asa": 2.0} if rng.random() < 0.3 else {},
            hourly_minor=int(rng.integers(80, 400)),
            busy_until=NOW + timedelta(hours=float(rng.uniform(0, 60))),
        )
        makers.append(
            Maker(
                f"maker-{k}",
                f"Maker {k}",
                HERE[0] + float(rng.uniform(-0.5, 0.5)),
                HERE[1] + float(rng.uniform(-0.8, 0.8)),
                (machine,),
                delivers_km=float(rng.choice([0.0, 20.0, 60.0])),
                hours=OpeningHours.from_text("Mo-Fr 09:00-18:00; Sa 10:00-14:00", "Europe/Berlin"),
                odds_ok=Estimate(0.93, 0.88, 0.97, "made for the benchmark"),
            )
        )
    return makers


def match_figures(data: Path | None) -> Iterator[Figure]:
    """Time one match, and count what has no reason."""
    makers = full_makers(1000)
    listed = data / "okw" / "facilities.json.gz" if data else None
    if listed and listed.is_file():
        makers += read_makers(listed)[0]
    need = Need((214.0, 120.0, 60.0), "pla", Estimate(14_000.0, 12_000.0, 17_000.0, "benchmark"))
    spent = []
    for _ in range(7):
        begin = time.process_time()
        found = match(need, makers, near=HERE, by=NOW + timedelta(days=3), now=NOW)
        spent.append((time.process_time() - begin) * 1000)
    yield at_most(f"match one part against {len(makers):,} makers, CPU ms (median)", statistics.median(spent), 50)
    silent = sum(not answer.reasons for answer in (*found.rejected, *found.unknown))
    yield at_most("makers turned down without a reason", silent, 0)
    yield Figure("makers accepted", len(found.accepted))


def nest_figures(data: Path | None) -> Iterator[Figure]:
    """Count plates of the published instances, and time first fit."""
    directory = data / "planning" / "nesting" if data else None
    if directory is None or not directory.is_dir():
        yield Figure("nesting: not measured, --data DIR with DIR/planning/nesting was not given", None)
        return
    totals = {"boxes": 0, "first fit": 0, "search": 0}
    faults, cpu_s = 0, 0.0
    instances = [read_nesting(file) for file in sorted(directory.glob("*.json"))]
    for bed, outlines in instances:
        nest(bed, outlines)  # compiled and warm
        begin = time.process_time()
        found = nest(bed, outlines, rounds=NEST_ROUNDS)
        cpu_s += time.process_time() - begin
        faults += len(check_nest(bed, outlines, found))
        totals["search"] += len(found.plates)
        totals["first fit"] += len(nest(bed, outlines).plates)
        totals["boxes"] += len(nest(bed, [boxed(outline) for outline in outlines], turns=4).plates)
    boxes = {"peer": "bounding boxes", "peer_value": float(totals["boxes"])}
    yield Figure(f"plates for {len(instances)} instances, first fit", totals["first fit"], **boxes)
    share = 1 - totals["search"] / totals["boxes"]
    yield Figure(f"plates for {len(instances)} instances, {NEST_ROUNDS} orders tried", totals["search"], **boxes)
    yield at_least("plates saved against bounding boxes", share, 0.10)
    yield at_most("overlaps by the exact check", faults, 0)
    yield Figure(f"CPU s for the {len(instances)} searches", cpu_s)
    bed = instances[0][0]
    sixty = [outline for _, outlines in instances[:3] for outline in outlines][:60]
    begin = time.process_time()
    nest(bed, sixty)
    yield at_most(
        f"first fit of {len(sixty)} parts, masks and exact check included, CPU s", time.process_time() - begin, 0.3
    )


def boxed(outline: Outline) -> Outline:
    """Return an outline's bounding box."""
    x, y = zip(*outline.points, strict=True)
    return replace(outline, points=((min(x), min(y)), (max(x), min(y)), (max(x), max(y)), (min(x), max(y))))


def plan_figures() -> Iterator[Figure]:
    """Plan cities of several sizes beside best insertion and the usual practice."""
    plan(city(10, 3, 0), rounds=10)  # compiled and warm
    for orders, machines, rounds in ((50, 3, 3000), (1000, 57, usual_rounds(1000))):
        problem = city(orders, machines, 1)
        begin = time.process_time()
        found = plan(problem, rounds=rounds)
        cpu_s = time.process_time() - begin
        insertion, practice = plan(problem, rounds=0).objective, nearest_first(problem)
        name = f"{orders} orders × {machines} machines"
        yield at_most(f"{name}: gap to the bound", found.gap, 0.05)
        yield Figure(f"{name}: earned against best insertion", found.objective / insertion)
        yield Figure(f"{name}: nearest, first come, against ours", practice / found.objective)
        yield at_most(f"{name}: CPU s, bound included", cpu_s, 1 if orders == 50 else 5)


def fair_figures() -> Iterator[Figure]:
    """Ask for half of an equal share for each maker, and what that costs."""
    problem = city(1000, 57, 1)
    alone, even = (plan(problem, rounds=FAIR_ROUNDS, fairness=Fairness(least)) for least in (0.0, 0.5))
    worst = min(share.ratio for share in alone.shares)
    peer = {"peer": "profit alone", "peer_value": worst}
    yield at_least("fair: least ratio of work to an equal share", min(s.ratio for s in even.shares), 0.5, **peer)
    yield at_most("fair: share of the profit that it costs", 1 - even.objective / alone.objective, 0.01)


def figures(data: Path | None) -> list[Figure]:
    """Measure all; what needs data made by others says so without it."""
    return [
        *match_figures(data),
        *nest_figures(data),
        *prusa_figures(data),
        *published_figures(data),
        *plan_figures(),
        *exact_figures(),
        *fair_figures(),
        *rolling_figures(),
    ]
