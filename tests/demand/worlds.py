"""Simulated sales whose truth is known."""

from __future__ import annotations

import numpy as np

from glocal.demand.panel import Panel, standardised


def world(
    *, regions: int = 30, periods: int = 20, options: int = 4, per_period: int = 40, spread: float = 0.5, seed: int = 0
) -> tuple[Panel, np.ndarray, float]:
    """Return sales, the true (R, P) utilities and the true ρ = 0.05; options 1, … and a price with slope −2."""
    rng = np.random.default_rng(seed)
    z = standardised(rng.standard_normal((regions, 1)))
    size = options  # options − 1 utilities and one slope
    gamma = rng.normal(0, 0.5, (2, size))
    gamma[:, -1] = [-2.0, 0.0]
    theta = gamma[0] + z * gamma[1] + rng.normal(0, spread, (regions, size)) * np.array([1.0] * (size - 1) + [0.2])
    region, period = (axis.ravel() for axis in np.mgrid[:regions, :periods])
    rows = regions * periods
    x = rng.normal(0, 0.3, (rows, options, 1))
    offered = np.ones((rows, options), dtype=bool)
    offered[::7, -1] = False
    empty = Panel(
        tuple(f"R{r}" for r in range(regions)),
        tuple(f"o{j}" for j in range(options)),
        ("log_price",),
        ("size",),
        region,
        period,
        np.zeros((rows, options)),
        offered,
        x,
        z,
    )
    utility = np.einsum("tjp,tp->tj", empty.design(), theta[region])
    p = np.where(offered, np.exp(utility), 0.0)
    p /= p.sum(axis=1, keepdims=True)
    strength = 1 / 0.05 - 1
    shares = np.array([rng.dirichlet(np.maximum(strength * row, 1e-9)) for row in p])
    counts = np.array([rng.multinomial(per_period, row / row.sum()) for row in np.where(offered, shares, 0)])
    from dataclasses import replace

    return replace(empty, counts=counts.astype(float)), theta, 0.05
