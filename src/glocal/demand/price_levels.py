"""What a region's usual prices say of it before anybody there has chosen: a chain prices by its neighbourhoods.

How far each option's price usually lies from what it costs elsewhere in the same period, by region; the first two
principal components of that join the region's covariates. More of them, or the prices themselves, are noise to so few
regions (found by leaving stores out that were learnt from, never on those that judge).
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from glocal.demand.dirichlet import Floats
from glocal.demand.panel import Panel

NAMES = ("price_level_1", "price_level_2")
FEWEST_REGIONS = 12
FEWEST_SPREAD = 0.01  # deviation between regions along a component, of log price


def with_price_levels(panel: Panel) -> Panel:
    """Return the panel with its regions' price levels among their covariates, standardised.

    It comes back as it is without prices, with few regions, or where prices are the same everywhere.
    """
    if "log_price" not in panel.features or len(panel.regions) < FEWEST_REGIONS or NAMES[0] in panel.covariates:
        return panel
    apart, priced = _apart(panel)
    centred = np.where(priced[:, None], apart - apart[priced].mean(axis=0), 0.0)
    _, _, directions = np.linalg.svd(centred[priced], full_matrices=False)
    levels = centred @ directions[: len(NAMES)].T
    spread = levels[priced].std(axis=0)
    used = spread > FEWEST_SPREAD
    names = tuple(name for name, use in zip(NAMES, used.tolist(), strict=False) if use)
    z = np.hstack([panel.z, levels[:, used] / spread[used]])
    return replace(panel, z=z, covariates=(*panel.covariates, *names))


def _apart(panel: Panel) -> tuple[Floats, np.ndarray[tuple[int], np.dtype[np.bool_]]]:
    """Return how far log prices usually lie from those of the same period elsewhere, (R, J), and who has any, (R,)."""
    x, offered = panel.x[:, :, panel.features.index("log_price")], panel.offered
    _, at = np.unique(panel.period, return_inverse=True)
    shape = (int(at.max()) + 1, x.shape[1])
    total, times = np.zeros(shape), np.zeros(shape)
    np.add.at(total, at, np.where(offered, x, 0.0))
    np.add.at(times, at, offered)
    left = np.where(offered, x - (total / np.maximum(times, 1))[at], 0.0)
    of_region, seen = np.zeros((len(panel.regions), shape[1])), np.zeros((len(panel.regions), shape[1]))
    np.add.at(of_region, panel.region, left)
    np.add.at(seen, panel.region, offered)
    return of_region / np.maximum(seen, 1), seen.sum(axis=1) > 0
