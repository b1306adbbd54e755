"""The hierarchical choice model and LightGBM as one, as a question keeps them: learnt at night, heard by the event.

The same parts, weighed on the same latest periods, as ``evaluate`` judges. They need choices that have seen prices, or
something else that varies with the offer: without, boosting sees the numbers of options and regions, which is less than
the hierarchy of :mod:`glocal.demand.dirichlet` sees, and that answers alone (:func:`why_alone` says why).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np

from glocal.demand.boosted import ENOUGH_CHOICES, Boosted, Weighed, blend_weight, is_installed, train_boosted
from glocal.demand.choice import ChoiceModel, lifted, probabilities
from glocal.demand.choice_update import RegionTaste, hear
from glocal.demand.dirichlet import Floats
from glocal.demand.errors import TooLittleData
from glocal.demand.events import ChoiceEvent
from glocal.demand.foretell import posterior
from glocal.demand.many_options import MANY
from glocal.demand.panel import Bools, Panel
from glocal.demand.price_levels import with_price_levels
from glocal.demand.validated import fit_validated, split_late

FEWEST_SPREAD = 0.02  # deviation of a feature within an option; of log price that is two per cent
USUAL_PERIODS = 4  # at the end, whose prices are the usual ones
MOST_NUMBERS = 2e6  # of the matrices of regions: what a night keeps must be read in the morning


@dataclass(frozen=True, slots=True)
class Blend:
    """What choices with prices have taught.

    Parameters
    ----------
    options, features : tuple of str
        Along J and F.
    regions : mapping of str to RegionTaste
        In the order in which boosting numbers them.
    unseen : RegionTaste
        What is expected of a region that has said nothing.
    rho : float
        Over-dispersion.
    usual : (J, F) float
        Features of every option in the last periods.
    z : (R, Q) float
        What is known of the regions, standardised.
    boosted : Boosted or None
        None where it has no weight.
    boosted_usual : mapping of str to (J,) float
        Its shares at the usual features, ``""`` for a region that was not there.
    weight : float
        On boosting, 0 to 1.
    why : str
        What chose the weight.
    network : (J,) float
        Shares of everybody's choices at the usual features.
    """

    options: tuple[str, ...]
    features: tuple[str, ...]
    regions: Mapping[str, RegionTaste]
    unseen: RegionTaste
    rho: float
    usual: Floats
    z: Floats
    boosted: Boosted | None
    boosted_usual: Mapping[str, Floats]
    weight: float
    why: str
    network: Floats

    def taste(self, region: str) -> RegionTaste:
        """Return what is known of a region's taste."""
        return self.regions.get(region, self.unseen)

    def own_voice(self, region: str) -> float:
        """Return how much less is in doubt of a region than of one that has said nothing, 0 to 1."""
        taste, unseen = self.taste(region), self.unseen
        left = float(np.trace(np.linalg.solve(taste.precision, unseen.precision))) / len(taste.theta)
        return float(np.clip(1.0 - left, 0.0, 1.0))

    def with_prices(self, index: list[int], prices: Sequence[float]) -> Floats:
        """Return the usual features with other prices of some options, (J, F)."""
        x = self.usual.copy()
        x[index, self.features.index("log_price")] = np.log(prices)
        return x

    def draws(
        self,
        region: str,
        many: int,
        rng: np.random.Generator,
        *,
        offered: Bools | None = None,
        x: Floats | None = None,
    ) -> Floats:
        """Return draws of a region's shares, (many, J), among what is offered, with these features or the usual ones.

        The doubt is the hierarchy's; boosting moves all draws alike.
        """
        taste, usual = self.taste(region), offered is None and x is None
        among = np.ones(len(self.options), dtype=bool) if offered is None else offered
        features = self.usual if x is None else x
        size = len(taste.theta)
        factor = np.linalg.cholesky(np.linalg.inv(taste.precision) + 1e-10 * np.eye(size))
        theta = taste.theta + rng.standard_normal((many, size)) @ factor.T
        design = self.design(features)
        utility = np.where(among, theta @ design.T, -np.inf)
        shares = np.exp(utility - utility.max(axis=1, keepdims=True))
        shares /= shares.sum(axis=1, keepdims=True)
        if self.boosted is None:
            return np.asarray(shares)
        partner = self.boosted_usual[self._known(region)] if usual else self._boosted(region, features, among)
        mean = np.maximum(shares.mean(axis=0), 1e-12)
        shares = shares * np.where(among, np.maximum(partner, 1e-12) / mean, 0.0) ** self.weight
        return np.asarray(shares / shares.sum(axis=1, keepdims=True))

    def design(self, x: Floats) -> Floats:
        """Return the design of one offer, (J, P)."""
        free = len(self.options) - 1
        found = np.zeros((free + 1, free + len(self.features)))
        found[1:, :free].flat[:: free + 1] = 1.0
        found[:, free:] = x
        return found

    def after(self, event: ChoiceEvent, choices: float, week: str) -> Blend:
        """Return the blend after a choice of a week that counts as so many; boosting and the network wait.

        Where the choice has seen no prices, they were the usual ones. What is new to the blend waits too; a wish for
        what was not offered says nothing of how people choose among what was.
        """
        place = {option: j for j, option in enumerate(self.options)}
        index = place.get(str(event.chosen), -1)
        if index < 0 or choices <= 0 or event.chosen not in event.offered:
            return self
        known = [place[option] for option in event.offered if option in place]
        offered = np.zeros(len(self.options), dtype=bool)
        offered[known] = True
        x = self.usual
        if event.prices and "log_price" in self.features:
            seen = zip(event.offered, event.prices, strict=True)
            x = self.with_prices(known, [price for option, price in seen if option in place])
        taste = self.taste(event.region)
        if taste.period != week:
            taste = RegionTaste(taste.theta, taste.precision, 0.0, week)
        taste = hear(taste, self.design(x), offered, index, rho=self.rho, choices=choices)
        return replace(self, regions={**self.regions, event.region: taste})

    def _known(self, region: str) -> str:
        return region if region in self.boosted_usual else ""

    def _boosted(self, region: str, x: Floats, offered: Bools) -> Floats:
        assert self.boosted is not None  # noqa: S101 - asked only where it has weight
        if not is_installed():
            raise TooLittleData(
                "LightGBM has a part in this answer and is not installed here.",
                help="Install it, or ask for all options at their usual prices.",
            )
        names = [name for name in self.boosted_usual if name]
        wanted = range(len(names)) if self._known(region) == "" else [names.index(region)]
        return _geometric(self.boosted.shares(_offer(self, list(wanted), x, offered)))


