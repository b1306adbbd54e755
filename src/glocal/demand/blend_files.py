"""A blend with boosting as JSON and back."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from glocal.demand.blend import Blend
from glocal.demand.boosted import Boosted
from glocal.demand.choice_update import RegionTaste
from glocal.demand.dirichlet import Floats


def blend_as_json(blend: Blend) -> dict[str, Any]:
    """Return a blend as JSON values; LightGBM's trees as LightGBM writes them."""
    boosted = blend.boosted
    return {
        "options": list(blend.options),
        "features": list(blend.features),
        "regions": {name: _taste_as_json(taste) for name, taste in blend.regions.items()},
        "unseen": _taste_as_json(blend.unseen),
        "rho": blend.rho,
        "usual": blend.usual.tolist(),
        "z": blend.z.tolist(),
        "boosted": boosted and {"text": boosted.text, "network": boosted.network.tolist()},
        "boosted_usual": {name: shares.tolist() for name, shares in blend.boosted_usual.items()},
        "weight": blend.weight,
        "why": blend.why,
        "network": blend.network.tolist(),
    }


def blend_from_json(row: Mapping[str, Any]) -> Blend:
    """Return the blend; its answers have the same digits."""
    boosted, many = row["boosted"], len(row["regions"])
    return Blend(
        tuple(row["options"]),
        tuple(row["features"]),
        {name: _taste(*taste) for name, taste in row["regions"].items()},
        _taste(*row["unseen"]),
        row["rho"],
        _table(row["usual"], len(row["options"])),
        _table(row["z"], many),
        boosted and Boosted(boosted["text"], np.array(boosted["network"], dtype=float)),
        {name: np.array(shares, dtype=float) for name, shares in row["boosted_usual"].items()},
        row["weight"],
        row["why"],
        np.array(row["network"], dtype=float),
    )


def _taste_as_json(taste: RegionTaste) -> list[Any]:
    return [taste.theta.tolist(), taste.precision.tolist(), taste.heard, taste.period]


def _taste(theta: Any, precision: Any, heard: float, period: str) -> RegionTaste:
    return RegionTaste(np.array(theta, dtype=float), np.array(precision, dtype=float), heard, period)


def _table(rows: Any, many: int) -> Floats:
    """Return a table of ``many`` rows, also where it has no column."""
    return np.array(rows, dtype=float).reshape(many, -1) if np.size(rows) else np.zeros((many, 0))
