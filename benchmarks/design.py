"""A changed parameter to a new quoted part on the warm server, against Debian's ``openscad`` for the same values.

CPU seconds of all processes on both sides, pair by pair in one run. Ours is everything: binding the values, the caged
engine, reading and proving the mesh, its features, the instant estimate and the price.
"""

from __future__ import annotations

import os
import resource
import shutil
import statistics
import subprocess
import tempfile
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from benchmarks import Figure, at_least, at_most
from glocal.design.errors import DesignError
from glocal.design.model import DesignTemplate, Part
from glocal.design.openscad import OpenScadPool, engine_job
from glocal.design.parameter_sets import write_parameter_sets
from glocal.design.parameters import bind
from glocal.design.part import build_part
from glocal.design.products import demo_products
from glocal.quoting.model import MachineRate, PriceContext, ShopTerms
from glocal.values import Estimate

# for each product the parameter that a customer drags, over one body each
CHANGES: Mapping[str, tuple[str, tuple[float, ...], Mapping[str, object]]] = {
    "name-sign": ("letter_height", (20, 23, 26, 29, 32), {}),
    "replacement-knob": ("outer_diameter", (28, 31, 34, 37, 40), {}),
    "plant-pot": ("diameter", (90, 97, 104, 111, 118), {"parts": "pot"}),
}
PEER = "Debian openscad 2021.01"
WARM_RUNS = 4
PEER_TIMEOUT_S = 300
Quoter = Callable[[Part], object]


@dataclass(frozen=True, slots=True)
class Pair:
    """One change, on both sides: seconds of CPU, and of the clock for ours."""

    part_s: float
    quoted_s: float
    wall_s: float
    draft_wall_s: float
    peer_s: float | None


def figures(_data: Path | None) -> list[Figure]:
    """Measure all products on a warm pool."""
    peer = shutil.which("openscad")
    quoter, quoted = instant_quoter()
    pairs: list[Pair] = []
    with OpenScadPool() as pool, tempfile.TemporaryDirectory() as directory:
        for template in demo_products():
            name, values, fixed = CHANGES[template.id]
            for value in values[:WARM_RUNS]:  # a warm server has its libraries, fonts and compiled code
                run_ours(template, {name: value, **fixed}, pool, quoter)
            for value in values:
                raw = {name: value, **fixed}
                ours = run_ours(template, raw, pool, quoter)
                draft_s = draft_wall_s(template, raw, pool)
                peer_s = run_peer(peer, template, raw, Path(directory)) if peer else None
                pairs.append(Pair(*ours, draft_s, peer_s))
    return [
        *ratios(pairs, quoted),
        at_most(f"change → {quoted}, wall s, p95", percentile([pair.wall_s for pair in pairs], 0.95), 2.0),
        Figure("change → draft mesh, wall s, median", statistics.median(pair.draft_wall_s for pair in pairs)),
    ]


def ratios(pairs: list[Pair], quoted: str) -> list[Figure]:
    """Return how many times less CPU we use than the peer, with and without the quote."""
    both = [(pair, pair.peer_s) for pair in pairs if pair.peer_s is not None]
    if not both:
        return [Figure("times less CPU than openscad: not measured, openscad is not installed", None, 5.0)]
    words = "times less CPU than openscad, change → {}, median of pairs"
    with_quote = statistics.median(peer_s / pair.quoted_s for pair, peer_s in both)
    without = statistics.median(peer_s / pair.part_s for pair, peer_s in both)
    return [
        at_least(words.format(quoted), with_quote, 5.0, peer=PEER, peer_value=1.0),
        at_least(words.format("new part"), without, 5.0, peer=PEER, peer_value=1.0),
    ]


def run_ours(
    template: DesignTemplate, raw: Mapping[str, object], pool: OpenScadPool, quoter: Quoter
) -> tuple[float, float, float]:
    """Return the CPU seconds to a part and to a quoted part, and the seconds of the clock to the latter."""
    wall, start = time.perf_counter(), time.process_time() + pool.cpu_s
    part = build_part(template, bind(template, raw), pool)
    built = time.process_time() + pool.cpu_s
    quoter(part)
    return built - start, time.process_time() + pool.cpu_s - start, time.perf_counter() - wall


