"""One question of one product: what every region has said about it, and how its answer is drawn."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np

from glocal.demand.areas import Areas
from glocal.demand.blend import Blend
from glocal.demand.bursts import Burst
from glocal.demand.change import NO_CHANGE, Change, tilted
from glocal.demand.dirichlet import Floats, Hierarchy
from glocal.demand.errors import EventBroken, TooLittleData
from glocal.demand.many_options import ManyOptions
from glocal.demand.price_response import PriceResponse

DRAWS = 2000
SEED = 20240917  # answers are reproducible: the same model gives the same digits

Key = tuple[str, str]


@dataclass(frozen=True, slots=True)
class LatestWeek:
    """A region's latest week, which may still be open: (J,) choices as they were made, and what they count."""

    name: str
    counts: Floats
    heard: Floats


@dataclass(frozen=True, slots=True)
class RegionEvidence:
    """What one region has said.

    Parameters
    ----------
    counts : (J,) float
        Effective choices by option, those of the latest week among them.
    choices : float
        All choices.
    latest : LatestWeek or None
    usual : float
        Choices of the region's usual week.
    """

    counts: Floats
    choices: float = 0.0
    latest: LatestWeek | None = None
    usual: float = 0.0


@dataclass(frozen=True, slots=True)
class Parts:
    """How much of an answer each part of the model says: weights of a geometric mean, and what chose them."""

    hierarchical: float
    lightgbm: float
    why: str

    def in_words(self) -> str:
        """Return the parts as a sentence."""
        if self.lightgbm == 0:
            return f"regions' choices alone answer: {self.why}"
        shares = f"regions' choices speak {self.hierarchical:.0%}, gradient boosting (LightGBM) {self.lightgbm:.0%}"
        return f"{shares}: {self.why}"


