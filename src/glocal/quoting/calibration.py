"""A calibration: what the instant estimate has learnt of one slicer, machine and process, and how wrong it still is.

Stored as JSON. Those that ship with glocal lie in ``calibrations/``; ``glocal calibrate`` makes others.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

from glocal.production.own_machine import motion_id
from glocal.quoting.errors import BadCalibration, NotCalibrated

SHIPPED = Path(__file__).parent / "calibrations"


@dataclass(frozen=True, slots=True)
class ErrorBand:
    """How far held-out pieces were off: quantiles of log(slicer ÷ estimate), and plain figures for people.

    Parameters
    ----------
    low, high : float
        10 % and 90 % quantile of the logarithm, on pieces whose shapes were not fitted on.
    median_percent, p90_percent : float
        Of the absolute error.
    pieces : int
        How many were held out.
    """

    low: float
    high: float
    median_percent: float
    p90_percent: float
    pieces: int


@dataclass(frozen=True, slots=True)
class Calibration:
    """What the instant estimate knows of one (slicer, machine, recipe).

    Parameters
    ----------
    time, volume : mapping
        Coefficients of :data:`glocal.quoting.features.TIME` and ``VOLUME``, none negative.
    time_error, mass_error : ErrorBand
        Measured on shapes that were held out, each once.
    traits : mapping of name to (low, high)
        What the fitted pieces spanned; beyond it nothing is known.
    infill_patterns : tuple of str
        Kinds of infill that were fitted.
    fitted_on : mapping
        Which meshes, in words and numbers.
    """

    slicer: str
    machine_id: str
    recipe_id: str
    features_version: int
    time: Mapping[str, float]
    volume: Mapping[str, float]
    time_error: ErrorBand
    mass_error: ErrorBand
    traits: Mapping[str, tuple[float, float]]
    infill_patterns: tuple[str, ...]
    fitted_on: Mapping[str, Any]

    def as_dict(self) -> dict[str, Any]:
        """Return the calibration as JSON."""
        return asdict(self)


def base_recipe(recipe_id: str) -> str:
    """Return the process behind a recipe: what a part adds (``+infill20``) is a number that the estimate knows."""
    return recipe_id.split("+", maxsplit=1)[0]


def file_name(slicer_version: str, machine_id: str, recipe_id: str) -> str:
    """Return the name under which a calibration is stored; machines that move alike share it."""
    return f"{slicer_version}_{motion_id(machine_id)}_{base_recipe(recipe_id)}.json".lower()


def load_calibration(
    slicer_version: str, machine_id: str, recipe_id: str, directory: Path | None = None
) -> Calibration:
    """Return the calibration for a slicer, machine and recipe; the shop's own goes before the one that ships.

    Raises
    ------
    NotCalibrated
        When nobody has fitted this combination.
    BadCalibration
        When the stored file cannot be read as one.
    """
    name = file_name(slicer_version, machine_id, recipe_id)
    for place in (directory, SHIPPED):
        if place is not None and (place / name).is_file():
            path = place / name
            return read_calibration(path, path.stat().st_mtime_ns)
    raise NotCalibrated(
        f"The instant estimate is not fitted to {machine_id} with {base_recipe(recipe_id)} and {slicer_version}.",
        help=f"Ask for the exact quote, or run `glocal calibrate --machine {machine_id}` once.",
        slicer=slicer_version,
        machine_id=machine_id,
        recipe_id=recipe_id,
    )


@lru_cache(maxsize=64)
def read_calibration(path: Path, _changed_ns: int) -> Calibration:
    """Read one stored calibration."""
    from glocal.quoting.features import FEATURES_VERSION, TIME, VOLUME

    try:
        stored = json.loads(path.read_text(encoding="utf-8"))
        calibration = Calibration(
            **{
                **stored,
                "time_error": ErrorBand(**stored["time_error"]),
                "mass_error": ErrorBand(**stored["mass_error"]),
                "traits": {name: (float(low), float(high)) for name, (low, high) in stored["traits"].items()},
                "infill_patterns": tuple(stored["infill_patterns"]),
            }
        )
    except (OSError, ValueError, TypeError, KeyError, AttributeError) as error:
        raise BadCalibration(
            f"The calibration {path.name} cannot be read: {error}.", help="Delete it and run `glocal calibrate` again."
        ) from error
    if calibration.features_version != FEATURES_VERSION:
        raise NotCalibrated(
            f"The calibration {path.name} was made by another version of the estimate.",
            help="Run `glocal calibrate` again, or ask for the exact quote.",
        )
    known = calibration.time.keys() == TIME.keys() and calibration.volume.keys() == VOLUME.keys()
    if not known or min(*calibration.time.values(), *calibration.volume.values()) < 0:
        raise BadCalibration(
            f"The calibration {path.name} has other columns than the estimate.",
            help="Delete it and run `glocal calibrate` again.",
        )
    return calibration


def write_calibration(calibration: Calibration, directory: Path) -> Path:
    """Store a calibration and return its file."""
    directory.mkdir(parents=True, exist_ok=True)
    path = directory / file_name(calibration.slicer, calibration.machine_id, calibration.recipe_id)
    path.write_text(json.dumps(calibration.as_dict(), indent=1, sort_keys=True, allow_nan=False) + "\n", "utf-8")
    return path