def draft_wall_s(template: DesignTemplate, raw: Mapping[str, object], pool: OpenScadPool) -> float:
    """Return the wall seconds from raw values to a draft mesh."""
    start = time.perf_counter()
    pool.render(template, bind(template, raw), draft=True)
    return time.perf_counter() - start


def run_peer(program: str, template: DesignTemplate, raw: Mapping[str, object], directory: Path) -> float:
    """Return the CPU seconds of Debian's openscad for the same source, values and fonts."""
    values = bind(template, raw)
    job = engine_job(template, values)
    for name, content in job.files.items():
        (directory / name).parent.mkdir(parents=True, exist_ok=True)
        (directory / name).write_bytes(content)
    for font in job.fonts:
        shutil.copy(font, directory)
    (directory / "values.json").write_bytes(write_parameter_sets({"job": values}))
    before = children_cpu_s()
    done = subprocess.run(
        [program, "-o", directory / "out.off", "-p", directory / "values.json", "-P", "job", directory / job.main],
        env={**os.environ, "OPENSCAD_FONT_PATH": str(directory)},
        capture_output=True,
        timeout=PEER_TIMEOUT_S,
        check=False,
    )
    if done.returncode != 0:
        raise DesignError(f"openscad failed on {template.id}: {done.stderr.decode(errors='replace')[-300:]}")
    return children_cpu_s() - before


def children_cpu_s() -> float:
    """Return the CPU seconds of all processes that were started here and have ended."""
    usage = resource.getrusage(resource.RUSAGE_CHILDREN)
    return usage.ru_utime + usage.ru_stime


def percentile(values: list[float], share: float) -> float:
    """Return the value below which ``share`` of the values lie, the larger neighbour between two."""
    return sorted(values)[min(len(values) - 1, int(share * len(values)))]


def instant_quoter() -> tuple[Quoter, str]:
    """Return what turns a part into a price, and the words for it; without a calibration the part alone is measured."""
    from glocal.production.materials import get_material
    from glocal.production.prusaslicer import PrusaSlicer
    from glocal.production.prusaslicer_profiles import get_machine
    from glocal.production.recipes import default_recipe
    from glocal.quoting.calibration import load_calibration
    from glocal.quoting.errors import NotCalibrated
    from glocal.quoting.estimate import estimate
    from glocal.quoting.price import price

    machine, material = get_machine("reference"), get_material("petg")
    recipe = default_recipe(machine)
    with tempfile.TemporaryDirectory() as cache:
        version = PrusaSlicer(Path(cache)).version
    try:
        calibration = load_calibration(version, machine.id, recipe.id)
    except NotCalibrated:
        return (lambda part: part), "new part (no calibration for the estimate)"
    context = price_context()

    def quote(part: Part) -> object:
        return price(estimate(part.mesh, machine, material, recipe, calibration), context)

    return quote, "quoted part"


def price_context() -> PriceContext:
    """Return a shop's terms; their numbers do not change how long a price takes."""
    terms = ShopTerms(
        currency="EUR",
        region="DE",
        wage_minor_per_h=1800.0,
        energy_minor_per_kwh=40.0,
        margin=0.2,
        tax_rate=0.19,
        tax_included_in_price=True,
        packaging_minor=50,
        payment_fee_rate=0.0,
        payment_fee_minor=0,
        minimum_minor=0,
        quote_valid_days=14,
    )
    return PriceContext(
        terms=terms,
        rate=MachineRate(hourly_minor=100, power_w=100.0, setup_min=10.0),
        spool_price_minor=2000,
        spool_mass_g=1000.0,
        labour_min=Estimate(10, 10, 10, "given"),
        failure_odds=Estimate(0.1, 0.1, 0.1, "given"),
        plate_share=1.0,
        delivery_minor=0,
        quantity=1,
        now=datetime(2026, 3, 2, 9, tzinfo=UTC),
        queue_s=None,
    )