def _offer(known: Panel | Blend, regions: list[int], x: Floats, offered: Bools) -> Panel:
    """Return one offer to some regions as a panel without choices."""
    shape = (len(regions), len(known.options))
    return Panel(
        tuple(map(str, range(len(known.z)))),
        known.options,
        known.features,
        tuple(map(str, range(known.z.shape[1]))),
        np.array(regions, dtype=np.intp),
        np.zeros(len(regions), dtype=np.intp),
        np.zeros(shape),
        np.broadcast_to(offered, shape),
        np.broadcast_to(x, (*shape, len(known.features))),
        known.z,
    )


def why_alone(panel: Panel) -> str:
    """Return why a panel's question is answered by the hierarchy of counts alone; empty where it is not."""
    options, choices = len(panel.options), float(panel.counts.sum())
    size = options - 1 + len(panel.features)
    nothing = "LightGBM would see nothing more"
    reasons = {
        f"no prices were shown, nor anything else that varies; {nothing}": not panel.features and not panel.covariates,
        f"there are {options} options, and LightGBM is for 2 to {MANY}": not 2 <= options <= MANY,
        f"prices hardly moved; {nothing}": not panel.covariates and not _moves(panel),
        f"{choices:.0f} choices have seen a price; LightGBM has a say from {ENOUGH_CHOICES} on": choices
        < ENOUGH_CHOICES,
        "all choices are of one week; none are left to say what LightGBM is worth": split_late(panel) is None,
        "there are too many regions and options for LightGBM": len(panel.regions) * size**2 > MOST_NUMBERS,
        "LightGBM is not installed here": not is_installed(),
    }
    return next((reason for reason, holds in reasons.items() if holds), "")