@dataclass(frozen=True, slots=True)
class Question:
    """One parameter of one product.

    Parameters
    ----------
    options : tuple of str
        All that were offered or wished for; for a continuous parameter, the intervals between ``edges``.
    offered : tuple of str
        Those that are offered (the set seen last).
    edges : (J+1,) float or None
        Borders of a continuous parameter's intervals.
    hierarchy : Hierarchy or ManyOptions
    regions : mapping of str to RegionEvidence
    rho : float
        Over-dispersion within one region and week.
    notes : tuple of str
        What a reader of the answers should know.
    areas : Areas or None
        The level between regions and the network, where there is one.
    price : PriceResponse or None
        How choices answer to prices, where prices were shown and moved.
    change : Change
        How taste moves, where it surely does.
    bursts : tuple of Burst
        Weeks of regions that count as one voice.
    blend : Blend or None
        How options that were offered share, where choices have seen prices; the hierarchy says how many want these.
    alone : str
        Why there is no blend.
    """

    options: tuple[str, ...]
    offered: tuple[str, ...]
    edges: Floats | None
    hierarchy: Hierarchy | ManyOptions
    regions: Mapping[str, RegionEvidence]
    rho: float
    notes: tuple[str, ...] = ()
    areas: Areas | None = None
    price: PriceResponse | None = None
    change: Change = NO_CHANGE
    bursts: tuple[Burst, ...] = ()
    blend: Blend | None = None
    alone: str = ""

    def evidence(self, region: str) -> RegionEvidence:
        """Return what a region has said; nothing for one that was never seen."""
        return self.regions.get(region) or RegionEvidence(np.zeros(len(self.options)))

    def own_voice(self, region: str) -> float:
        """Return how much of a region's answer it has said itself, 0 to 1."""
        if self.blend is not None:
            return self.blend.own_voice(region)
        return self.hierarchy.own_voice(float(self.evidence(region).counts.sum()))

    def parts(self) -> Parts:
        """Return how much each part of the model speaks, and why."""
        if self.blend is None:
            return Parts(1.0, 0.0, self.alone)
        return Parts(1.0 - self.blend.weight, self.blend.weight, self.blend.why)

    def draws(self, region: str) -> Floats:
        """Return draws of the region's shares, (DRAWS, J); fewer where there are very many options."""
        counted = self._counted(region)
        if self.blend is None:
            return counted
        index = [self.options.index(option) for option in self.blend.options]
        shares = self.blend.draws(region, len(counted), np.random.default_rng(SEED + 3))
        return _shared(counted, index, shares)

    def asked_draws(self, region: str, index: list[int], prices: Sequence[float] = ()) -> Floats:
        """Return draws of how a region would choose among some options, (DRAWS, K), at prices where they are given.

        Raises
        ------
        TooLittleData
            With prices, where no response to them could be learnt, or LightGBM has a part and is not installed.
        EventBroken
            Where prices and options are not equally many, or a price is not above 0.
        """
        blend = self.blend
        known = [k for k, j in enumerate(index) if blend is not None and self.options[j] in blend.options]
        self._check_prices(index, prices, blended=bool(known))
        draws = self._counted(region)[:, index]
        if blend is not None and known:
            places = [blend.options.index(self.options[index[k]]) for k in known]
            offered = np.zeros(len(blend.options), dtype=bool)
            offered[places] = True
            at = blend.with_prices(places, [prices[k] for k in known]) if prices else None
            rng = np.random.default_rng(SEED + 3)
            shares = blend.draws(region, len(draws), rng, offered=None if offered.all() else offered, x=at)
            draws = _shared(draws, known, shares[:, places])
        elif prices:
            draws = draws * self._tilt(index, prices)
        return np.asarray(draws / draws.sum(axis=1, keepdims=True))

    def _check_prices(self, index: list[int], prices: Sequence[float], *, blended: bool) -> None:
        if not prices:
            return
        if self.price is None and not (blended and self.blend and "log_price" in self.blend.features):
            raise TooLittleData(
                "How people here answer to prices is not known: prices were not shown, or hardly moved.",
                help="Ask without prices.",
            )
        if len(prices) != len(index) or not all(price > 0 for price in prices):
            raise EventBroken(f"{len(prices)} prices for {len(index)} options, or one that is not above 0.")

    def _tilt(self, index: list[int], prices: Sequence[float]) -> Floats:
        assert self.price is not None  # noqa: S101 - checked where prices are
        known = replace(self.price, usual=self.price.usual[index])
        return known.tilt(np.asarray(prices, dtype=float), DRAWS, np.random.default_rng(SEED + 2))

    def _counted(self, region: str) -> Floats:
        rng = np.random.default_rng(SEED)
        expected = None if self.areas is None else self.areas.prior_draws(region, DRAWS, rng)
        shares = self._moved(self.hierarchy.draw(self.evidence(region).counts, DRAWS, rng, expected=expected), rng)
        trend = self.change.local.get(region)
        return shares if trend is None else trend.moved(shares, rng)

    def network_shares(self) -> Floats:
        """Return the network's shares with the trend in them, (J,)."""
        shares, drift = self.hierarchy.network_shares(), self.change.drift
        shares = shares if drift is None else tilted(shares, self._padded(drift.level))
        if self.blend is None:
            return shares
        index = [self.options.index(option) for option in self.blend.options]
        return _shared(shares, index, self.blend.network)

    def _moved(self, shares: Floats, rng: np.random.Generator) -> Floats:
        drift = self.change.drift
        if drift is None:
            return shares
        spread = drift.covariance + (drift.walk + drift.shock) * np.eye(len(drift.level))
        return tilted(shares, self._padded(rng.multivariate_normal(drift.level, spread, size=len(shares))))

    def _padded(self, level: Floats) -> Floats:
        """Return a drift with room for options that were not there when it was learnt."""
        room = len(self.options) - 1 - level.shape[-1]
        return np.concatenate([level, np.zeros((*level.shape[:-1], room))], axis=-1)

    def wide_intervals(
        self, region: str, offered: Sequence[str] = (), prices: Sequence[float] = ()
    ) -> dict[str, tuple[float, float]]:
        """Return the 95 % interval of each option's share: of all, or of known ones that are offered, at prices."""
        index = [self.options.index(option) for option in offered]
        draws = self.asked_draws(region, index, prices) if offered else self.draws(region)
        low, high = np.quantile(draws, [0.025, 0.975], axis=0)
        return dict(zip(offered or self.options, zip(low.tolist(), high.tolist(), strict=True), strict=True))

    def caveats(self, region: str) -> tuple[str, ...]:
        """Return what a reader of this region's answer should know, a region that has said nothing included."""
        if region in self.change.local:
            return (*self.notes, self.change.local[region].in_words(self.options, "here"))
        if region in self.regions:
            return self.notes
        return (*self.notes, f"nobody in {region!r} has chosen yet: this is what the others want")


def _shared(shares: Floats, index: list[int], among: Floats) -> Floats:
    """Return shares (…, J) in which the options of ``index`` divide what they have together as ``among`` says."""
    found = shares.copy()
    found[..., index] = among * shares[..., index].sum(axis=-1, keepdims=True)
    return found
