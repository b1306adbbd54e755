"""Fit the instant estimate to what a slicer said, and measure its error on shapes that it has not seen. Pure."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from glocal.quoting.calibration import Calibration, ErrorBand
from glocal.quoting.features import (
    FEATURES_VERSION,
    TIME,
    VOLUME,
    Column,
    predict_time_s,
    predict_volume_mm3,
    time_features,
    traits,
    volume_features,
)
from glocal.quoting.layers import Floats
from glocal.quoting.process import Process
from glocal.quoting.shape import ShapeUse

FOLDS = 10
ROUNDS = 3
PRIOR_WEIGHT = 0.3
ROBUST = 0.03
"""Relative error from which a piece counts less and less."""


@dataclass(frozen=True, slots=True)
class Sample:
    """One sliced piece: its shape's name, what it makes the printer do, and the slicer's answer."""

    shape: str
    use: ShapeUse
    process: Process
    time_s: float
    volume_mm3: float


def fit_columns(columns: Floats, answers: Floats, known: Mapping[str, Column]) -> Floats:
    """Return non-negative coefficients that fit relative errors, leaning on what physics expects.

    Parameters
    ----------
    columns : (n, c) float64
    answers : (n,) float64
    """
    from scipy.optimize import nnls

    firm = PRIOR_WEIGHT * np.array([column.firmness for column in known.values()])
    expected = np.array([column.expected for column in known.values()])
    relative = columns / answers[:, None]
    weights = np.ones(len(answers))
    coefficients: Floats = expected
    for _ in range(6):
        left = np.vstack([relative * weights[:, None], np.diag(firm)])
        coefficients, _ = nnls(left, np.concatenate([weights, firm * expected]))
        error = np.abs(relative @ coefficients - 1)
        weights = 1 / np.sqrt(np.maximum(1.0, error / ROBUST))
    return coefficients


def fit_time(samples: Sequence[Sample]) -> dict[str, float]:
    """Return the coefficients of time; slowing for cooling depends on them, so they are found in rounds."""
    answers = np.array([sample.time_s for sample in samples])
    found = {name: column.expected for name, column in TIME.items()}
    for _ in range(ROUNDS):
        columns = np.array([time_features(sample.use, sample.process, found) for sample in samples])
        found = dict(zip(TIME, fit_columns(columns, answers, TIME).tolist(), strict=True))
    return found


def fit_volume(samples: Sequence[Sample]) -> dict[str, float]:
    """Return the coefficients of volume."""
    columns = np.array([volume_features(sample.use, sample.process) for sample in samples])
    answers = np.array([sample.volume_mm3 for sample in samples])
    return dict(zip(VOLUME, fit_columns(columns, answers, VOLUME).tolist(), strict=True))


def held_out_errors(samples: Sequence[Sample]) -> Floats:
    """Return log(slicer ÷ estimate) of time and volume for every sample, each fitted without its shape: (n, 2)."""
    shapes = sorted({sample.shape for sample in samples})
    fold = {shape: i % FOLDS for i, shape in enumerate(np.random.default_rng(0).permutation(shapes))}
    errors = np.empty((len(samples), 2))
    for k in range(FOLDS):
        rest = [sample for sample in samples if fold[sample.shape] != k]
        if len(rest) == len(samples) or not rest:
            continue
        time, volume = fit_time(rest), fit_volume(rest)
        for i, sample in enumerate(samples):
            if fold[sample.shape] == k:
                seconds = predict_time_s(sample.use, sample.process, time)
                mm3 = predict_volume_mm3(sample.use, sample.process, volume)
                errors[i] = math.log(sample.time_s / seconds), math.log(sample.volume_mm3 / mm3)
    return errors


def band(errors: Floats) -> ErrorBand:
    """Return the error band of held-out logarithms; quantiles as in split-conformal prediction (one rank further)."""
    ordered = np.sort(errors)
    count = len(ordered)
    rank = min(count - 1, math.ceil(0.9 * (count + 1)) - 1)
    share = np.abs(np.expm1(-errors)) * 100
    return ErrorBand(
        low=float(ordered[count - 1 - rank]),
        high=float(ordered[rank]),
        median_percent=float(np.median(share)),
        p90_percent=float(np.quantile(share, 0.9)),
        pieces=count,
    )


def fit(
    samples: Sequence[Sample], *, slicer: str, machine_id: str, recipe_id: str, fitted_on: Mapping[str, object]
) -> Calibration:
    """Return the calibration fitted on all samples, with the error that held-out shapes showed."""
    errors = held_out_errors(samples)
    time, volume = fit_time(samples), fit_volume(samples)
    seen = [traits(sample.use, sample.process, sample.time_s) for sample in samples]
    return Calibration(
        slicer=slicer,
        machine_id=machine_id,
        recipe_id=recipe_id,
        features_version=FEATURES_VERSION,
        time=time,
        volume=volume,
        time_error=band(errors[:, 0]),
        mass_error=band(errors[:, 1]),
        traits={name: (min(t[name] for t in seen), max(t[name] for t in seen)) for name in seen[0]},
        infill_patterns=tuple(sorted({sample.process.infill_pattern for sample in samples})),
        fitted_on=fitted_on,
    )
