"""How choices answer to prices: one slope of the utility in log price, found within regions."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from glocal.demand.choice import fit_choices
from glocal.demand.dirichlet import Floats
from glocal.demand.errors import EventBroken, TooLittleData
from glocal.demand.events import ChoiceEvent
from glocal.demand.panel import Panel

FEWEST_CHOICES = 50.0
FEWEST_SPREAD = 0.02  # deviation of log price within an option: below it the slope would be noise
MOST_OPTIONS = 30


@dataclass(frozen=True, slots=True)
class PriceResponse:
    """Utility per unit of log price, with its standard error, and the log price that each option had on average.

    Parameters
    ----------
    slope, error : float
        A slope of −2: one per cent dearer, two per cent lower odds.
    usual : (J,) float
        NaN for an option of which no price is known.
    """

    slope: float
    error: float
    usual: Floats

    def tilt(self, prices: Floats, draws: int, rng: np.random.Generator) -> Floats:
        """Return factors on the odds of each option at other prices, (draws, J).

        Raises
        ------
        EventBroken
            Where a price is missing on either side.
        """
        apart = np.log(prices) - self.usual
        if not np.isfinite(apart).all():
            raise EventBroken("An option has no known price to compare with.", help="Ask without prices.")
        slopes = rng.normal(self.slope, self.error, size=(draws, 1))
        return np.asarray(np.exp(slopes * (apart - apart.mean())))


def fit_price(events: Sequence[ChoiceEvent], options: tuple[str, ...], regions: Sequence[str]) -> PriceResponse | None:
    """Learn the slope from events that show prices; None where prices hardly moved or too few choices show them."""
    priced = [event for event in events if event.prices and event.chosen in event.offered]
    if sum(event.weight for event in priced) < FEWEST_CHOICES or not 2 <= len(options) <= MOST_OPTIONS:
        return None
    position = {option: index for index, option in enumerate(options)}
    place = {region: index for index, region in enumerate(regions)}
    keys = sorted({(place[e.region], e.offered, e.prices) for e in priced})
    row_of = {key: row for row, key in enumerate(keys)}
    shape = (len(keys), len(options))
    counts, logs = np.zeros(shape), np.full(shape, np.nan)
    for row, (_, offered, prices) in enumerate(keys):
        logs[row, [position[option] for option in offered]] = np.log(prices)
    for event in priced:
        counts[row_of[place[event.region], event.offered, event.prices], position[str(event.chosen)]] += event.weight
    offered_table = np.isfinite(logs)
    seen = offered_table.sum(axis=0)
    usual = np.where(seen > 0, np.where(offered_table, logs, 0.0).sum(axis=0) / np.maximum(seen, 1), np.nan)
    apart = np.where(offered_table, logs - usual, 0.0)
    if float(np.sqrt((apart**2).sum() / max(seen.sum(), 1))) < FEWEST_SPREAD:
        return None
    panel = Panel(
        tuple(regions),
        options,
        ("log_price",),
        (),
        np.array([key[0] for key in keys]),
        np.zeros(len(keys), dtype=np.intp),
        counts,
        offered_table,
        apart[:, :, None],
        np.zeros((len(regions), 0)),
    )
    try:
        model = fit_choices(panel, sweeps=4)
    except TooLittleData:
        return None
    return PriceResponse(float(model.gamma[0, -1]), float(np.sqrt(model.gamma_covariance[-1, -1])), usual)
