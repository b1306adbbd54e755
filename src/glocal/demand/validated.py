"""Choose what the data of one moment cannot tell: how far regions stray, whether old choices fade, whether taste moves.

Each is asked of the latest fifth of the periods, foretold from those before. Forgetting, and what a busy period's
choices weigh, are averaged over and not chosen; a trend is taken only when it gains more than one standard error by
regions and periods: a season that passes must not look like a new taste.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TypedDict

import numpy as np

from glocal.demand.averaged import averaged, gain_by_region_and_period, pool_weights
from glocal.demand.choice import FIRST_VARIANCES, ChoiceModel, fit_choices, probabilities
from glocal.demand.dirichlet import Floats
from glocal.demand.drift import Drift, filter_drift
from glocal.demand.gain import surely_gains
from glocal.demand.panel import Panel, require_choices


class Way(TypedDict, total=False):
    """One way of weighing choices, as arguments of :func:`fit_choices`."""

    memory: float
    even: bool


WAYS: tuple[Way, ...] = ({}, {"even": True}, {"memory": 0.97}, {"memory": 0.93})
START = (0.5, 0.5, 0.0, 0.0)  # nothing is forgotten; which weight is right is open
FEWEST_PERIODS = 2
USUAL_VARIANCE = FIRST_VARIANCES[1]
ONE_PERIOD_ERRORS = 2.0  # standard errors by regions, asked of one period that was held back alone
LEAST_GAIN = 1.0  # nats in all


def fit_validated(panel: Panel) -> ChoiceModel:
    """Learn, with first variance, memory, weights and trend from a validation; with a single period, without.

    Raises
    ------
    TooLittleData
        With a single option or without any choice.
    """
    require_choices(panel)
    split = split_late(panel)
    if split is None:
        return fit_choices(panel)
    early, late = split
    design = late.design()

    def foretold(model: ChoiceModel) -> Floats:
        return probabilities(design, late.offered, model.now()[late.region])

    def fits(model: ChoiceModel) -> float:
        return float((late.counts * np.log(np.maximum(foretold(model), 1e-300))).sum())

    trials = {variance: fit_choices(early, first_variance=variance) for variance in FIRST_VARIANCES}
    variance = max(trials, key=lambda trial: fits(trials[trial]))
    if len(np.unique(late.period)) < 2:  # one period held back: what it did to all regions cannot be told from taste
        gain = gain_by_region_and_period(late, foretold(trials[variance]), foretold(trials[USUAL_VARIANCE]))
        variance = variance if surely_gains(gain, LEAST_GAIN, ONE_PERIOD_ERRORS) else USUAL_VARIANCE
    models = [trials[variance], *(fit_choices(early, first_variance=variance, **way) for way in WAYS[1:])]
    weights = pool_weights(models, late, np.array(START))
    early_model = averaged(models, weights)
    moved = replace(early_model, drift=drift_of(early_model, early))
    drifts = surely_gains(gain_by_region_and_period(late, foretold(moved), foretold(early_model)), LEAST_GAIN)
    used = np.flatnonzero(weights)
    model = averaged([fit_choices(panel, first_variance=variance, **WAYS[way]) for way in used], weights[used])
    return replace(model, drift=drift_of(model, panel)) if drifts else model


def split_late(panel: Panel) -> tuple[Panel, Panel] | None:
    """Return the periods before the latest fifth (one at least) and that fifth, or None where there is but one."""
    periods = np.unique(panel.period[panel.counts.sum(axis=1) > 0])
    if len(periods) < FEWEST_PERIODS:
        return None
    later = panel.period >= periods[len(periods) - max(1, len(periods) // 5)]
    early, late = panel.rows(~later), panel.rows(later)
    return (early, late) if early.counts.sum() > 0 else None


def drift_of(model: ChoiceModel, panel: Panel) -> Drift:
    """Return where the shared taste has got to, from what each period's choices leave unexplained."""
    free = len(panel.options) - 1
    p = probabilities(panel.design(), panel.offered, model.theta[panel.region])
    totals = panel.counts.sum(axis=1)
    weight = 1.0 / (1.0 + np.maximum(totals - 1.0, 0.0) * model.rho)
    inner, left = p[:, 1:], ((panel.counts - totals[:, None] * p) * weight[:, None])[:, 1:]
    periods, of_row = np.unique(panel.period, return_inverse=True)
    information, gradient = np.zeros((len(periods), free, free)), np.zeros((len(periods), free))
    scaled = inner * (totals * weight)[:, None]
    for t in range(len(periods)):
        rows = of_row == t
        information[t] = np.diag(scaled[rows].sum(axis=0)) - scaled[rows].T @ inner[rows]
        gradient[t] = left[rows].sum(axis=0)
    return filter_drift(information, gradient)
