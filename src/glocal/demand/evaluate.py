"""How good the models are on data that they have not seen: several origins, several amounts of data, three models.

For each origin (a period) the models learn from what came before, thinned to some choices per region, and foretell the
periods that follow. The log-likelihood per choice is averaged over choices (micro) and over regions (macro).
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import asdict, dataclass, replace
from typing import Any

import numpy as np

from glocal.demand.answered import foretell_answered
from glocal.demand.baselines import foretell_global, foretell_local
from glocal.demand.blend import why_alone
from glocal.demand.boosted import is_installed, with_blend
from glocal.demand.errors import EventFileBroken, TooLittleData
from glocal.demand.foretell import Foretold, foretell
from glocal.demand.panel import Panel, require_choices
from glocal.demand.price_levels import with_price_levels
from glocal.demand.validated import fit_validated

MOST_GIGABYTES = 2.0

Foreteller = Callable[[Panel, Panel], Foretold]


@dataclass(frozen=True, slots=True)
class Cell:
    """One model, one origin, one amount of data.

    Parameters
    ----------
    per_region : int or None
        Training choices per region; None for all.
    log_likelihood, macro_log_likelihood : float
        Nats per held-out choice, averaged over choices and over regions.
    coverage_80, coverage_95 : float
        Share of held-out region-period shares inside their intervals.
    by_region : tuple of (float, float)
        Log-likelihood and number of the held-out choices of each region.
    """

    model: str
    origin: int
    per_region: int | None
    log_likelihood: float
    macro_log_likelihood: float
    coverage_80: float
    coverage_95: float
    cpu_s: float
    by_region: tuple[tuple[float, float], ...] = ()

    @property
    def choices(self) -> float:
        """How many choices were held back."""
        return sum(choices for _, choices in self.by_region)

    def as_dict(self) -> dict[str, Any]:
        """Return the cell as JSON."""
        found = asdict(self)
        del found["by_region"]
        return {**found, "choices": self.choices}


def foretell_regional(train: Panel, test: Panel) -> Foretold:
    """Foretell with the hierarchical model, which knows the regions' usual prices."""
    known = with_price_levels(train)
    return foretell(fit_validated(known), replace(test, z=known.z, covariates=known.covariates))


MODELS: dict[str, Foreteller] = {
    "global": foretell_global,
    "local": foretell_local,
    "hierarchical": foretell_regional,
}


def all_models() -> dict[str, Foreteller]:
    """Return the models that can run here: with LightGBM installed also that, and the blend of both.

    ``predict`` is what :meth:`glocal.demand.model.Model.predict` answers with: the blend, or the hierarchy of counts.
    """
    if not is_installed():
        return MODELS | {"predict": foretell_answered}
    models = MODELS | with_blend(foretell_regional)

    def predict(train: Panel, test: Panel) -> Foretold:
        return foretell_answered(train, test) if why_alone(train) else models["blend"](train, test)

    return models | {"predict": predict}


def late_origins(panel: Panel, horizon: int | None = None) -> tuple[list[int], int]:
    """Return up to three origins at the end of a panel, and the periods that each foretells: a tenth of all, or these.

    Raises
    ------
    TooLittleData
        When there is nothing before the last window to learn from.
    """
    periods = np.unique(panel.period)
    ahead = horizon or max(1, len(periods) // 10)
    begins = [len(periods) - windows * ahead for windows in (3, 2, 1)]
    origins = [int(periods[begin]) for begin in begins if begin > 0]
    if not origins:
        raise TooLittleData(
            f"The sales are of {len(periods)} periods and {ahead} are to be foretold: nothing is left to learn from.",
            help="Give sales of more periods (weeks, for example), or a shorter horizon.",
        )
    return origins, ahead


def evaluate(
    panel: Panel,
    *,
    origins: Sequence[int],
    horizon: int,
    volumes: Sequence[int | None] = (None, 1000, 100, 20),
    models: dict[str, Foreteller] = MODELS,
    seed: int = 0,
) -> Iterator[Cell]:
    """Yield one cell per origin, amount of data and model; every model sees the same thinned choices.

    Parameters
    ----------
    origins : sequence of int
        First period that is foretold.
    horizon : int
        Periods foretold.
    volumes : sequence of int or None
        Choices per region; those that no region has are left out.
    """
    require_choices(panel)
    _require_room(panel)
    for origin in origins:
        past = panel.rows(panel.period < origin)
        future = panel.rows((panel.period >= origin) & (panel.period < origin + horizon))
        if past.counts.sum() == 0 or future.counts.sum() == 0:
            raise TooLittleData(
                f"There are no choices before, or none from, period {origin}.",
                help=f"The periods run from {panel.period.min()} to {panel.period.max()}." if len(panel.period) else "",
            )
        for volume in _thinning(past, volumes):
            rng = np.random.default_rng([seed, origin, volume or 0])
            train = past if volume is None else past.thinned(volume, rng)
            for name, model in models.items():
                begin = time.process_time()
                foretold = model(train, future)
                cpu_s = time.process_time() - begin
                yield judge(foretold, future, model=name, origin=origin, volume=volume, cpu_s=cpu_s)


def _thinning(past: Panel, volumes: Sequence[int | None]) -> list[int | None]:
    """Return the amounts of data that some region has more than; all of it where none is."""
    most = np.bincount(past.region, weights=past.counts.sum(axis=1)).max()
    return [volume for volume in volumes if volume is None or volume < most] or [None]


def _require_room(panel: Panel) -> None:
    rows, options = panel.counts.shape
    size = options - 1 + len(panel.features)
    gigabytes = 8e-9 * size * max(rows * options, 4 * len(panel.regions) * size)  # designs, and matrices of regions
    if gigabytes > MOST_GIGABYTES:
        raise EventFileBroken(
            f"To compare models on {options} options in {rows} regions and periods would take {gigabytes:.0f} GB.",
            help="Keep the options chosen most; `fit` and `predict` answer for all of them.",
        )


def judge(foretold: Foretold, test: Panel, *, model: str, origin: int, volume: int | None, cpu_s: float) -> Cell:
    """Return how well a model foretold a panel."""
    log_p = np.log(np.maximum(foretold.mean, 1e-300))
    per_row = (test.counts * log_p).sum(axis=1)
    totals = test.counts.sum(axis=1)
    regions = len(test.regions)
    by_region = tuple(np.bincount(test.region, weights=sums, minlength=regions) for sums in (per_row, totals))
    seen = by_region[1] > 0
    covered = [coverage(foretold, test, mass) for mass in (0.8, 0.95)]
    return Cell(
        model,
        origin,
        volume,
        float(per_row.sum() / totals.sum()),
        float((by_region[0][seen] / by_region[1][seen]).mean()),
        covered[0],
        covered[1],
        cpu_s,
        tuple(zip(by_region[0].tolist(), by_region[1].tolist(), strict=True)),
    )


def coverage(foretold: Foretold, test: Panel, mass: float) -> float:
    """Return the share of observed shares that fall inside their interval."""
    totals = test.counts.sum(axis=1)
    rows = totals > 0
    low, high = foretold.interval(totals, mass)
    shares = test.counts / np.maximum(totals, 1.0)[:, None]
    inside = (low <= shares) & (shares <= high)
    return float(inside[rows][test.offered[rows]].mean())
