"""Compare scenarios over many courses of chance, pair by pair."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from concurrent.futures import Executor
from dataclasses import dataclass, fields

import numpy as np

from glocal.strategy.central import Plant, mass_produced_year
from glocal.strategy.errors import AssumptionBroken
from glocal.strategy.ledger import Year
from glocal.strategy.model import Floats, Scenario
from glocal.strategy.simulate import simulated_year
from glocal.strategy.world import World

REPLICATIONS = 200
SEED = 20140613  # the same assumptions give the same digits
CHUNK = 10
MOST_REPLICATIONS = 100_000
# of 200 replications, a correlation below this is likely to be chance (two-sided 5 %: 0.14)
LEAST_CORRELATION = 0.2


@dataclass(frozen=True, slots=True)
class Way:
    """One way to go: a world, served by its makers or, with ``plant``, by a mass producer in their place."""

    world: World
    plant: Plant | None = None


@dataclass(frozen=True, slots=True)
class Driver:
    """An assumption that moves the answer: correlation of its draw with the profit difference, −1 to 1."""

    assumption: str
    correlation: float


@dataclass(frozen=True, slots=True)
class Compared:
    """One scenario against the first, over all replications; money in minor units.

    ``years`` (replications, fields of :class:`Year`); ``gain`` (replications,) profit less that of the first scenario.
    """

    name: str
    years: Floats
    gain: Floats
    drivers: tuple[Driver, ...]

    def mean(self, figure: str) -> float:
        """Return the mean of a field of :class:`Year`, or of its properties ``profit``, ``on_time``, ``service``."""
        return float(self.figure(figure).mean())

    def figure(self, figure: str) -> Floats:
        """Return a figure in each replication."""
        return np.array([float(getattr(Year(*row), figure)) for row in self.years])

    def scenario(self) -> Scenario:
        """Return the scenario with its intervals, as programs read it."""
        profit = self.figure("profit")
        low, high = np.quantile(profit, [0.1, 0.9])
        gain_low, gain_high = np.quantile(self.gain, [0.1, 0.9])
        names = (
            "asked",
            "sold",
            "wait_h",
            "km",
            "wasted_g",
            "busy",
            "stock_mean",
            "on_time",
            "service",
            "refunds",
            "peers",
        )
        data = {
            "gain": {"mean": float(self.gain.mean()), "low": float(gain_low), "high": float(gain_high)},
            "gain_standard_error": float(self.gain.std(ddof=1) / np.sqrt(len(self.gain)))
            if len(self.gain) > 1
            else None,
            "odds_better": float((self.gain > 0).mean()),
            **{name: self.mean(name) for name in names},
            "drivers": [{"assumption": each.assumption, "correlation": each.correlation} for each in self.drivers],
        }
        return Scenario(self.name, float(profit.mean()), float(low), float(high), data)


def compare(
    ways: Mapping[str, Way],
    *,
    replications: int = REPLICATIONS,
    seed: int = SEED,
    executor: Executor | None = None,
) -> tuple[Compared, ...]:
    """Simulate every way with the same chance and compare each with the first.

    Parameters
    ----------
    ways : mapping of name to Way
        The first is the one that the others are compared with.
    replications : int
        Courses of chance, 2 to 100,000; uncertain figures are drawn anew in each.
    executor : Executor, optional
        Where the replications run; here and now without.

    Raises
    ------
    AssumptionBroken
        When there is nothing to compare or the number is out of range.
    """
    if not ways:
        raise AssumptionBroken("There is no scenario to simulate.")
    if not 2 <= replications <= MOST_REPLICATIONS:
        raise AssumptionBroken(f"{replications} replications, expected 2 to {MOST_REPLICATIONS:,}.")
    chunks = [range(first, min(first + CHUNK, replications)) for first in range(0, replications, CHUNK)]
    listed = list(ways.values())
    if executor is None:
        parts = [replicate(listed, chunk, seed) for chunk in chunks]
    else:
        futures = [executor.submit(replicate, listed, chunk, seed) for chunk in chunks]
        parts = [future.result() for future in futures]
    return assemble(tuple(ways), parts)


def assemble(names: Sequence[str], parts: Sequence[tuple[Floats, list[dict[str, float]]]]) -> tuple[Compared, ...]:
    """Return what several answers of :func:`replicate` say together, in their order."""
    years = np.concatenate([part[0] for part in parts])
    draws = [one for part in parts for one in part[1]]
    profits = np.array([[Year(*row).profit for row in rows] for rows in years])
    gains = profits - profits[:, :1]
    return tuple(
        Compared(name, years[:, index], gains[:, index], drivers(gains[:, index], draws) if index else ())
        for index, name in enumerate(names)
    )


def replicate(ways: Sequence[Way], chunk: range, seed: int) -> tuple[Floats, list[dict[str, float]]]:
    """Return (replications, ways, fields of Year) and the draws behind each replication; runs in any process."""
    years = np.empty((len(chunk), len(ways), len(fields(Year))))
    draws = []
    for row, replication in enumerate(chunk):
        together: dict[str, float] = {}
        for column, way in enumerate(ways):
            if way.plant is None:
                year, used = simulated_year(way.world, seed, replication)
            else:
                year, used = mass_produced_year(way.world, way.plant, seed, replication)
            years[row, column] = year.as_array()
            together |= used
        draws.append(together)
    return years, draws


def drivers(gain: Floats, draws: Sequence[Mapping[str, float]], most: int = 4) -> tuple[Driver, ...]:
    """Return the assumptions that the gain hangs on, strongest first; those that may be chance are left out."""
    if len(gain) < 20 or gain.std() == 0:
        return ()
    found = []
    for path in draws[0]:
        column = np.array([one.get(path, np.nan) for one in draws])
        if np.isfinite(column).all() and column.std() > 0:
            correlation = float(np.corrcoef(column, gain)[0, 1])
            if abs(correlation) >= LEAST_CORRELATION:
                found.append(Driver(path, correlation))
    return tuple(sorted(found, key=lambda driver: -abs(driver.correlation))[:most])