def _moves(panel: Panel) -> bool:
    for f in range(panel.x.shape[2]):
        seen = np.maximum(panel.offered.sum(axis=0), 1)
        x = np.where(panel.offered, panel.x[:, :, f], 0.0)
        apart = np.where(panel.offered, x - x.sum(axis=0) / seen, 0.0)
        if float(np.sqrt((apart**2).sum() / seen.sum())) >= FEWEST_SPREAD:
            return True
    return False


def fit_blend(panel: Panel) -> Blend:
    """Learn both parts from all of a panel, and from its latest periods what each is worth.

    Raises
    ------
    TooLittleData
        With a single option or without any choice.
    """
    panel = with_price_levels(panel)
    model, weighed = fit_validated(panel), blend_weight(panel)
    boosted = train_boosted(panel) if weighed.weight > 0 else None
    tastes, unseen = _tastes(model, panel)
    usual = usual_features(panel)
    everything = np.ones(len(panel.options), dtype=bool)
    at_usual: dict[str, Floats] = {}
    if boosted is not None:
        everywhere = list(range(len(panel.regions)))
        shares = boosted.shares(_offer(panel, everywhere, usual, everything))
        at_usual = {**dict(zip(panel.regions, shares, strict=True)), "": _geometric(shares)}
    about = (panel.options, panel.features, tastes, unseen, model.rho, usual, panel.z)
    blend = Blend(*about, boosted, at_usual, weighed.weight, "", np.zeros(len(panel.options)))
    return replace(blend, why=_why(weighed), network=_network(blend, panel))


def _why(weighed: Weighed) -> str:
    last = f"the last {weighed.held} of {weighed.periods} weeks"
    if not weighed.sure:
        return f"alike, as {last} are not sure of another weight"
    return f"{last} were foretold best so" if weighed.weight else f"LightGBM foretold {last} no better"


def _tastes(model: ChoiceModel, panel: Panel) -> tuple[dict[str, RegionTaste], RegionTaste]:
    """Return what each region's taste is now, and that of a region that was never seen."""
    mean, covariance = posterior(model, panel.z)
    unknown = np.zeros(panel.z.shape[1])
    of_unseen, apart = model.prior_mean(unknown[None])[0], model.prior_covariance(unknown)
    size = mean.shape[1]
    if model.drift is not None:
        free = len(model.drift.level)
        wander = np.zeros((size, size))
        wander[:free, :free] = model.drift.covariance + model.drift.walk * np.eye(free)
        level = lifted(model.drift.level, size)
        mean, of_unseen, covariance, apart = mean + level, of_unseen + level, covariance + wander, apart + wander
    precision = np.linalg.inv(covariance)
    tastes = {name: RegionTaste(mean[r], precision[r]) for r, name in enumerate(panel.regions)}
    return tastes, RegionTaste(of_unseen, np.asarray(np.linalg.inv(apart)))


def usual_features(panel: Panel) -> Floats:
    """Return the features of each option in the last periods, by choices, (J, F); of all where it was not offered."""
    periods = np.unique(panel.period[panel.counts.sum(axis=1) > 0])
    late = panel.period >= periods[-USUAL_PERIODS:][0]
    shown = panel.counts.sum(axis=1)[:, None] * panel.offered
    lately = np.where(late[:, None], shown, 0.0)
    weight = np.where(lately.sum(axis=0) > 0, lately, shown)[:, :, None]
    total = weight.sum(axis=0)
    return np.asarray((weight * panel.x).sum(axis=0) / np.where(total > 0, total, 1.0))


def _network(blend: Blend, panel: Panel) -> Floats:
    """Return everybody's shares at the usual features, each region by its choices."""
    choices = np.bincount(panel.region, weights=panel.counts.sum(axis=1), minlength=len(panel.regions))
    theta = np.array([taste.theta for taste in blend.regions.values()])
    design = np.broadcast_to(blend.design(blend.usual), (len(theta), len(panel.options), theta.shape[1]))
    p = probabilities(design, np.ones(design.shape[:2], dtype=bool), theta)
    if blend.boosted is not None:
        partner = np.array([blend.boosted_usual[name] for name in blend.regions])
        p = p ** (1 - blend.weight) * partner**blend.weight
        p = p / p.sum(axis=1, keepdims=True)
    return np.asarray(choices @ p / choices.sum())


def _geometric(shares: Floats) -> Floats:
    mean = np.exp(np.log(shares + 1e-12).mean(axis=0))
    return np.asarray(mean / mean.sum())
