"""Foretell a panel with the answers that ``predict`` gives where the hierarchy of counts answers alone."""

from __future__ import annotations

import numpy as np

from glocal.demand.dirichlet import JEFFREYS
from glocal.demand.fit import fit
from glocal.demand.foretell import Foretold
from glocal.demand.panel import Panel
from glocal.demand.sales_files import events_of_panel


def foretell_answered(train: Panel, test: Panel) -> Foretold:
    """Foretell each region's choices from what is offered, at prices where a response to them was learnt."""
    (question,) = fit(events_of_panel(train, "sales"), counted=True).questions.values()
    known = np.array([option in question.options for option in train.options])
    place = {j: question.options.index(train.options[j]) for j in np.flatnonzero(known).tolist()}
    priced = question.price is not None and "log_price" in test.features
    logs = test.x[:, :, test.features.index("log_price")] if priced else np.zeros(test.counts.shape)
    unheard = JEFFREYS / (train.counts.sum() + JEFFREYS * len(train.options))
    mean, variance = np.where(test.offered, unheard, 0.0), np.zeros(test.counts.shape)
    offers = np.column_stack([test.region, test.offered, np.where(test.offered, logs, 0.0)])
    different, row_of = np.unique(offers, axis=0, return_inverse=True)
    for offer in range(len(different)):
        rows = np.flatnonzero(row_of.ravel() == offer)
        asked = np.flatnonzero(test.offered[rows[0]] & known)
        if len(asked):
            prices = np.exp(logs[rows[0], asked]).tolist() if priced else ()
            index = [place[j] for j in asked.tolist()]
            draws = question.asked_draws(train.regions[test.region[rows[0]]], index, prices)
            mean[np.ix_(rows, asked)], variance[np.ix_(rows, asked)] = draws.mean(axis=0), draws.var(axis=0)
    return Foretold(mean / mean.sum(axis=1, keepdims=True), variance, question.rho)
