"""The level between a region and the network: an ISO 3166-2 code names its country, and its neighbours speak first.

A region's shares ~ Dirichlet(κ m_area), an area's ~ Dirichlet(κ' m): the hierarchical Dirichlet process with fixed
options (Teh et al., 2006). What an area has heard is the number of "tables" of its regions, so a large region does not
speak for its whole area.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from glocal.demand.dirichlet import Floats, Hierarchy, fit_hierarchy

FEWEST_AREAS = 2


@dataclass(frozen=True, slots=True)
class Areas:
    """Areas and how they differ from the network.

    Parameters
    ----------
    tables : dict of str to (J,) float
        Independent observations of each area's shares.
    hierarchy : Hierarchy
        Of areas around the network.
    """

    tables: dict[str, Floats]
    hierarchy: Hierarchy

    def prior_draws(self, region: str, draws: int, rng: np.random.Generator) -> Floats | None:
        """Return draws of the shares that the region's area expects, (draws, J); None where it has said nothing."""
        heard = self.tables.get(area_of(region))
        return None if heard is None else self.hierarchy.draw(heard, draws, rng)


def area_of(region: str) -> str:
    """Return the area above a region: ``"DE"`` for ``"DE-BY"``; empty where there is none."""
    return region.rpartition("-")[0]


def fit_areas(hierarchy: Hierarchy, counts: Floats, regions: Sequence[str]) -> Areas | None:
    """Learn how areas differ; None with fewer than two areas of two regions, where they cannot be told from regions.

    Parameters
    ----------
    counts : (R, J) float
    """
    from scipy.special import digamma

    members: dict[str, list[int]] = {}
    for index, region in enumerate(regions):
        if area_of(region) and counts[index].sum() > 0:
            members.setdefault(area_of(region), []).append(index)
    if sum(len(rows) > 1 for rows in members.values()) < FEWEST_AREAS or counts.shape[1] < 2:
        return None
    kappa = float(np.exp(hierarchy.odds @ np.log(hierarchy.strength)))
    alpha = kappa * hierarchy.network_shares()
    tables = {
        area: np.asarray((alpha * (digamma(counts[rows] + alpha) - digamma(alpha))).sum(axis=0))
        for area, rows in members.items()
    }
    return Areas(tables, fit_hierarchy(np.array(list(tables.values()))))
