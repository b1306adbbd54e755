"""Choose what the data of one moment cannot tell: how far regions stray, whether old choices fade, whether taste moves.

Each is asked of the latest fifth of the periods, foretold from those before. Forgetting and trend are taken only when
they gain more than one standard error, by regions: a season that passes must not look like a new taste.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from glocal.demand.choice import FIRST_VARIANCES, ChoiceModel, fit_choices, probabilities
from glocal.demand.dirichlet import Floats
from glocal.demand.drift import Drift, filter_drift
from glocal.demand.panel import Panel, require_choices

MEMORIES = (0.97, 0.93)
FEWEST_PERIODS = 5


def fit_validated(panel: Panel) -> ChoiceModel:
    """Learn, with first variance, memory and trend as a validation chose; with fewer than five periods, without one."""
    require_choices(panel)
    split = split_late(panel)
    if split is None:
        return fit_choices(panel)
    early, late = split
    design = late.design()

    def by_region(model: ChoiceModel) -> Floats:
        p = probabilities(design, late.offered, model.now()[late.region])
        per_row = (late.counts * np.log(np.maximum(p, 1e-300))).sum(axis=1)
        return np.asarray(np.bincount(late.region, weights=per_row, minlength=len(panel.regions)), dtype=float)

    trials = {variance: fit_choices(early, first_variance=variance) for variance in FIRST_VARIANCES}
    scores = {variance: by_region(model) for variance, model in trials.items()}
    variance = max(scores, key=lambda trial: scores[trial].sum())
    best, memory = scores[variance], 1.0
    chosen = trials[variance]
    for fading in MEMORIES:
        model = fit_choices(early, first_variance=variance, memory=fading)
        if surely_better(by_region(model), best):
            best, memory, chosen = by_region(model), fading, model
    drifts = surely_better(by_region(replace(chosen, drift=drift_of(chosen, early))), best)
    model = fit_choices(panel, first_variance=variance, memory=memory)
    return replace(model, drift=drift_of(model, panel)) if drifts else model


def split_late(panel: Panel) -> tuple[Panel, Panel] | None:
    """Return the periods before the latest fifth and that fifth, or None when there are too few to tell."""
    periods = np.unique(panel.period[panel.counts.sum(axis=1) > 0])
    if len(periods) < FEWEST_PERIODS:
        return None
    later = panel.period >= periods[len(periods) - len(periods) // 5]
    early, late = panel.rows(~later), panel.rows(later)
    return (early, late) if early.counts.sum() > 0 else None


def surely_better(ours: Floats, theirs: Floats) -> bool:
    """Say whether the summed gain over regions is more than its standard error."""
    gain = (ours - theirs)[(ours != 0) | (theirs != 0)]
    if len(gain) < 2:
        return bool(gain.sum() > 2.0)  # one region alone: two nats, the odds of seven to one
    return bool(gain.sum() > gain.std(ddof=1) * np.sqrt(len(gain)) and gain.sum() > 1.0)


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
