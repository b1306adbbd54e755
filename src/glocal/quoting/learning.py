"""What real prints say about estimates: factors that are learnt with caution.

The logarithm of ``actual / estimated`` is normal around the effect of its machine and material, which lies around the
machine's, which lies around the family's, which lies around the network's, which lies around 0 (the slicer is right).
All spreads are known (the ``PRIORS`` below), so the posterior is exact: evidence flows up the tree and down again. A
machine with two prints stays near its family; a machine with two hundred speaks for itself.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, replace
from typing import Any, Literal

from glocal.quoting.errors import BadTerms
from glocal.quoting.model import PrintUse
from glocal.values import Estimate

Z_80 = 1.2815515655446004
Quantity = Literal["time", "mass"]


@dataclass(frozen=True, slots=True)
class Spreads:
    """Standard deviations of the logarithm at each level of the tree, and of one print (``noise``)."""

    network: float
    family: float
    machine: float
    material: float
    noise: float


PRIORS: Mapping[Quantity, Spreads] = {
    # Chosen; for scale: in 140 finished prints of one published Voron the middle 80 % of log(actual / slicer's time)
    # spans -0.20 to 0.02 (a spread of 0.09 around -0.07).
    "time": Spreads(network=0.03, family=0.04, machine=0.05, material=0.02, noise=0.15),
    "mass": Spreads(network=0.01, family=0.01, machine=0.02, material=0.02, noise=0.05),
}
LARGEST_LOG_RATIO = 0.4
"""One print counts as at most half as long again, or a third shorter: a paused print must not teach nonsense."""


@dataclass(frozen=True, slots=True)
class Tally:
    """What the prints of one machine with one material add up to: count, sum of the logs."""

    machine_family: str
    machine_id: str
    material_id: str
    count: int = 0
    time_log_sum: float = 0.0
    mass_count: int = 0
    mass_log_sum: float = 0.0

    def evidence(self, quantity: Quantity) -> tuple[int, float]:
        """Return how many prints speak of a quantity, and the sum of their logs."""
        return (self.count, self.time_log_sum) if quantity == "time" else (self.mass_count, self.mass_log_sum)


@dataclass(frozen=True, slots=True)
class Gauss:
    """A belief about a logarithm: precision (1 / variance) and precision times mean; all zero knows nothing."""

    precision: float = 0.0
    weighted: float = 0.0

    def __add__(self, other: Gauss) -> Gauss:
        return Gauss(self.precision + other.precision, self.weighted + other.weighted)

    def blurred(self, spread: float) -> Gauss:
        """Return the same belief seen from a level further away."""
        if self.precision == 0:
            return self
        shrink = 1 / (1 + self.precision * spread**2)
        return Gauss(self.precision * shrink, self.weighted * shrink)


@dataclass(frozen=True, slots=True)
class Factors:
    """Estimate-against-actual factors of the network that this shop knows; empty, it is the stated prior."""

    tallies: tuple[Tally, ...] = field(default=())

    def time_factor(self, machine_id: str, material_id: str, machine_family: str = "") -> Estimate:
        """Return actual ÷ estimated time of the *next* print, with its 80 % interval."""
        return self._factor("time", machine_id, material_id, machine_family)

    def mass_factor(self, machine_id: str, material_id: str, machine_family: str = "") -> Estimate:
        """Return actual ÷ estimated mass of the *next* print, with its 80 % interval."""
        return self._factor("mass", machine_id, material_id, machine_family)

    def prints(self, machine_id: str, material_id: str) -> int:
        """Return how many prints of this machine with this material have been learnt from."""
        return sum(t.count for t in self.tallies if (t.machine_id, t.material_id) == (machine_id, material_id))

    def as_dict(self) -> dict[str, Any]:
        """Return the factors as JSON."""
        return {"tallies": [asdict(tally) for tally in self.tallies]}

    @classmethod
    def from_dict(cls, stored: Mapping[str, Any]) -> Factors:
        """Return the factors that :meth:`as_dict` stored."""
        return cls(tuple(Tally(**tally) for tally in stored["tallies"]))

    def _factor(self, quantity: Quantity, machine_id: str, material_id: str, machine_family: str) -> Estimate:
        spreads = PRIORS[quantity]
        family = machine_family or next((t.machine_family for t in self.tallies if t.machine_id == machine_id), "")
        belief = Gauss(1 / spreads.network**2)  # the network's effect
        own = self._up(quantity, depth=0, path=(family, machine_id, material_id))
        for depth, spread in enumerate((spreads.family, spreads.machine, spreads.material)):
            belief = (belief + own[depth]).blurred(spread)
        belief += own[3]
        mean = belief.weighted / belief.precision
        reach = Z_80 * math.sqrt(1 / belief.precision + spreads.noise**2)
        learnt = sum(t.evidence(quantity)[0] for t in self.tallies)
        here = sum(
            t.evidence(quantity)[0] for t in self.tallies if (t.machine_id, t.material_id) == (machine_id, material_id)
        )
        source = (
            f"learnt from {here} prints here, {learnt} in all" if learnt else "stated prior: no print compared so far"
        )
        return Estimate(math.exp(mean), math.exp(mean - reach), math.exp(mean + reach), source)

    def _up(self, quantity: Quantity, depth: int, path: tuple[str, str, str]) -> list[Gauss]:
        """Return, for each level from the network down the path to the leaf, the evidence of all *other* branches.

        The last entry is the leaf's own evidence.
        """
        spreads = PRIORS[quantity]
        steps = (spreads.family, spreads.machine, spreads.material)
        own = []
        for level in range(depth, 3):
            others = Gauss()
            for branch in sorted({key(t)[: level + 1] for t in self.tallies} - {path[: level + 1]}):
                if branch[:level] == path[:level]:
                    others += self._evidence(quantity, branch).blurred(steps[level])
            own.append(others)
        own.append(self._evidence(quantity, path))
        return own

    def _evidence(self, quantity: Quantity, branch: tuple[str, ...]) -> Gauss:
        """Return what the prints below a branch say about the branch itself."""
        spreads = PRIORS[quantity]
        below = [t for t in self.tallies if key(t)[: len(branch)] == branch]
        if len(branch) == 3:
            precision = 1 / spreads.noise**2
            return Gauss(
                sum(t.evidence(quantity)[0] for t in below) * precision,
                sum(t.evidence(quantity)[1] for t in below) * precision,
            )
        step = (spreads.family, spreads.machine, spreads.material)[len(branch)]
        total = Gauss()
        for child in sorted({key(t)[: len(branch) + 1] for t in below}):
            total += self._evidence(quantity, child).blurred(step)
        return total


def key(tally: Tally) -> tuple[str, str, str]:
    """Return the place of a tally in the tree."""
    return (tally.machine_family, tally.machine_id, tally.material_id)


def log_ratio(actual: float, estimated: float, name: str) -> float:
    """Return the clipped logarithm of actual ÷ estimated."""
    if not (0 < actual < math.inf and estimated > 0):
        raise BadTerms(
            f"{name} is {actual} against an estimate of {estimated}, expected more than 0.",
            help="Enter what the printer or the scale says, or leave it out.",
        )
    return max(-LARGEST_LOG_RATIO, min(LARGEST_LOG_RATIO, math.log(actual / estimated)))


def update_factors(
    factors: Factors,
    estimated: PrintUse,
    actual_time_s: float | None,
    actual_mass_g: float | None,
    *,
    machine_id: str,
    machine_family: str,
    material_id: str,
) -> Factors:
    """Return the factors after one more finished print.

    What :func:`apply_factors` had already put into ``estimated`` is taken out again, so that learning compares with
    the slicer and not with itself. A quantity that nobody measured is None and teaches nothing.
    """
    place = (machine_family, machine_id, material_id)
    old = next((t for t in factors.tallies if key(t) == place), Tally(*place))
    new = old
    if actual_time_s is not None:
        raw = estimated.time_s.value / estimated.time_factor
        ratio = log_ratio(actual_time_s, raw, "The actual time")
        new = replace(new, count=new.count + 1, time_log_sum=new.time_log_sum + ratio)
    if actual_mass_g is not None:
        raw = estimated.mass_g.value / estimated.mass_factor
        ratio = log_ratio(actual_mass_g, raw, "The actual mass")
        new = replace(new, mass_count=new.mass_count + 1, mass_log_sum=new.mass_log_sum + ratio)
    rest = [t for t in factors.tallies if t is not old]
    return Factors(tuple(sorted([*rest, new], key=key)))


def apply_factors(
    use: PrintUse, factors: Factors, machine_id: str, material_id: str, machine_family: str = ""
) -> PrintUse:
    """Return the use as this machine is expected to need it; both sources of error are in the interval."""
    if (use.time_factor, use.mass_factor) != (1.0, 1.0):
        raise ValueError("factors have been applied to this use already")
    time_factor = factors.time_factor(machine_id, material_id, machine_family)
    mass_factor = factors.mass_factor(machine_id, material_id, machine_family)
    return replace(
        use,
        time_s=combined(use.time_s, time_factor),
        mass_g=combined(use.mass_g, mass_factor),
        time_factor=time_factor.value,
        mass_factor=mass_factor.value,
    )


def combined(estimate: Estimate, factor: Estimate) -> Estimate:
    """Return estimate × factor; their relative errors are independent and add as squares."""
    if estimate.value == 0:
        return estimate
    value = estimate.value * factor.value
    down = math.hypot(log_or_far(estimate.value, estimate.low), log_or_far(factor.value, factor.low))
    up = math.hypot(log_or_far(estimate.high, estimate.value), log_or_far(factor.high, factor.value))
    return Estimate(
        value, value * math.exp(-down), value * math.exp(up), f"{estimate.source}; × {factor.value:.3f} {factor.source}"
    )


def log_or_far(above: float, below: float) -> float:
    """Return log(above / below), and infinity when ``below`` is 0."""
    return math.log(above / below) if below > 0 else math.inf
