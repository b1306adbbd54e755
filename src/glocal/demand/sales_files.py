"""Sales on disk: CSV (gzipped or not), one line per region, period and option that was offered.

Columns ``region, period, option, count`` and any number of ``x_NAME`` (what varies with option and period: log price,
on offer or not) and ``z_NAME`` (what is known of a region). ``period`` is a whole number that counts in order of time.
An option without a line in a region and period was not offered there; ``count`` 0 means offered and not chosen.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np

from glocal.demand.errors import EventFileBroken
from glocal.demand.event_files import read_table
from glocal.demand.panel import Panel, standardised

COLUMNS = ("region", "period", "option", "count")


def read_sales(path: Path) -> Panel:
    """Read a panel; covariates come standardised.

    Raises
    ------
    EventFileBroken
        When a column or a number is missing, a line comes twice, or a region's covariate changes.
    """
    rows = read_table(path)
    if not rows or (missing := sorted(set(COLUMNS) - set(rows[0]))):
        lacks = f" lacks the columns {', '.join(missing)}" if rows else " has no lines"
        raise EventFileBroken(f"{path.name}{lacks}.", help=f"Expected {', '.join(COLUMNS)}, x_…, z_….")
    names = list(rows[0])
    features = tuple(name for name in names if name.startswith("x_"))
    covariates = tuple(name for name in names if name.startswith("z_"))
    numbers = _numbers(path, rows, ("period", "count", *features, *covariates))
    regions, region = np.unique([row["region"] for row in rows], return_inverse=True)
    options, option = np.unique([row["option"] for row in rows], return_inverse=True)
    period = numbers[:, 0].astype(np.intp)
    if (period != numbers[:, 0]).any():
        raise EventFileBroken(f"{path.name}: a period is not a whole number.")
    cells, row_of = np.unique(np.stack([region, period], axis=1), axis=0, return_inverse=True)
    row_of = row_of.ravel()
    shape = (len(cells), len(options))
    counts, offered = np.zeros(shape), np.zeros(shape, dtype=bool)
    x = np.zeros((*shape, len(features)))
    if len(np.unique(row_of * shape[1] + option)) < len(rows):
        raise EventFileBroken(f"{path.name}: one region, period and option comes twice.")
    counts[row_of, option], offered[row_of, option] = numbers[:, 1], True
    x[row_of, option] = numbers[:, 2 : 2 + len(features)]
    z = _covariates(path, numbers[:, 2 + len(features) :], region, len(regions))
    return Panel(
        tuple(map(str, regions)),
        tuple(map(str, options)),
        tuple(name[2:] for name in features),
        tuple(name[2:] for name in covariates),
        cells[:, 0],
        cells[:, 1],
        counts,
        offered,
        x,
        standardised(z),
    )


def _numbers(path: Path, rows: Sequence[dict[str, str]], columns: Sequence[str]) -> np.ndarray[tuple[int, int]]:
    try:
        return np.array([[float(row[column]) for column in columns] for row in rows])
    except ValueError as wrong:
        for line, row in enumerate(rows, start=2):
            for column in columns:
                try:
                    float(row[column])
                except ValueError:
                    raise EventFileBroken(
                        f"{path.name}, line {line}: {column} is {row[column]!r}, expected a number."
                    ) from wrong
        raise


def _covariates(
    path: Path, values: np.ndarray[tuple[int, int]], region: np.ndarray[tuple[int]], regions: int
) -> np.ndarray[tuple[int, int]]:
    z = np.zeros((regions, values.shape[1]))
    z[region] = values
    if (z[region] != values).any():
        raise EventFileBroken(f"{path.name}: a z_ column changes within a region.", help="Use an x_ column for it.")
    return z
