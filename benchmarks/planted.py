"""What is planted in simulated regions whose truth is known: a bot, a trend of one region, a region without a sale.

Sixty regions of uneven size choose among six options for 26 weeks; weeks are over-dispersed. A bot says one option that
few there want, 50 times a week in a region of two a week, and names no source. Against each is held what it costs where
nothing was planted: choices of honest people that do not count, trends that are none.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

import numpy as np
import numpy.typing as npt

from benchmarks import Figure, at_least, at_most
from glocal.demand.events import ChoiceEvent
from glocal.demand.fit import fit
from glocal.demand.heard import heard
from glocal.demand.model import Model
from glocal.demand.panel import Panel
from glocal.demand.run_size import fit_run_sizes

Floats = npt.NDArray[np.float64]
QUESTION, OPTIONS = ("sign", "font"), tuple("abcdef")
REGIONS, WEEKS, ALIKE = 60, 26, 10.0
FIRST = datetime(2025, 1, 6, 12, tzinfo=UTC)
WORLDS = 6


@dataclass(frozen=True, slots=True)
class World:
    """Tastes (R, J), and choices (R, T, J)."""

    tastes: Floats
    counts: Floats

    def events(self) -> list[ChoiceEvent]:
        """Return them as events without a source."""
        return [
            ChoiceEvent(
                *QUESTION,
                OPTIONS,
                OPTIONS[j],
                f"R{r}",
                FIRST + timedelta(weeks=t),
                "ordered",
                float(self.counts[r, t, j]),
            )
            for r, t, j in np.argwhere(self.counts > 0).tolist()
        ]


def world(seed: int, *, per_week: float, rho: float, moves: float = 0.0) -> World:
    """Draw one; in region 0 alone, then ten times as large, log odds of the first option gain ``moves`` in all."""
    rng = np.random.default_rng([seed, 77])
    tastes = rng.dirichlet(ALIKE * rng.dirichlet(np.full(len(OPTIONS), 4.0)), REGIONS)
    size = rng.gamma(2.0, 0.5, REGIONS)
    size[0], size[1] = 10.0 if moves else 1.0, 1.0
    many = rng.poisson(per_week * size[:, None] * rng.gamma(3.0, 1 / 3, (REGIONS, WEEKS)))
    p = np.repeat(tastes[:, None, :], WEEKS, axis=1)
    p[0, :, 0] *= np.exp(moves * np.arange(WEEKS) / WEEKS)
    drawn = rng.gamma(np.maximum(p / p.sum(axis=2, keepdims=True) * (1 / rho - 1), 1e-9))
    return World(tastes, rng.multinomial(many, drawn / drawn.sum(axis=2, keepdims=True)).astype(float))


def share(model: Model, region: str, option: str) -> float:
    """Return how many of a region want an option."""
    return next(p.share.value for p in model.preferences(region, *QUESTION) if p.option == option)


def planted_figures() -> Iterator[Figure]:
    """Measure all three."""
    yield from _bots()
    yield from _trends()
    yield _nothing_sold()


def _bots() -> Iterator[Figure]:
    for weeks, bar in ((1, 0.05), (4, 0.10), (8, 0.20)):
        moved, raw = [], []
        for seed in range(WORLDS):
            calm = world(seed, per_week=2, rho=0.02)
            j = int(np.abs(calm.tastes[1] - 0.07).argmin())
            counts = calm.counts.copy()
            counts[1, WEEKS - weeks :, j] += 50
            before, after = fit(calm.events()), fit(World(calm.tastes, counts).events())
            moved.append(share(after, "R1", OPTIONS[j]) - share(before, "R1", OPTIONS[j]))
            raw.append(counts[1, :, j].sum() / counts[1].sum() - share(before, "R1", OPTIONS[j]))
        label = f"bot without a source, 50 choices a week for {weeks} weeks in a region of 2: its share moves by"
        yield at_most(label, float(np.mean(moved)), bar, peer="every choice counts", peer_value=float(np.mean(raw)))
    lost = []
    for rho in (0.02, 0.1, 0.25):
        honest = world(int(1000 * rho), per_week=10, rho=rho).events()
        lost.append(1 - sum(event.weight for event in heard(honest)) / sum(event.weight for event in honest))
    yield at_most("  honest choices that do not count, ρ .02 to .25, the worst", max(lost), 0.002)


def _trends() -> Iterator[Figure]:
    found, off, alarms = 0, [], 0
    for seed in range(WORLDS):
        moving = world(seed, per_week=10, rho=0.02, moves=2.0)
        model = fit(moving.events())
        local = model.questions[QUESTION].change.local
        truth = moving.tastes[0] * np.exp(2.0 * (np.arange(len(OPTIONS)) == 0))
        found += "R0" in local
        off.append(abs(share(model, "R0", "a") - truth[0] / truth.sum()))
        alarms += len(set(local) - {"R0"})
        for rho in (0.02, 0.1, 0.25):
            still = fit(world(100 + seed, per_week=10, rho=rho).events())
            alarms += len(still.questions[QUESTION].change.local)
    yield Figure("trend of one region alone, log odds +2 in 26 weeks: found, share of worlds", found / WORLDS)
    yield at_most("  its share now is off by, mean", float(np.mean(off)), 0.10)
    label = f"  trends told of regions that do not move, of {4 * WORLDS * REGIONS}"
    yield at_most(label, float(alarms), 2)


def _nothing_sold() -> Figure:
    rng = np.random.default_rng(4)
    lasting = rng.gamma(1.0, 0.25, (3000, 1)) * np.array([0.7, 0.3])
    past, ahead = rng.poisson(lasting[:, None, :], (3000, 8, 2)), rng.poisson(lasting * 60).sum(axis=1)
    region, period = (axis.ravel() for axis in np.mgrid[:3000, :8])
    rows = past.reshape(-1, 2).astype(float)
    none = np.zeros((len(rows), 2, 0))
    names = tuple(f"R{r}" for r in range(3000)), ("a", "b")
    panel = Panel(*names, (), (), region, period, rows, np.ones(rows.shape, bool), none, np.zeros((3000, 0)))
    learnt = fit_run_sizes(panel, horizon=60)
    high = learnt.quantities(0.9, 60)[:, 0]
    nothing = past.sum(axis=(1, 2)) == 0
    sold = rng.binomial(ahead, 0.7)[nothing]
    label = "regions without a sale: demand of a year stays below its 90 % quantile in"
    return at_least(
        label, float((sold <= high[nothing]).mean()), 0.88, peer="a run of 0", peer_value=float((sold == 0).mean())
    )
