"""Gradient boosting as a partner: it finds interactions that the hierarchy lacks; the hierarchy knows its doubt.

LightGBM (Ke et al., "LightGBM: a highly efficient gradient boosting decision tree", NeurIPS 2017) foretells each
option's share; a geometric mean of both is the blend, its weight chosen on the latest fifth of the training periods.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import numpy as np
from numpy.typing import NDArray

from glocal.demand.dirichlet import Floats
from glocal.demand.foretell import Foretold, foretell
from glocal.demand.panel import Panel
from glocal.demand.price_levels import with_price_levels
from glocal.demand.validated import fit_validated, split_late

ROUNDS, PATIENCE = 600, 30
TRIALS = ((4, 30.0), (8, 10.0), (31, 1.0))  # leaves, least hessian in a leaf
WEIGHTS = (0.0, 0.25, 0.5, 0.75)
USUAL_WEIGHT = (
    0.5  # measured on several data sets: the even mean wins most often, so a validation must be sure to differ
)
ENOUGH_CHOICES = 200  # fewer, and there is nothing for trees to split
MOST_LINES = 400_000  # rows × options that boosting sees; beyond that a sample of rows does as well


def is_installed() -> bool:
    """Say whether LightGBM can be used here (its wheel needs the system's OpenMP library)."""
    try:
        import lightgbm  # noqa: F401
    except (ImportError, OSError):
        return False
    return True


def table_of(panel: Panel, network: Floats) -> Floats:
    """Return one line per row and option, (T·J, columns).

    A region's own training shares are left out: they hold the labels that boosting is to learn.
    """
    rows, options = panel.counts.shape
    many = np.maximum(panel.offered.sum(axis=1, keepdims=True), 1)
    columns: list[Floats] = [
        np.broadcast_to(np.arange(options, dtype=float), (rows, options)),
        np.broadcast_to(panel.region[:, None].astype(float), (rows, options)),
        np.broadcast_to(np.log(network), (rows, options)),
        np.broadcast_to(many.astype(float), (rows, options)),
    ]
    for f in range(panel.x.shape[2]):
        x = panel.x[:, :, f]
        total = np.where(panel.offered, x, 0.0).sum(axis=1, keepdims=True)
        least = np.where(panel.offered, x, np.inf).min(axis=1, keepdims=True)
        columns += [x, x - total / many, x - least, np.broadcast_to(total, x.shape)]
    columns += [np.broadcast_to(panel.z[panel.region, q][:, None], (rows, options)) for q in range(panel.z.shape[1])]
    return np.stack(columns, axis=2).reshape(rows * options, -1)


@dataclass(frozen=True, slots=True)
class Boosted:
    """What LightGBM has learnt.

    Parameters
    ----------
    text : str
        The trees, as LightGBM writes them.
    network : (J,) float
        Shares of all training choices.
    """

    text: str
    network: Floats

    def shares(self, panel: Panel) -> Floats:
        """Return the shares of each row, (T, J); regions are numbered as in training."""
        raw = np.asarray(_booster(self.text).predict(table_of(panel, self.network))).reshape(panel.counts.shape)
        p = np.maximum(raw, 1e-9) * panel.offered
        return np.asarray(p / p.sum(axis=1, keepdims=True))


@lru_cache(maxsize=8)
def _booster(text: str) -> Any:
    import lightgbm

    return lightgbm.Booster(model_str=text)


def foretell_boosted(train: Panel, test: Panel) -> Foretold:
    """Foretell shares with LightGBM."""
    p = train_boosted(train).shares(test)
    return Foretold(p, np.zeros_like(p), 0.02)


def train_boosted(train: Panel) -> Boosted:
    """Train LightGBM: cross-entropy on each option's share, weighted by choices; rows are normalised afterwards."""
    import lightgbm

    used = _sampled(train.rows(train.counts.sum(axis=1) > 0))
    totals = used.counts.sum(axis=1, keepdims=True)
    network = (train.counts.sum(axis=0) + 0.5) / (train.counts.sum() + 0.5 * train.counts.shape[1])
    label, weight = (used.counts / totals).ravel(), np.broadcast_to(totals, used.counts.shape).ravel()
    lines = table_of(used, network)
    seen = used.offered.ravel()
    late = np.repeat(_late_rows(used), used.counts.shape[1])

    def data(keep: Any) -> Any:
        return lightgbm.Dataset(
            lines[keep],
            label[keep],
            weight=weight[keep],
            categorical_feature=[0, 1],
            params={"min_data_in_bin": 1, "verbose": -1},
            free_raw_data=False,
        )

    early_set, late_set = data(seen & ~late), data(seen & late)
    trials: list[tuple[float, int, dict[str, Any]]] = []
    for leaves, hessian in TRIALS:
        settings = _settings(leaves, hessian)
        stop = lightgbm.early_stopping(PATIENCE, verbose=False)
        trial = lightgbm.train(settings, early_set, ROUNDS, valid_sets=[late_set], callbacks=[stop])
        trials.append((float(trial.best_score["valid_0"]["cross_entropy"]), trial.best_iteration, settings))
    _, rounds, settings = min(trials, key=lambda trial: trial[0])
    booster = lightgbm.train(settings, data(seen), max(rounds, 1))
    return Boosted(booster.model_to_string(), network)


def _late_rows(used: Panel) -> NDArray[np.bool_]:
    """Return the rows that say when to stop: the latest; of one period only, every seventh or, of few, the last."""
    late = np.asarray(used.period > np.quantile(used.period, 0.85))
    number = np.arange(len(late))
    if not late.any():
        late = number % 7 == 6 if len(late) > 6 else number == len(late) - 1
    return late


def _settings(leaves: int, hessian: float) -> dict[str, Any]:
    return {
        "objective": "cross_entropy",
        "learning_rate": 0.05,
        "num_leaves": leaves,
        "min_sum_hessian_in_leaf": hessian,
        "verbose": -1,
        "num_threads": 1,
        "seed": 0,
        "deterministic": True,
    }


def _sampled(panel: Panel) -> Panel:
    rows, options = panel.counts.shape
    most = max(1, MOST_LINES // options)
    if rows <= most:
        return panel
    keep = np.zeros(rows, dtype=bool)
    keep[np.random.default_rng(0).choice(rows, most, replace=False)] = True
    return panel.rows(keep)


def mixed(ours: Foretold, boosted: Foretold, weight: float) -> Foretold:
    """Return the geometric blend with ``weight`` on boosting; the doubt stays the hierarchy's."""
    if weight == 0:
        return ours
    with np.errstate(divide="ignore"):
        p = np.exp((1 - weight) * np.log(ours.mean) + weight * np.log(boosted.mean))
    return Foretold(p / p.sum(axis=1, keepdims=True), ours.variance, ours.rho)


@dataclass(frozen=True, slots=True)
class Weighed:
    """The weight on boosting, 0 to 1, and what chose it: the latest ``held`` of ``periods``, if ``sure`` of it."""

    weight: float
    held: int = 0
    periods: int = 0
    sure: bool = False


def blend_weight(train: Panel) -> Weighed:
    """Return the weight on boosting: even, unless the latest fifth of the training periods is sure of another."""
    split = split_late(with_price_levels(train))
    if split is None or train.counts.sum() < ENOUGH_CHOICES:
        return Weighed(0.0)
    early, late = split
    ours, boosted = foretell(fit_validated(early), late), foretell_boosted(early, late)

    def by_region(weight: float) -> Floats:
        log_p = np.log(np.maximum(mixed(ours, boosted, weight).mean, 1e-300))
        return np.asarray(np.bincount(late.region, weights=(late.counts * log_p).sum(axis=1)), dtype=float)

    scores = {weight: by_region(weight) for weight in WEIGHTS}
    best = max(WEIGHTS, key=lambda weight: scores[weight].sum())
    gain = scores[best] - scores[USUAL_WEIGHT]
    sure = bool(gain.sum() > gain.std() * np.sqrt(len(gain)))
    held, periods = len(np.unique(late.period)), len(np.unique(train.period[train.counts.sum(axis=1) > 0]))
    return Weighed(best if sure else USUAL_WEIGHT, held, periods, sure)


def with_blend(hierarchical: Callable[[Panel, Panel], Foretold]) -> dict[str, Callable[[Panel, Panel], Foretold]]:
    """Return the hierarchy, LightGBM and their blend, for one evaluation: each part is trained once per cell."""
    kept: dict[str, Any] = {}

    def ours(train: Panel, test: Panel) -> Foretold:
        kept["ours"] = found = hierarchical(train, test)
        return found

    def boosted(train: Panel, test: Panel) -> Foretold:
        kept["boosted"] = found = foretell_boosted(train, test)
        return found

    def blend(train: Panel, _test: Panel) -> Foretold:
        if kept.get("of") is not train:
            kept.update(of=train, blend=mixed(kept["ours"], kept["boosted"], blend_weight(train).weight))
        found: Foretold = kept["blend"]
        return found

    return {"hierarchical": ours, "lightgbm": boosted, "blend": blend}
