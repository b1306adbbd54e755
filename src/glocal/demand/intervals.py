"""A continuous parameter as shares of intervals: their borders and names; medians and shares read back from them.

Most people leave a number as it is preset: a value that many choose has an interval of its own, or its crowd would be
spread over what lies next to it.
"""

from __future__ import annotations

from itertools import pairwise

import numpy as np

from glocal.demand.dirichlet import Floats

MOST_INTERVALS = 12
FEWEST_ALIKE = 2.0  # choices of one value
STEPS = 50  # the range has at least this many


def intervals(values: Floats, weights: Floats | None = None) -> Floats:
    """Return borders of intervals that hold about equally many values, at most 12 beside those of single values.

    A value that holds as much as such an interval has one of its own, one step wide; a value that is the only one, one
    of 1 ‰ of it.
    """
    weight = np.ones(len(values)) if weights is None else weights
    many = float(weight.sum())
    wanted = int(np.clip(np.sqrt(many), 1, MOST_INTERVALS))
    different, place = np.unique(values, return_inverse=True)
    if len(different) == 1:
        half = max(abs(float(different[0])) * 5e-4, 1e-6)
        return np.array([different[0] - half, different[0] + half])
    alike = np.bincount(place, weights=weight)
    crowds = different[(alike >= many / wanted) & (alike >= FEWEST_ALIKE)]
    digits = _digits(float(different[-1] - different[0]))
    step = 10.0**-digits
    ends = np.floor(different[0] / step) * step, np.ceil(different[-1] / step) * step
    inner = np.round(_quantiles(values, weight, np.linspace(0.0, 1.0, wanted + 1)[1:-1]), digits)
    edges = np.round([ends[0], *inner, ends[1]], digits)
    apart = np.abs(edges[:, None] - crowds).min(axis=1, initial=np.inf)
    borders = np.concatenate([edges[apart > 0.75 * step], crowds - step / 2, crowds + step / 2])
    return np.unique(np.round(borders, digits + 1))


def _quantiles(values: Floats, weight: Floats, at: Floats) -> Floats:
    if (weight == 1).all():
        return np.asarray(np.quantile(values, at))
    order = np.argsort(values)
    place = np.cumsum(weight[order]) - weight[order] / 2
    return np.asarray(np.interp(at * weight.sum(), place, values[order]))


def _digits(width: float) -> int:
    """Return how many decimals a border needs, so that steps are at least a fiftieth of the range; below 0: tens."""
    return int(np.ceil(np.log10(STEPS / width)))


def shown_digits(edges: Floats) -> int:
    """Return the decimals, 0 or more, with which values of these intervals are shown."""
    return max(0, _digits(float(edges[-1] - edges[0])))


def interval_names(edges: Floats) -> tuple[str, ...]:
    """Return what people call each interval: ``"90 to 105"``, or ``"90"`` for that of a single value."""

    def name(low: float, high: float) -> str:
        return f"{(low + high) / 2:.6g}" if _is_single(edges, low, high) else f"{low:.6g} to {high:.6g}"

    return tuple(name(low, high) for low, high in pairwise(edges.tolist()))


def _is_single(edges: Floats, low: float, high: float) -> bool:
    """Say whether an interval is that of a single value: one step wide, between the borders of others."""
    step = 10.0 ** -_digits(float(edges[-1] - edges[0]))
    return len(edges) == 2 or (high - low < 1.5 * step and abs(low / step - round(low / step)) > 0.02)


def share_below(edges: Floats, shares: Floats, value: float) -> Floats:
    """Return the share of people below ``value``, spread evenly within each interval.

    Parameters
    ----------
    edges : (J+1,) float
    shares : (…, J) float
    """
    widths = np.diff(edges)
    parts = np.clip((value - edges[:-1]) / widths, 0.0, 1.0)
    return np.asarray(shares @ parts)


def median_of(edges: Floats, shares: Floats) -> float:
    """Return the median of a distribution that is even within each interval."""
    cumulative = np.concatenate([[0.0], np.cumsum(shares)])
    return float(np.interp(0.5 * cumulative[-1], cumulative, edges))


def interval_of(edges: Floats, value: float) -> int:
    """Return the interval that holds ``value``; values beyond the ends belong to the end intervals."""
    return int(np.clip(np.searchsorted(edges, value, side="right") - 1, 0, len(edges) - 2))


def shares_beyond(edges: Floats, shares: Floats, value: float) -> tuple[Floats, Floats]:
    """Return the shares of people below and above a value, (…,) each; its own interval, if it has one, is neither."""
    at = interval_of(edges, value)
    low, high = float(edges[at]), float(edges[at + 1])
    bottom, top = (low, high) if low <= value < high and _is_single(edges, low, high) else (value, value)
    return share_below(edges, shares, bottom), np.asarray(shares.sum(axis=-1) - share_below(edges, shares, top))
